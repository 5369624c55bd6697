"""Protocols, unseen animals, the test set and databases, end to end on tiny generated recordings."""

import json
import shutil
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from napari_ethoprofile.annotation.errors import LearnError
from napari_ethoprofile.annotation.project import Project
from napari_ethoprofile.annotation.tracks import LabelTrack
from napari_ethoprofile.training.datasets import keep_for_test, take_snapshot
from napari_ethoprofile.training.evaluation.evaluation import (
    MAJORITY,
    MOTION,
    Evaluation,
    evaluate_model,
    evaluate_protocol,
)
from napari_ethoprofile.training.evaluation.final import final_labels, readings, record_reading
from napari_ethoprofile.training.evaluation.humans import human_agreement
from napari_ethoprofile.training.evaluation.outputs import write_evaluation
from napari_ethoprofile.training.features.backbone import Backbone
from napari_ethoprofile.training.features.registry import ENTRIES, entry_of
from napari_ethoprofile.training.fitting import HeadFit
from napari_ethoprofile.training.interactive import Recipe
from napari_ethoprofile.training.project_training import train_in_project
from napari_ethoprofile.training.snapshots import Snapshot

from napari_ethoprofile.cli import run

QUICK = Recipe("quick", head=HeadFit(epochs=2, least_steps=8, window=64))


@pytest.fixture(scope="module")
def folder(labeled_mice: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A project of four labeled mice that tests may add to; features are computed once for all of them."""
    return Path(shutil.copytree(labeled_mice, tmp_path_factory.mktemp("evaluated") / "project"))


@pytest.fixture
def project(folder: Path) -> Iterator[Project]:
    with Project.open(folder) as store:
        yield store
        keep_for_test(store, [])


def places(data: Snapshot) -> list[tuple[str, int, int]]:
    return [(s.video, s.start, s.stop) for s in data.stretches]


def test_every_animal_is_tested_once_beside_trivial_guesses(project: Project, tmp_path: Path) -> None:
    data = take_snapshot(project)
    told: list[str] = []
    found = evaluate_protocol(
        data,
        "leave-one-subject-out",
        QUICK,
        project.cache_folder,
        on_stage=lambda stage, *_: told.append(stage),
    )
    assert [fold[1:] for fold in found.folds] == [(3, 1)] * 4
    (group,) = found.groups
    assert sorted(row.subject for row in group.clips) == list(data.subjects)
    assert group.confusion.sum() == sum(s.frames for s in data.stretches)
    assert set(found.baselines) == {MAJORITY, MOTION}
    assert {metric.split for metric in group.metrics} == {"leave-one-subject-out"}
    assert found.data == data.hash
    assert any(stage.startswith("subject 01: ") for stage in told)
    plain = json.loads(json.dumps(found.to_dict()))
    assert plain["groups"][0]["confusion"]["columns"][-1] == "unsure"
    # The most frequent label of the other animals, whatever is shown.
    (guess,) = found.baselines[MAJORITY]
    assert (guess.confusion.sum(axis=1) > 0).sum() >= (guess.confusion.sum(axis=0) > 0).sum()
    assert guess.confusion[:, -1].sum() == 0
    written = write_evaluation(found, tmp_path / "out")
    assert {path.name for path in written} == {path.name for path in (tmp_path / "out").iterdir()}
    assert (tmp_path / "out" / "confusion_behavior.png").exists()


def test_a_model_is_asked_about_animals_that_it_has_not_seen(project: Project) -> None:
    keep_for_test(project, ["04"])
    train_in_project(project, QUICK, replace_old=True)
    everything = take_snapshot(project, test=None)
    found, card = evaluate_model(everything, "quick", project.cache_folder, project=project)
    assert card.subjects == ("01", "02", "03")
    assert {row.subject for row in found.groups[0].clips} == {"04"}
    assert found.split == "animals that the model has not seen: 04"
    assert found.groups[0].reliability
    assert "The model has learned from 01, 02, 03: their labels are not asked." in found.warnings
    with pytest.raises(LearnError, match="has learned from every labeled animal"):
        evaluate_model(take_snapshot(project), "quick", project.cache_folder, project=project)
    before = len(readings(project))
    record_reading(project, "Ada", found)
    assert final_labels(project, None).subjects == ("04",)
    assert [entry["by"] for entry in readings(project)[before:]] == ["Ada"]


def test_a_backbone_that_has_seen_what_is_tested_is_refused_and_an_unknown_one_is_said(
    project: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    entry = entry_of("motion")

    def evaluated(subjects: tuple[str, ...] | None) -> Evaluation:
        def make(options: object) -> Backbone:
            made = entry.make({})
            made.card = replace(made.card, subjects=subjects)
            return made

        known = replace(entry, make=make, restore=lambda card, weights: make({}))
        monkeypatch.setitem(ENTRIES, "motion", known)
        return evaluate_protocol(
            take_snapshot(project), "fixed-holdout", QUICK, project.cache_folder, tested=["03"],
            baselines=False,
        )  # fmt: skip

    with pytest.raises(LearnError, match="trained on the subject '03', which is to be tested"):
        evaluated(("03",))
    found = evaluated(None)
    assert found.split == "holdout of subjects 03, split unknown"
    assert {metric.split for metric in found.groups[0].metrics} == {found.split}


def test_behaviors_that_a_fold_could_not_learn_are_said(project: Project) -> None:
    data = take_snapshot(project)
    rest = next(b.id for b in data.ethogram.behaviors if b.name == "rest")
    shown = {s.subject for s in data.stretches if (s.codes == rest).any()}
    for stretch in data.stretches:  # one animal alone shows it
        if stretch.subject != min(shown):
            stretch.codes[stretch.codes == rest] = 0
    found = evaluate_protocol(
        data, "fixed-holdout", QUICK, project.cache_folder, tested=[min(shown)], baselines=False
    )
    [sentence] = [sentence for sentence in found.warnings if sentence.startswith("rest")]
    assert f"rest is not learned while subjects {min(shown)} is tested, and counts as wrong there" in sentence
    assert "frames missing in all: 20 of" in sentence
    assert f"of {min(shown)}" not in sentence.partition("frames missing")[2]


def test_figures_are_printed_though_the_disk_refuses_them(
    folder: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: object) -> None:
        raise LearnError("The disk is full.")

    monkeypatch.setattr("napari_ethoprofile.training.evaluation.outputs.write_evaluation", refuse)
    command = ["evaluate", str(folder), "--protocol", "within-recording", "--no-baselines", "--json"]
    assert run([*command, "--out", str(tmp_path / "out")]) == 1
    said = capsys.readouterr()
    assert json.loads(said.out)["files"] == []
    assert "The disk is full." in said.err


def test_a_folder_that_cannot_be_written_to_is_told_before_the_work(
    folder: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "out").write_text("in the way")
    command = ["evaluate", str(folder), "--protocol", "leave-one-subject-out", "--out", str(tmp_path / "out")]
    assert run(command) == 1
    sentence = f"ethoprofile: {tmp_path / 'out'} is a file; give a folder for the results (--out).\n"
    assert capsys.readouterr().err == sentence


def test_named_animals_are_the_fixed_holdout(project: Project) -> None:
    found = evaluate_protocol(
        take_snapshot(project), "fixed-holdout", QUICK, project.cache_folder, tested=["03"], baselines=False
    )
    assert found.split == "holdout of subjects 03"
    assert {row.subject for row in found.groups[0].clips} == {"03"}


def test_an_animal_that_is_kept_is_not_tested_and_the_reason_is_told(
    project: Project, capsys: pytest.CaptureFixture[str]
) -> None:
    keep_for_test(project, ["04"])
    command = ["evaluate", str(project.folder), "--protocol", "fixed-holdout", "--subject"]
    assert run([*command, "04"]) == 1
    assert capsys.readouterr().err == (
        "ethoprofile: The subject '04' is kept for the final test, so no protocol tests it; name another "
        "one, measure a trained model on it with --model and --final, or change who is kept with "
        "'ethoprofile holdout --for test'.\n"
    )
    project.keep_subjects("champion", ["03"])
    assert run([*command, "03"]) == 1
    project.keep_subjects("champion", [])
    told = capsys.readouterr().err
    assert (
        "kept for comparing models, so no protocol tests it; name another one or change who is kept" in told
    )
    assert run([*command, "nobody"]) == 1
    assert "Nothing is labeled of the subject 'nobody'" in capsys.readouterr().err


def test_one_animal_is_not_enough_but_within_a_recording(project: Project) -> None:
    data = take_snapshot(project)
    alone = replace(data, stretches=data.stretches[:1])
    found = evaluate_protocol(alone, "within-recording", QUICK, project.cache_folder, baselines=False)
    assert "the same animals and recordings on both sides" in found.split
    with pytest.raises(LearnError, match="come from the subject '01' only; label a second subject"):
        evaluate_protocol(alone, "leave-one-subject-out", QUICK, project.cache_folder)


def test_a_side_that_is_too_small_to_calibrate_on_is_told_in_terms_of_the_whole(project: Project) -> None:
    data = take_snapshot(project)
    two = replace(data, stretches=data.stretches[:2])
    with pytest.raises(LearnError, match="While 'subject 01' is tested, the animal '02' alone is left"):
        evaluate_protocol(two, "leave-one-subject-out", QUICK, project.cache_folder)


def test_without_a_second_person_there_is_no_ceiling_but_a_reason(project: Project) -> None:
    found, why = human_agreement(project, places(take_snapshot(project)))
    assert found == ()
    assert why


def test_two_people_are_the_ceiling(project: Project) -> None:
    data = take_snapshot(project)
    first = data.stretches[0]
    clip = next(c.id for c in project.clips(first.video))
    theirs = project.import_track(clip, "Ben", project.door.labels(first.passes[0], None), "first")
    with project.edit(theirs.id, "Ben") as editor:
        editor.submit()
    ((found,), why) = human_agreement(project, places(data))
    assert why == ""
    assert (found.blind, found.clips, found.frames) == (False, 1, first.frames)
    assert found.figures["frame accuracy"]["value"] == 1.0
    assert found.figures["frame accuracy"]["low"] is None
    # Where other clips are tested, these two say nothing.
    assert human_agreement(project, places(data)[1:])[0] == ()
    project.discard_pass(theirs.id, "Ben")


def test_two_people_are_the_ceiling_on_the_tested_frames_alone(project: Project) -> None:
    first = take_snapshot(project).stretches[0]
    clip = next(c.id for c in project.clips(first.video))
    codes = project.door.labels(first.passes[0], None).codes.copy()
    codes[:30] = codes[:30] % 3 + 1  # they disagree at the beginning
    theirs = project.import_track(clip, "Ben", LabelTrack(codes), "first")
    with project.edit(theirs.id, "Ben") as editor:
        editor.submit()
    accuracies = []
    for start in (first.start, first.stop - 40):
        ((found,), _why) = human_agreement(project, [(first.video, start, first.stop + 10)])
        accuracies.append((found.frames, found.figures["frame accuracy"]["value"]))
    project.discard_pass(theirs.id, "Ben")
    assert accuracies == [(first.frames, 1 - 30 / first.frames), (40, 1.0)]


def test_wrong_usage_is_told_before_anything_is_read(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(["evaluate", str(folder)]) == 2
    assert run(["evaluate", str(folder), "--protocol", "within-recording", "--final"]) == 2
    assert run(["evaluate", str(folder), "--protocol", "within-recording", "--map", "a=b"]) == 2
    assert run(["evaluate", str(folder), "--model", "quick", "--cluster", "local"]) == 2
    assert run(["evaluate", str(folder), "--protocol", "within-recording", "--subject", "01"]) == 1
    assert "name some with fixed-holdout only" in capsys.readouterr().err
    assert run(["evaluate", str(folder), "--protocol", "loso"]) == 1
    assert "the protocols are leave-one-subject-out" in capsys.readouterr().err
    assert run(["evaluate", str(folder), "--model", "nobody"]) == 1
    assert "nobody" in capsys.readouterr().err
