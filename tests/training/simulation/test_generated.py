"""Generated mice as a project: made once, used again, a person's labels."""

from pathlib import Path

from napari_ethoprofile.annotation.project import Project
from napari_ethoprofile.annotation.synthetic import label_as_a_person, read_truth
from napari_ethoprofile.training.simulation.generated import ORACLE, generated_project


def test_generated_mice_are_filmed_once_and_labeled_as_a_person_would(tmp_path: Path) -> None:
    told: list[str] = []

    def make() -> Path:
        return generated_project(
            tmp_path, 2, 0.05, (176, 144), 10.0, lambda stage, _done, _total: told.append(stage)
        )

    folder = make()
    assert set(told) == {"filming generated mice"}
    told.clear()
    assert make() == folder
    assert told == []
    with Project.open(folder) as project:
        assert len(project.videos()) == 2
        [first, _] = project.passes()
        assert first.annotator == ORACLE
        track = project.door.labels(first.id, None)
        video = project.video_path(project.get_clip(first.clip).video)
        assert track == label_as_a_person(read_truth(video), 0, 10.0)
