import csv
from pathlib import Path

import numpy as np
import pytest
from napari_ethoprofile.annotation.clips import Stretch
from napari_ethoprofile.annotation.edits import Edit
from napari_ethoprofile.annotation.errors import ProjectError
from napari_ethoprofile.annotation.project import Project, label_copies

VIDEO = "01_20180418_1200"


def submit(project: Project, pass_id: str, who: str, *bouts: tuple[int, int, int]) -> list[Path]:
    with project.edit(pass_id, who) as editor:
        for start, stop, label in bouts:
            editor.commit(Edit.paint(editor.track, start, stop, label))
        return editor.submit()


def test_a_submitted_clip_leaves_a_readable_copy(project: Project) -> None:
    record = project.start_pass(f"{VIDEO}_s50_n50", "Ada")
    (path,) = submit(project, record.id, "Ada", (0, 10, 8), (10, 12, 0), (40, 50, 7))
    assert path.name == f"{VIDEO}_s50_n50_A_first_{record.id}.csv"
    assert path.parent == project.folder / "labels"
    with path.open(encoding="utf-8", newline="") as file:
        rows = list(csv.reader(file))
    assert rows == [
        ["start_frame", "stop_frame", "start_s", "stop_s", "behavior", "group", "provenance"],
        ["50", "60", "2.000", "2.400", "walk", "behavior", "typed"],
        ["60", "62", "2.400", "2.480", "none", "behavior", "typed"],
        ["90", "100", "3.600", "4.000", "rest", "behavior", "typed"],
    ]


def test_seconds_follow_uneven_frames(project: Project, clip: str, monkeypatch: pytest.MonkeyPatch) -> None:
    times = np.cumsum(np.linspace(0.02, 0.06, 100)) - 0.02
    monkeypatch.setattr(project, "frame_times", lambda _video: times)
    second = project.start_pass(f"{VIDEO}_s50_n50", "Ada")
    (path,) = submit(project, second.id, "Ada", (3, 50, 1))
    cells = path.read_text("utf-8").splitlines()[1].split(",")
    assert cells[2:4] == [f"{times[53]:.3f}", f"{times[99] + 0.06:.3f}"]


def test_mixed_sources_of_a_bout_are_all_named(project: Project, clip: str) -> None:
    record = project.start_pass(clip, "Ada")
    with project.edit(record.id, "Ada") as editor:
        editor.commit(Edit.paint(editor.track, 0, 10, 8, provenance="accepted"))
        editor.commit(Edit.paint(editor.track, 10, 20, 8))
        (path,) = editor.submit()
    assert path.read_text("utf-8").splitlines()[1].endswith("walk,behavior,accepted+typed")


def test_copies_wait_for_open_blind_passes(project: Project, clip: str) -> None:
    project.add_clips([Stretch(VIDEO, 45, 55)])
    project.add_annotator("Cid")
    first = project.start_pass(clip, "Ada")
    blind = project.start_pass(clip, "Bob", kind="blind")
    other = project.start_pass(f"{VIDEO}_s45_n10", "Cid", kind="blind")
    assert submit(project, first.id, "Ada", (0, 10, 1)) == []
    assert list((project.folder / "labels").iterdir()) == []
    assert submit(project, blind.id, "Bob", (0, 9, 1)) == []
    written = submit(project, other.id, "Cid", (0, 3, 2))
    assert {path.stem.rsplit("_", 1)[1] for path in written} == {first.id, blind.id, other.id}


def test_copies_elsewhere_do_not_wait(project: Project, clip: str) -> None:
    project.start_pass(f"{VIDEO}_s50_n50", "Bob", kind="blind")
    assert len(submit(project, project.start_pass(clip, "Ada").id, "Ada")) == 1


def test_reopened_labels_replace_the_copy(project: Project, clip: str) -> None:
    record = project.start_pass(clip, "Ada")
    (path,) = submit(project, record.id, "Ada", (0, 10, 1))
    project.reopen_pass(record.id, "Ada")
    assert submit(project, record.id, "Ada", (0, 10, -1)) == [path]
    assert len(path.read_text("utf-8").splitlines()) == 1


def test_long_and_strange_names_make_good_files(project: Project, clip: str) -> None:
    name = "Zoë/:*? " + "長" * 200
    project.add_annotator(name, initials=name)
    (path,) = submit(project, project.start_pass(clip, name).id, name)
    assert path.exists()
    assert len(path.name.encode()) < 255


def test_a_copy_that_cannot_be_written_does_not_undo_the_submission(
    project: Project, clip: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: object) -> None:
        raise OSError(28, "No space left on device")

    record = project.start_pass(clip, "Ada")
    with monkeypatch.context() as patch:
        patch.setattr(label_copies, "write_copy", refuse)
        with pytest.raises(ProjectError, match=r"is submitted and saved, but its readable copy .* No space"):
            submit(project, record.id, "Ada", (0, 5, 1))
    assert project.get_pass(record.id).state == "submitted"
    assert [path.exists() for path in project.write_label_copies()] == [True]
