"""Models of a project that are compared on blind labels of animals that no model learns from."""

import json
import shutil

import numpy as np
import pytest
from napari_ethoprofile.annotation.errors import LearnError, ProjectError
from napari_ethoprofile.annotation.project import Project
from napari_ethoprofile.annotation.tracks import LabelTrack
from napari_ethoprofile.training.champions.ceiling import ceiling
from napari_ethoprofile.training.champions.changed import SHORTEST, what_changed
from napari_ethoprofile.training.champions.history import history, judge_in_project, roll_back, settle
from napari_ethoprofile.training.champions.holdout import holdout_readings, holdout_snapshot, holdout_state
from napari_ethoprofile.training.champions.judging import judge
from napari_ethoprofile.training.datasets import take_snapshot
from napari_ethoprofile.training.interactive import Recipe
from napari_ethoprofile.training.models import read_card
from napari_ethoprofile.training.prediction import predict_clip
from napari_ethoprofile.training.predictors import load_predictor
from napari_ethoprofile.training.project_training import train_in_project

from napari_ethoprofile.cli import run

HELD = ("03", "04", "05", "06")


def test_no_model_learns_from_the_holdout_and_only_blind_labels_are_in_it(mice_project: Project) -> None:
    project = mice_project
    assert take_snapshot(project).subjects == ("01", "02")
    assert take_snapshot(project, test=None).subjects == ("01", "02", *HELD)
    found = holdout_snapshot(project)
    assert found is not None
    assert found.subjects == HELD
    assert len(found.stretches) == 8
    clip = project.clips(found.stretches[0].video)[0].id
    assert found.stretches[0].passes[0] in [p.id for p in project.passes(clip=clip) if p.kind == "blind"]
    labels = project.door.labels(found.stretches[0].passes[0], None)
    separate = project.import_track(clip, "Ben", labels)
    unfinished = project.import_track(clip, "Cora", labels, "blind")
    assisted = project.import_track(clip, "Dora", labels, "blind", provenance="accepted")
    for record in (separate, assisted):
        with project.edit(record.id, record.annotator) as editor:
            editor.submit()
    again = holdout_snapshot(project, acting="Cora")
    assert again is not None
    used = {p for s in again.stretches for p in s.passes}
    assert not {separate.id, unfinished.id, assisted.id} & used
    state = holdout_state(project)
    assert (state.clips, state.subjects) == (7, 4)  # Cora's open blind pass closes those on its clip
    with project.edit(unfinished.id, "Cora") as editor:
        editor.submit()
    again = holdout_snapshot(project)
    assert again is not None
    assert again.stretches[0].annotators == ("Ada", "Cora")
    assert any(assisted.id in sentence and "a model had a part" in sentence for sentence in again.left_out)
    project.keep_subjects("champion", [])
    assert holdout_snapshot(project) is None


def test_a_better_model_wins_on_the_holdout_and_a_worse_one_is_kept_aside(mice_project: Project) -> None:
    project = mice_project
    first = judge_in_project(project, "weak", "Ada")
    assert (first.replaces, first.verified, first.basis, first.clips, first.subjects) == (
        True, True, "first", 8, 4,
    )  # fmt: skip
    assert "its macro F1 on 8 clips of 4 holdout animals is" in first.sentence
    better = judge_in_project(project, "good", "Ada")
    assert (better.replaces, better.verified, better.basis) == (True, True, "holdout")
    assert better.difference is not None
    assert better.difference > 0.05
    assert better.champion_f1 == first.challenger_f1
    worse = judge_in_project(project, "weak", "Ben")
    assert (worse.replaces, worse.verified) == (False, True)
    assert worse.difference == pytest.approx(-better.difference)
    assert (
        "'weak' is kept aside, 'good' stays: its macro F1 on 8 clips of 4 holdout animals" in worse.sentence
    )
    current = project.current_model()
    assert current is not None
    assert current.name == "good"
    assert current.parent == first.challenger
    assert [(e.name, e.act.value, e.author) for e in project.model_events()] == [
        ("weak", "trained", "Ada"),
        ("weak", "current", "Ada"),
        ("good", "trained", "Ada"),
        ("good", "current", "Ada"),
        ("weak", "aside", "Ben"),
    ]
    readings = holdout_readings(project)
    assert [(line["by"], line["what"]) for line in readings] == [
        ("Ada", "champion and challenger"), ("Ada", "champion and challenger"),
        ("Ben", "champion and challenger"),
    ]  # fmt: skip
    assert set(readings[1]["figures"]) == {first.challenger, better.challenger}
    rows = {row.name: row for row in history(project)}
    assert (rows["good"].fate, rows["weak"].fate) == ("current", "was current")
    assert rows["weak"].verdict == worse
    assert rows["good"].clips == 4
    assert rows["good"].data == read_card(project.folder / "models" / "good").data


def test_a_second_adoption_changes_nothing(mice_project: Project) -> None:
    project = mice_project
    verdict = judge(project.folder / "models" / "weak", None, holdout_snapshot(project), project.cache_folder)
    event = settle(project, "weak", verdict, "Ada")
    assert settle(project, "weak", verdict, "Ada") == event
    assert len(project.model_events()) == 2
    assert len(holdout_readings(project)) == 1
    with pytest.raises(LearnError, match=r"not weak@\w+, which was judged"):
        settle(project, "good", verdict, "Ada")


def test_rolling_back_is_one_call_and_on_record(mice_project: Project) -> None:
    project = mice_project
    for name in ("weak", "good"):
        judge_in_project(project, name)
    roll_back(project, "weak", "Ben")
    current = project.current_model()
    assert current is not None
    assert (current.name, current.author) == ("weak", "Ben")
    [row] = [row for row in history(project) if row.fate == "current"]
    assert row.sentence == "Made the current model by hand by Ben, in place of good."
    with pytest.raises(LearnError, match="'weak' is the current model already"):
        roll_back(project, "weak")
    with pytest.raises(LearnError, match=r"'gone' is not there; the project has (good, weak|weak, good)"):
        roll_back(project, "gone")
    with pytest.raises(LearnError, match="'weak' is the current model, which is not replaced"):
        train_in_project(project, Recipe("weak"), replace_old=True)


def test_a_model_whose_folder_is_gone_keeps_its_line(mice_project: Project) -> None:
    project = mice_project
    judge_in_project(project, "weak")
    before = {row.name: row for row in history(project)}["weak"]
    shutil.rmtree(project.folder / "models" / "weak")
    row = {row.name: row for row in history(project)}["weak"]
    assert (row.present, row.fate, row.clips, row.minutes) == (False, "current", 4, before.minutes)
    assert row.macro_f1 == before.macro_f1
    assert row.data == before.data
    with pytest.raises(LearnError, match="is not there"):
        roll_back(project, "weak")
    verdict = judge_in_project(project, "good")
    assert verdict.replaces
    assert "the folder of the current model" in verdict.sentence


def test_a_project_for_reading_shows_its_models_and_decides_nothing(mice_project: Project) -> None:
    judge_in_project(mice_project, "weak")
    with Project.open(mice_project.folder, read_only=True) as project:
        assert [row.fate for row in history(project)].count("current") == 1
        with pytest.raises(ProjectError, match="open for reading only"):
            judge_in_project(project, "good")
        with pytest.raises(ProjectError, match="open for reading only"):
            roll_back(project, "good")


def test_a_holdout_animal_in_a_model_is_an_error_and_in_the_current_model_told(mice_project: Project) -> None:
    project = mice_project
    judge_in_project(project, "weak")
    project.keep_subjects("champion", ["02", *HELD])
    assert holdout_state(project).learned == ("02",)
    assert any("learned from 02" in sentence for sentence in holdout_state(project).sentences)
    data = take_snapshot(project, test=None)
    both = data.select(n for n, s in enumerate(data.stretches) if s.subject in ("02", "03"))
    with pytest.raises(LearnError, match="'good' has learned from the subject '02'"):
        judge(project.folder / "models" / "good", None, both, project.cache_folder)


def test_a_small_holdout_is_asked_where_nothing_else_can_tell(mice_project: Project) -> None:
    project = mice_project
    judge_in_project(project, "weak")
    for name in ("weak", "good"):
        (project.folder / "models" / name / "held_out.npz").unlink()
    project.keep_subjects("champion", HELD[:2])
    found = judge_in_project(project, "good")
    assert (found.replaces, found.verified, found.basis, found.clips, found.subjects) == (
        True, False, "holdout", 4, 2,
    )  # fmt: skip
    assert "the holdout has 4 clips of 2 animals, and 8 clips of 4 animals are needed" in found.sentence
    shutil.rmtree(project.folder / "models" / "good")
    state = holdout_state(project)  # of a current model that is gone nobody knows what it learned from
    assert (state.clips, state.learned) == (4, ())


def test_what_changed_is_listed_with_the_surest_first(mice_project: Project) -> None:
    project = mice_project
    found = what_changed(project, "weak", "good")
    assert (found.clips, found.held_out) == (4, 4)
    assert {flip.subject for flip in found.flips} <= {"01", "02"}
    assert found.flips
    sure = [flip.confidence for flip in found.flips]
    assert sure == sorted(sure, reverse=True)
    assert all(flip.before != flip.after for flip in found.flips)
    assert all((flip.stop - flip.start) / flip.fps >= SHORTEST for flip in found.flips)
    listed = sum(flip.stop - flip.start for flip in found.flips)
    assert listed <= found.changed <= found.frames == 800
    people = project.door.labels(found.flips[0].passes[0], None).codes[:, 0]
    clip = project.get_clip(found.flips[0].clip)
    own = people[found.flips[0].start - clip.start : found.flips[0].stop - clip.start]
    assert (own == found.flips[0].people).sum() >= len(own) / 2 or len(set(own)) > 2
    back = what_changed(project, "good", "weak")
    assert {(f.video, f.start, f.stop, f.after, f.before) for f in found.flips} == {
        (f.video, f.start, f.stop, f.before, f.after) for f in back.flips
    }
    assert what_changed(project, "good", "good").flips == ()


def test_clips_that_both_models_labeled_are_compared_and_holdout_clips_never(mice_project: Project) -> None:
    project = mice_project
    for name in ("weak", "good"):
        (project.folder / "models" / name / "held_out.npz").unlink()
    with pytest.raises(LearnError, match="no clip on which 'weak' and 'good' can be compared"):
        what_changed(project, "weak", "good")
    clips = project.clips()
    for name in ("weak", "good"):
        predictor = load_predictor(name, project)
        for clip in (clips[0], clips[-1]):  # of mouse 01, and of mouse 06
            predict_clip(project, clip, predictor)
    found = what_changed(project, "weak", "good")
    assert (found.clips, found.held_out) == (1, 0)
    assert {flip.clip for flip in found.flips} == {clips[0].id}
    older, newer = (
        project.door.labels(p.id, None).codes[:, 0]
        for name in ("weak", "good")
        for p in project.passes(clip=clips[0].id)
        if p.annotator == name
    )
    assert found.changed == (older != newer).sum()
    project.start_pass(clips[0].id, "Ada", "blind")
    with pytest.raises(LearnError, match="no clip on which"):
        what_changed(project, "weak", "good", acting="Ada")


def second_opinion(project: Project, clip: str, codes: np.ndarray) -> None:
    record = project.import_track(clip, "Ben", LabelTrack(codes), "blind", provenance="typed")
    with project.edit(record.id, "Ben") as editor:
        editor.submit()


def test_the_ceiling_stands_beside_the_model_on_the_same_clips(mice_project: Project) -> None:
    project = mice_project
    assert "only Ada has scored anything" in ceiling(project, "good").sentence
    learned, held = project.clips()[0], project.clips()[-1]
    for clip in (learned, held):
        [ada] = project.passes(clip=clip.id)
        codes = project.door.labels(ada.id, None).codes.copy()
        codes[:20] = codes[:20] % 8 + 1  # Ben sees the first tenth otherwise
        second_opinion(project, clip.id, codes)
    found = ceiling(project, "good", "Ada")
    assert found.why == ""
    assert (found.clips, found.animals, found.blind, found.holdout) == (2, 2, True, 1)
    [row] = found.rows
    assert row.people["frame accuracy"]["value"] == pytest.approx(0.9)
    model = row.model["frame accuracy"]["value"]
    assert 0 < model < 1
    assert found.sentence == (
        "On the same 2 blind clips: two people agree on 0.900 of the frames, "
        f"the model and a person on {model:.3f}."
    )
    assert [line["what"] for line in holdout_readings(project)] == ["model and people"]
    with Project.open(project.folder, read_only=True) as reading:  # nothing can be noted there
        assert ceiling(reading, "good").clips == 1
    assert len(holdout_readings(project)) == 1
    project.keep_subjects("champion", [])
    project.keep_subjects("test", HELD)
    assert ceiling(project, "good").clips == 1


def test_the_command_line_does_the_same(mice_project: Project, capsys: pytest.CaptureFixture[str]) -> None:
    folder = str(mice_project.folder)
    mice_project.close()
    assert run(["champion", folder]) == 0
    assert "judge one with --judge" in capsys.readouterr().err
    for name in ("weak", "good"):
        assert run(["champion", folder, "--judge", name]) == 0
    assert "'good' is the current model now" in capsys.readouterr().out
    assert run(["champion", folder, "--json"]) == 0
    plain = json.loads(capsys.readouterr().out)
    assert plain["current"].startswith("good@")
    assert {row["name"]: row["fate"] for row in plain["models"]} == {"good": "current", "weak": "was current"}
    assert plain["models"][0]["verdict"]["verified"]
    assert {row["name"]: row["parent"][:5] for row in plain["models"]} == {"good": "weak@", "weak": ""}
    assert run(["champion", folder]) == 0
    table = capsys.readouterr().out
    assert "verified" in table
    assert "parent" in table
    [good] = [line for line in table.replace("│", " ").splitlines() if line.split()[:1] == ["good"]]
    assert "weak" in good.split()
    assert run(["champion", folder, "--changed", "weak", "good", "--most", "1"]) == 0
    assert "flipped in 4 clips" in capsys.readouterr().out
    assert run(["champion", folder, "--changed", "weak", "good", "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["flips"][0]["after"]
    assert run(["champion", folder, "--ceiling"]) == 0
    assert "There is no ceiling to show" in capsys.readouterr().out
    assert run(["champion", folder, "--roll-back", "weak", "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["current"].startswith("weak@")
    assert run(["champion", folder, "--json"]) == 0  # who was rolled back to is nobody's child by that
    assert json.loads(capsys.readouterr().out)["models"][1]["parent"] == ""
    assert run(["champion", folder, "--roll-back", "weak"]) == 1
    assert run(["champion", folder, "--roll-back", "weak", "--ceiling"]) == 2
    capsys.readouterr()
    assert run(["holdout", folder, "--for", "champion"]) == 0
    told = capsys.readouterr()
    assert "Kept for comparing models: 03, 04, 05, 06." in told.out
    assert "8 clips have blind labels, of 4 animals." in told.err
    assert run(["holdout", folder, "--for", "champion", "--json"]) == 0
    assert len(json.loads(capsys.readouterr().out)["readings"]) == 2
    assert run(["holdout", folder, "--for", "test", "--subject", "03"]) == 1
    assert "kept for comparing models already" in capsys.readouterr().err
    assert run(["holdout", folder, "--suggest", "1", "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["suggested"] in (["01"], ["02"])
    assert run(["holdout", folder, "--for", "champion", "--nobody", "--suggest", "1"]) == 2
    assert run(["holdout", folder, "--for", "champion", "--nobody"]) == 0
    assert "Kept for comparing models: nobody." in capsys.readouterr().out
