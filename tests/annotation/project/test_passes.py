import pytest
from napari_ethoprofile.annotation.clips import Stretch
from napari_ethoprofile.annotation.edits import Edit
from napari_ethoprofile.annotation.errors import BlindError, ProjectError
from napari_ethoprofile.annotation.project import Kind, Project, State
from napari_ethoprofile.annotation.tracks import Bout, Coverage, LabelTrack

VIDEO = "01_20180418_1200"


def score(project: Project, pass_id: str, who: str, *bouts: tuple[int, int, int]) -> None:
    with project.edit(pass_id, who) as editor:
        for start, stop, label in bouts:
            editor.commit(Edit.paint(editor.track, start, stop, label))


def test_a_pass_has_an_id_of_its_own(project: Project, clip: str) -> None:
    first = project.start_pass(clip, "ada")
    blind = project.start_pass(clip, "Ada", kind="blind")
    assert (first.annotator, first.kind, first.state) == ("Ada", Kind.FIRST, State.OPEN)
    assert first.id != blind.id
    assert project.passes(clip=clip, annotator="ADA") == [first, blind]
    assert project.passes(video=VIDEO) == [first, blind]
    assert project.passes(annotator="Bob") == []
    assert project.get_pass(first.id) == first


def test_first_passes_of_one_annotator_never_overlap(project: Project, clip: str) -> None:
    project.add_clips([Stretch(VIDEO, 40, 60)])
    first = project.start_pass(clip, "Ada")
    for other in (clip, f"{VIDEO}_s40_n20"):
        with pytest.raises(ProjectError, match=rf"first pass over frames 0 to 50 .*\({first.id}, open\)"):
            project.start_pass(other, "Ada")
    project.start_pass(f"{VIDEO}_s50_n50", "Ada")
    project.start_pass(clip, "Bob")
    assert len(project.passes()) == 3


def test_a_submitted_first_pass_still_counts(project: Project, clip: str) -> None:
    with project.edit(project.start_pass(clip, "Ada").id, "Ada") as editor:
        editor.submit()
    with pytest.raises(ProjectError, match="submitted"):
        project.start_pass(clip, "Ada")


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("nowhere", "Ada"), "no clip 'nowhere'"),
        ((f"{VIDEO}_s0_n50", "Eve"), "no annotator 'Eve'"),
        ((f"{VIDEO}_s0_n50", "Ada", "second"), "no kind of pass 'second'"),
        ((f"{VIDEO}_s0_n50", "Ada", "review"), "needs a pass to begin from"),
        ((f"{VIDEO}_s0_n50", "Ada", "review", "p1"), "no pass 'p1'"),
    ],
)
def test_what_makes_no_sense_is_refused(project: Project, arguments: tuple[str, ...], message: str) -> None:
    with pytest.raises(ProjectError, match=message):
        project.start_pass(*arguments)
    assert project.passes() == []


def test_a_review_begins_as_a_copy_and_changes_nothing(project: Project, clip: str) -> None:
    first = project.start_pass(clip, "Ada")
    score(project, first.id, "Ada", (0, 10, 3), (20, 30, 0))
    review = project.start_pass(clip, "Bob", kind="review", based_on=first.id)
    assert review.based_on == first.id
    assert project.door.labels(review.id, "Bob") == project.door.labels(first.id, "Bob")
    runs = project.door.provenance(review.id, "Bob")
    assert [(r.start, r.stop, r.provenance) for r in runs] == [
        (0, 10, "copied"),
        (10, 20, ""),
        (20, 30, "copied"),
        (30, 50, ""),
    ]
    with project.edit(review.id, "Bob") as editor:
        assert editor.undo() == []
        editor.commit(Edit.paint(editor.track, 5, 8, 1))
    assert project.door.labels(first.id, "Ada").bouts() == [Bout(0, 10, 3), Bout(20, 30, 0)]
    assert project.door.coverage(review.id, "Bob") == Coverage(10, 10, 30)


def test_a_review_stays_on_its_clip(project: Project, clip: str) -> None:
    first = project.start_pass(clip, "Ada")
    with pytest.raises(ProjectError, match="lies on the clip"):
        project.start_pass(f"{VIDEO}_s50_n50", "Bob", kind="review", based_on=first.id)


def test_only_the_owner_changes_a_pass(project: Project, clip: str) -> None:
    first = project.start_pass(clip, "Ada")
    with pytest.raises(ProjectError, match="the pass of Ada, which Bob cannot change"):
        project.edit(first.id, "Bob")
    with project.edit(first.id, "Bob", read_only=True) as editor:
        assert editor.read_only
        with pytest.raises(ProjectError, match="reading only"):
            editor.commit(Edit.paint(editor.track, 0, 5, 1))


def test_a_submitted_pass_is_closed_until_it_is_reopened(project: Project, clip: str) -> None:
    first = project.start_pass(clip, "Ada")
    with project.edit(first.id, "Ada") as editor:
        editor.commit(Edit.paint(editor.track, 0, 5, 1))
        editor.submit()
        assert editor.record.state == "submitted"
        with pytest.raises(ProjectError, match="was submitted"):
            editor.undo()
    with project.edit(first.id, "Ada") as editor:
        assert "reopen it" in editor.read_only
    with pytest.raises(ProjectError, match="the pass of Ada"):
        project.reopen_pass(first.id, "Bob")
    project.reopen_pass(first.id, "Ada")
    with pytest.raises(ProjectError, match="nothing to reopen"):
        project.reopen_pass(first.id, "Ada")
    score(project, first.id, "Ada", (5, 9, 2))
    assert [(change.state, change.author) for change in project.pass_states(first.id)] == [
        ("open", "Ada"),
        ("submitted", "Ada"),
        ("open", "Ada"),
    ]


def test_a_blind_pass_is_not_reopened(project: Project, clip: str) -> None:
    blind = project.start_pass(clip, "Ada", kind="blind")
    with project.edit(blind.id, "Ada") as editor:
        editor.submit()
    with pytest.raises(ProjectError, match="stays as it was submitted"):
        project.reopen_pass(blind.id, "Ada")
    project.start_pass(clip, "Ada", kind="blind")


def test_one_open_blind_pass_at_a_time(project: Project, clip: str) -> None:
    project.start_pass(clip, "Ada", kind="blind")
    with pytest.raises(BlindError, match="submit it first"):
        project.start_pass(clip, "Ada", kind="blind")
    project.start_pass(clip, "Bob", kind="blind")


def test_labels_are_imported_into_a_pass_of_their_own(project: Project, clip: str) -> None:
    track = LabelTrack.from_bouts([Bout(0, 10, 1), Bout(10, 12, 0), Bout(40, 50, 8)], 50)
    record = project.import_track(clip, "Rater S", track, reason="old.csv", source="old.csv")
    assert project.door.labels(record.id, None) == track
    assert project.door.coverage(record.id, None) == track.coverage()
    assert (record.source, record.kind, record.state) == ("old.csv", "first", "open")
    (origin, *_) = project.door.provenance(record.id, None)
    assert (origin.provenance, origin.reason, origin.author) == ("imported", "old.csv", "Rater S")
    assert "Rater S" in [person.name for person in project.annotators()]


def test_labels_are_imported_onto_a_stretch(project: Project) -> None:
    stretch = Stretch(VIDEO, 10, 30)
    record = project.import_track(stretch, "Ada", LabelTrack.blank(20), kind="model", source="v3")
    assert record.clip == f"{VIDEO}_s10_n20"
    assert project.door.history(record.id, None) == []


@pytest.mark.parametrize(
    ("track", "message"),
    [
        (LabelTrack.blank(49), "have 49 frames, but the clip .* has 50"),
        (LabelTrack.blank(50, 2), "have 2 groups, but the ethogram has 1"),
        (LabelTrack.from_bouts([Bout(0, 3, 99)], 50), "hold the code 99"),
    ],
)
def test_labels_that_do_not_fit_are_not_imported(
    project: Project, clip: str, track: LabelTrack, message: str
) -> None:
    with pytest.raises(ProjectError, match=message):
        project.import_track(clip, "Rater S", track)
    assert project.passes() == []
    assert len(project.annotators()) == 2
