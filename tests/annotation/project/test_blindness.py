"""Every way to read a project, on behalf of an annotator whose blind work is not submitted yet."""

import json
from collections.abc import Callable
from dataclasses import asdict
from pathlib import Path

import pytest
from napari_ethoprofile.annotation.agreement.sources.passes import material_of_passes
from napari_ethoprofile.annotation.edits import Edit
from napari_ethoprofile.annotation.errors import BlindError, ProjectError
from napari_ethoprofile.annotation.exchange import export_passes
from napari_ethoprofile.annotation.project import Project

from napari_ethoprofile.cli import run

VIDEO = "01_20180418_1200"
CLIP = f"{VIDEO}_s0_n50"

#: Ways to read one pass.
READS: dict[str, Callable[[Project, str, str], object]] = {
    "labels": lambda project, *args: project.door.labels(*args),
    "provenance": lambda project, *args: project.door.provenance(*args),
    "notes": lambda project, *args: project.door.notes(*args),
    "history": lambda project, *args: project.door.history(*args),
    "coverage": lambda project, *args: project.door.coverage(*args),
    "viewed": lambda project, *args: project.door.viewed(*args),
    "look at": lambda project, pass_id, acting: project.edit(pass_id, acting, read_only=True),
    "review": lambda project, pass_id, acting: project.start_pass(CLIP, acting, "review", pass_id),
    "compare": lambda project, pass_id, acting: project.mark_compared([pass_id], acting),
    "reopen": lambda project, pass_id, acting: project.reopen_pass(pass_id, acting),
    "export": lambda project, pass_id, acting: export_passes(
        project, project.folder / "out", "bouts", annotator=project.get_pass(pass_id).annotator, acting=acting
    ),
}


def score(project: Project, who: str, kind: str = "first") -> str:
    record = project.start_pass(CLIP, who, kind)
    with project.edit(record.id, who) as editor:
        editor.commit(Edit.paint(editor.track, 0, 10, 3))
        editor.submit()
    return record.id


def assigned(project: Project, who: str) -> None:
    project.assign(who, [CLIP])


def begun(project: Project, who: str) -> None:
    project.assign(who, [CLIP])
    project.start_pass(CLIP, who, "blind")


def unassigned(project: Project, who: str) -> None:
    project.start_pass(CLIP, who, "blind")


STAGES = [assigned, begun, unassigned]


def refusals(project: Project, pass_id: str, acting: str) -> dict[str, str]:
    """Return what every way to read a pass is refused with."""
    found = {}
    for name, read in READS.items():
        try:
            read(project, pass_id, acting)
        except ProjectError as error:
            found[name] = str(error)
    return found


@pytest.mark.parametrize("stage", STAGES)
def test_a_colleagues_pass_is_closed(project: Project, stage: Callable) -> None:
    first = score(project, "Ada")
    stage(project, "Bob")
    found = refusals(project, first, "Bob")
    assert found.keys() == READS.keys()
    assert [name for name, text in found.items() if "blind pass" not in text.lower()] == []


@pytest.mark.parametrize("stage", STAGES)
def test_statistics_are_closed(project: Project, stage: Callable) -> None:
    project.add_annotator("Cid")
    passes = [score(project, who) for who in ("Ada", "Cid")]
    stage(project, "Bob")
    for raters in (passes, ["Ada", "Cid"], []):
        for acting in ("Bob", None):
            with pytest.raises(BlindError):
                material_of_passes(project, raters, acting)


@pytest.mark.parametrize("stage", STAGES)
def test_proposals_of_a_model_are_closed(project: Project, stage: Callable) -> None:
    track = project.door.labels(score(project, "Ada"), None)
    proposal = project.import_track(CLIP, "model-7", track, kind="model", source="model-7")
    stage(project, "Bob")
    for acting in ("Bob", None):
        with pytest.raises(BlindError):
            project.door.labels(proposal.id, acting)


@pytest.mark.parametrize("stage", STAGES)
def test_counts_and_copies_are_closed(project: Project, stage: Callable) -> None:
    first = score(project, "Ada")
    (copy,) = (project.folder / "labels").glob("*.csv")
    kept = copy.read_bytes()
    stage(project, "Bob")
    for acting in ("Bob", None):
        (item,) = [p for p in project.status(acting)["clips"][0]["passes"] if p["id"] == first]
        assert set(item) == {"id", "annotator", "kind", "state"}
    assert list((project.folder / "labels").glob("*.csv")) == []
    assert project.write_label_copies() == []
    assert (project.folder / "labels" / "closed" / copy.name).read_bytes() == kept


@pytest.mark.parametrize("stage", STAGES)
def test_submission_opens_everything(project: Project, stage: Callable) -> None:
    first = score(project, "Ada")
    stage(project, "Bob")
    open_pass = next((p for p in project.passes(annotator="Bob") if p.state == "open"), None)
    again = open_pass or project.start_pass(CLIP, "Bob", "blind")
    with project.edit(again.id, "Bob") as editor:
        copies = editor.submit()
    assert {path.stem.rsplit("_", 1)[1] for path in copies} == {first, again.id}
    assert all(path.exists() for path in copies)
    assert list((project.folder / "labels" / "closed").glob("*.csv")) == []
    assert project.door.labels(first, "Bob") == project.door.labels(first, None)


# A repeat that nobody must recognize: like any assigned clip until it is submitted.


def waiting(project: Project, kind: str) -> None:
    """The repeat is assigned."""


def scoring(project: Project, kind: str) -> None:
    """The repeat is begun."""
    project.start_pass(CLIP, "Ada", kind)


@pytest.fixture
def earlier(project: Project) -> str:
    return score(project, "Ada")


SILENT = pytest.mark.parametrize("stage", [waiting, scoring])
KINDS = pytest.mark.parametrize("kind", ["first", "blind"])


@SILENT
@KINDS
def test_no_refusal_tells_a_repeat(project: Project, earlier: str, stage: Callable, kind: str) -> None:
    project.assign("Ada", [CLIP], kind, repeats={CLIP: earlier})
    stage(project, kind)
    found = refusals(project, earlier, "Ada")
    assert found.keys() == READS.keys()
    secrets = ["repeat", "again", "earlier", earlier] + ["blind"] * (kind == "first")
    assert [(name, word) for name, text in found.items() for word in secrets if word in text.lower()] == []


@SILENT
@KINDS
def test_nothing_lists_the_earlier_pass(project: Project, earlier: str, stage: Callable, kind: str) -> None:
    project.assign("Ada", [CLIP], kind, repeats={CLIP: earlier})
    stage(project, kind)
    for acting in ("Ada", "ada", None):
        seen = [
            [asdict(record) for record in project.passes(acting=acting)],
            [asdict(record) for record in project.assignments("Ada")],
            project.status(acting),
        ]
        assert earlier not in json.dumps(seen, default=str)
        assert {record.kind for record in project.passes(acting=acting)} <= {kind}
    assert earlier in [record.id for record in project.passes(acting="Bob")]
    assert list((project.folder / "labels").glob("*.csv")) == []


COMMANDS = [
    "status {project}",
    "status {project} --json",
    "status {project} --annotator Ada --json",
    "assignments {project} --json",
    "assignments {project} --annotator Ada",
    "assignments {project} --annotator Ada --json",
    "history {project} {earlier} --as Ada",
    "history {project} {earlier}",
    "states {project} {earlier} --as Ada",
    "states {project} {earlier}",
    "export {project} --out {project}/out",
    "export {project} --out {project}/out --as Ada",
]


@SILENT
@KINDS
def test_no_command_tells_a_repeat(project: Project, earlier: str, stage: Callable, kind: str, capfd) -> None:
    project.assign("Ada", [CLIP], kind, repeats={CLIP: earlier})
    stage(project, kind)
    for command in COMMANDS:
        run([part.format(project=project.folder, earlier=earlier) for part in command.split()])
        out, err = capfd.readouterr()
        told = (out + err).replace('"repeats": null', "").lower()
        assert out + err
        assert not [word for word in ("repeat", "again", "earlier", earlier) if word in told], command
    assert not Path(project.folder, "out").exists()


@pytest.mark.parametrize("kind", ["first", "blind"])
def test_other_kinds_of_passes_do_not_tell_a_repeat(project: Project, earlier: str, kind: str) -> None:
    project.assign("Ada", [CLIP], kind, repeats={CLIP: earlier})
    other = "blind" if kind == "first" else "first"
    with pytest.raises(BlindError, match=f"is assigned to Ada as a {kind} pass; score it before other work"):
        project.start_pass(CLIP, "Ada", other)
