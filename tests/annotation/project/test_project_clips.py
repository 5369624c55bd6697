import pytest
from napari_ethoprofile.annotation.clips import Stretch, plan_whole
from napari_ethoprofile.annotation.errors import ProjectError
from napari_ethoprofile.annotation.project import Project

VIDEO = "01_20180418_1200"


def test_clips_are_named_like_cut_clips(project: Project) -> None:
    assert [clip.id for clip in project.clips()] == [f"{VIDEO}_s0_n50", f"{VIDEO}_s50_n50"]


def test_the_same_clip_is_made_once(project: Project) -> None:
    stretches = [Stretch(VIDEO, 0, 50), Stretch(VIDEO, 25, 75), Stretch(VIDEO, 25, 75)]
    preview = project.preview_clips(stretches)
    assert (preview.new, preview.known, preview.frames, preview.seconds) == (1, 1, 50, 2.0)
    (new,) = project.add_clips(stretches, plan="list")
    assert (new.start, new.stop, new.plan) == (25, 75, "list")
    assert project.add_clips(stretches) == []
    assert len(project.clips(VIDEO)) == 3


def test_plans_fit_the_project(project: Project) -> None:
    assert [clip.frames for clip in project.add_clips(plan_whole(project.plan_sources()))] == [100]


@pytest.mark.parametrize(
    ("stretch", "message"),
    [
        (Stretch(VIDEO, 60, 101), "which has 100 frames"),
        (Stretch(VIDEO, -1, 10), "does not lie"),
        (Stretch(VIDEO, 10, 10), "does not lie"),
        (Stretch("other", 0, 10), "no recording 'other'"),
    ],
)
def test_no_clip_is_made_when_one_does_not_fit(project: Project, stretch: Stretch, message: str) -> None:
    with pytest.raises(ProjectError, match=message):
        project.add_clips([Stretch(VIDEO, 30, 40), stretch])
    assert len(project.clips()) == 2


def test_an_unknown_clip_says_so(project: Project) -> None:
    with pytest.raises(ProjectError, match="no clip 'x'"):
        project.get_clip("x")
