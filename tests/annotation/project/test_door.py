import ast
from collections.abc import Callable
from pathlib import Path

import pytest
from napari_ethoprofile.annotation import project as project_package
from napari_ethoprofile.annotation.clips import Stretch
from napari_ethoprofile.annotation.edits import Edit
from napari_ethoprofile.annotation.errors import BlindError, ProjectError
from napari_ethoprofile.annotation.project import Act, Note, Project, standing_edits
from napari_ethoprofile.annotation.tracks import Bout, Coverage

VIDEO = "01_20180418_1200"
Read = Callable[[Project, str, str | None], object]

READS: dict[str, Read] = {
    "labels": lambda project, *args: project.door.labels(*args),
    "provenance": lambda project, *args: project.door.provenance(*args),
    "notes": lambda project, *args: project.door.notes(*args),
    "history": lambda project, *args: project.door.history(*args),
    "coverage": lambda project, *args: project.door.coverage(*args),
    "viewed": lambda project, *args: project.door.viewed(*args),
    "check": lambda project, *args: project.door.check(*args),
    "edit": lambda project, pass_id, acting: project.edit(pass_id, acting or "", read_only=True),
    "review": lambda project, pass_id, acting: project.start_pass(
        f"{VIDEO}_s0_n50", acting or "", "review", pass_id
    ),
}


@pytest.fixture
def first(project: Project, clip: str) -> str:
    """A first pass of Ada with a few labels."""
    record = project.start_pass(clip, "Ada")
    with project.edit(record.id, "Ada") as editor:
        editor.commit(Edit.paint(editor.track, 0, 10, 3))
    return record.id


@pytest.mark.parametrize("read", READS.values(), ids=READS.keys())
def test_an_open_blind_pass_closes_every_way_to_read(project: Project, first: str, read: Read) -> None:
    project.start_pass(f"{VIDEO}_s0_n50", "Bob", kind="blind")
    with pytest.raises(BlindError, match="Bob has a blind pass open on frames 0 to 50"):
        read(project, first, "bob")
    read(project, first, "Ada")


@pytest.mark.parametrize("name", sorted(set(READS) - {"edit", "review"}))
def test_who_does_not_say_who_they_are_sees_nothing_that_is_blind(
    project: Project, first: str, name: str
) -> None:
    READS[name](project, first, None)
    project.start_pass(f"{VIDEO}_s0_n50", "Bob", kind="blind")
    with pytest.raises(BlindError, match="say which annotator"):
        READS[name](project, first, None)


def test_blindness_covers_ones_own_earlier_pass(project: Project, first: str) -> None:
    blind = project.start_pass(f"{VIDEO}_s0_n50", "Ada", kind="blind")
    with pytest.raises(BlindError):
        project.edit(first, "Ada")
    with project.edit(blind.id, "Ada") as editor:
        assert not editor.read_only
        editor.submit()
    assert project.door.labels(first, "Ada").bouts() == [Bout(0, 10, 3)]


def test_overlapping_frames_count_not_clips(project: Project, first: str) -> None:
    project.add_clips([Stretch(VIDEO, 49, 60), Stretch(VIDEO, 50, 60)])
    project.start_pass(f"{VIDEO}_s50_n10", "Bob", kind="blind")
    assert project.door.allowed(first, "Bob")
    project.start_pass(f"{VIDEO}_s49_n11", "Ada", kind="blind")
    assert not project.door.allowed(first, "Ada")
    assert project.door.allowed(first, "Bob")
    assert not project.door.allowed(first, None)
    for acting in ("Ada", "Bob", None):  # of many at once, the same
        allowed = [record for record in project.passes() if project.door.allowed(record.id, acting)]
        assert project.door.open_to(project.passes(), acting) == allowed


def test_the_blind_pass_itself_is_open_to_its_author_and_to_others(project: Project, clip: str) -> None:
    blind = project.start_pass(clip, "Ada", kind="blind")
    for acting in ("Ada", "Bob", None):
        project.door.labels(blind.id, acting)


def test_an_unknown_reader_is_refused(project: Project, first: str) -> None:
    with pytest.raises(ProjectError, match="no annotator 'Mallory'"):
        project.door.labels(first, "Mallory")
    with pytest.raises(ProjectError, match="no annotator 'Mallory'"):
        project.status(acting="Mallory")


def test_an_unknown_pass_is_refused(project: Project) -> None:
    with pytest.raises(ProjectError, match="no pass 'p0'"):
        project.door.labels("p0", "Ada")


def test_status_shows_blind_passes_without_counts(project: Project, first: str) -> None:
    def passes(acting: str | None) -> list[dict[str, object]]:
        return project.status(acting)["clips"][0]["passes"]  # type: ignore[no-any-return]

    counts = {"labeled": 10, "none": 0, "unlabeled": 40}
    item = {"id": first, "annotator": "Ada", "kind": "first", "state": "open"}
    assert passes("Bob") == [item | counts]
    blind = project.start_pass(f"{VIDEO}_s0_n50", "Bob", kind="blind")
    own = {"id": blind.id, "annotator": "Bob", "kind": "blind", "state": "open"}
    blank = {"labeled": 0, "none": 0, "unlabeled": 50}
    assert passes("Bob") == passes(None) == [item, own | blank]
    assert passes("Ada") == [item | counts, own | blank]


def test_status_lists_videos_and_clips(project: Project) -> None:
    status = project.status()
    (video,) = status["videos"]
    assert (video["id"], video["frames"], video["fps"]) == (VIDEO, 100, 25.0)
    assert set(video) == {"id", "path", "frames", "fps"}
    assert status["clips"][1] == {
        "id": f"{VIDEO}_s50_n50",
        "video": VIDEO,
        "start": 50,
        "stop": 100,
        "passes": [],
    }


def test_history_tells_who_when_and_from_what(project: Project, first: str) -> None:
    with project.edit(first, "Ada") as editor:
        editor.commit(Edit.paint(editor.track, 8, 20, 5, provenance="accepted", reason="model v2"))
        editor.undo()
        editor.set_note(8, 10, "tail only")
    everything = project.door.history(first, "Ada")
    assert [(entry.step, entry.act, entry.target) for entry in everything] == [
        (1, Act.EDIT, None),
        (2, Act.EDIT, None),
        (3, Act.UNDO, 2),
        (4, Act.EDIT, None),
    ]
    assert {entry.author for entry in everything} == {"Ada"}
    assert [entry.at for entry in everything] == sorted(entry.at for entry in everything)
    accepted = everything[1].change
    assert isinstance(accepted, Edit)
    assert (accepted.provenance, accepted.reason, accepted.before) == (
        "accepted",
        "model v2",
        ((2, 3), (10, -1)),
    )
    assert [entry.step for entry in project.door.history(first, "Ada", 0, 8)] == [1]
    assert [entry.step for entry in project.door.history(first, "Ada", 15)] == [2, 3]
    assert project.door.notes(first, "Ada") == [Note(0, 8, 10, "tail only")]
    assert project.door.notes(first, "Ada", 10, 20) == []


def test_edits_that_stand_are_those_that_were_not_undone(project: Project, first: str) -> None:
    with project.edit(first, "Ada") as editor:
        editor.commit(Edit.paint(editor.track, 20, 30, 1))
        editor.undo()
        editor.commit(Edit.paint(editor.track, 30, 40, 2))
        editor.commit(Edit.paint(editor.track, 40, 50, 4))
        editor.undo()
        editor.redo()
    standing = standing_edits(project.door.history(first, "Ada"))
    assert [(edit.start, edit.stop) for edit in standing] == [(0, 10), (30, 40), (40, 50)]


def test_coverage_is_kept_with_every_edit(project: Project, first: str) -> None:
    with project.edit(first, "Ada") as editor:
        for start, stop, label in ((5, 25, 0), (0, 3, -1), (20, 50, 8)):
            editor.commit(Edit.paint(editor.track, start, stop, label))
            editor.flush()
            assert project.door.coverage(first, "Ada") == editor.track.coverage() == editor.coverage
        editor.undo()
        editor.flush()
        assert project.door.coverage(first, "Ada") == editor.track.coverage() == Coverage(2, 20, 28)


# The tables that hold what may be blind, and the files that may touch them.
SECRETS = {"edits", "open_bouts", "viewed"}
READERS = {"schema.py", "migrations.py", "door.py", "writer.py"}
# These add rows, in the transaction that starts or merges passes or changes the ethogram, and read none.
INSERTERS = {"passes.py", "ethogram_changes.py", "taking_in.py"}


def source_files() -> list[Path]:
    root = Path(project_package.__file__).parents[2]
    return [
        path
        for room in ("annotation", "training", "napari_ethoprofile")
        for path in (root / room).rglob("*.py")
    ]


def test_labels_are_read_from_the_database_in_one_place_only() -> None:
    found = []
    for path in source_files():
        tree = ast.parse(path.read_text("utf-8"))
        inserts = {
            id(node.args[0])
            for node in ast.walk(tree)
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "insert"
        }
        found += [
            f"{path.name}:{node.lineno}"
            for node in ast.walk(tree)
            if isinstance(node, ast.Attribute)
            and isinstance(node.value, ast.Name)
            and node.value.id == "schema"
            and node.attr in SECRETS
            and path.name not in READERS
            and not (path.name in INSERTERS and id(node) in inserts)
        ]
    assert found == []


def test_counts_of_passes_are_read_at_the_door_only() -> None:
    names = {"labeled", "none", "unlabeled"}
    found = [
        f"{path.name}:{node.lineno}"
        for path in source_files()
        if path.name not in {"door.py", "writer.py"} and path.parent.name == "project"
        for node in ast.walk(ast.parse(path.read_text("utf-8")))
        if isinstance(node, ast.Attribute) and node.attr in names and ast.unparse(node.value).endswith(".c")
    ]
    assert found == []


def test_nothing_but_this_package_uses_its_tables() -> None:
    home = Path(project_package.__file__).parent
    imports = {
        path: " ".join(
            ast.unparse(node)
            for node in ast.walk(ast.parse(path.read_text("utf-8")))
            if isinstance(node, ast.Import | ast.ImportFrom)
        )
        for path in source_files()
    }
    users = {path for path, text in imports.items() if "sqlalchemy" in text or "schema" in text}
    assert home / "door.py" in users
    assert [path for path in users if home not in path.parents] == []
