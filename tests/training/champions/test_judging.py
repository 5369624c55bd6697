"""Which of two models becomes the current one, on what both said before they had learned from it."""

import json
import shutil
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from labeled_stretches import snapshot, stretch
from model_folders import model_folder, right
from napari_ethoprofile.annotation.errors import LearnError
from napari_ethoprofile.annotation.ethogram import make_ethogram
from napari_ethoprofile.training.champions.judging import Verdict, judge
from napari_ethoprofile.training.snapshots import Snapshot


def labels(seed: int, frames: int = 100) -> np.ndarray:
    return np.repeat(np.random.default_rng(seed).integers(1, 4, frames // 5), 5)


def cohort(*subjects: str, clips: int = 2) -> Snapshot:
    """Return labels of some clips of every animal."""
    return snapshot(
        *(
            stretch(subject, labels(int(subject) * 10 + number), start=number * 100)
            for subject in subjects
            for number in range(clips)
        )
    )


@pytest.fixture
def early(tmp_path: Path) -> Path:
    """The current model, of two animals."""
    return model_folder(tmp_path / "early", cohort("01", "02", clips=3), right(0.7))


def test_the_first_model_is_the_current_one_and_unverified(tmp_path: Path, early: Path) -> None:
    found = judge(early, None, None, tmp_path)
    assert (found.replaces, found.verified, found.basis, found.champion) == (True, False, "first", "")
    assert found.sentence == (
        "'early' is the current model now: it is the first model. It is not verified, because there are no "
        "blind labels of holdout animals."
    )


@pytest.mark.parametrize(("share", "replaces"), [(0.9, True), (0.7, True), (0.4, False)])
def test_without_a_holdout_clips_that_both_were_tested_on_decide(
    tmp_path: Path, early: Path, share: float, replaces: bool
) -> None:
    later = model_folder(tmp_path / "later", cohort("01", "02", "03", clips=3), right(share))
    found = judge(later, early, None, tmp_path, seed=4)
    assert (found.replaces, found.verified, found.basis) == (replaces, False, "cross-validation")
    assert (found.clips, found.subjects) == (6, 2)  # those of mouse 03 are new to the current model
    assert found.challenger_f1 is not None
    assert found.challenger_f1.value == pytest.approx(share, abs=0.06)
    assert found.champion_f1 is not None
    assert found.champion_f1.value == pytest.approx(0.7, abs=0.06)
    fate = "is the current model now" if replaces else "is kept aside, 'early' stays"
    assert found.sentence.startswith(f"'later' {fate}: its macro F1 in cross-validation on 6 clips of 2 an")
    assert f"{found.difference:+.3f}" in found.sentence
    assert (
        f"{'above' if replaces else 'as low as'} {found.bound:+.3f}, and the limit is -0.020"
        in found.sentence
    )
    assert "because there are no blind labels" in found.sentence
    assert Verdict.from_dict(json.loads(json.dumps(found.to_dict()))) == found
    assert judge(later, early, None, tmp_path, seed=4) == found


def test_equal_answers_replace_whatever_the_seed(tmp_path: Path, early: Path) -> None:
    same = model_folder(tmp_path / "same", cohort("01", "02", clips=3), right(0.7))
    for seed in range(5):
        found = judge(same, early, None, tmp_path, seed=seed)
        assert (found.replaces, found.difference, found.bound) == (True, 0.0, 0.0)


def test_present_labels_decide_where_some_were_corrected(tmp_path: Path, early: Path) -> None:
    data = cohort("01", "02", clips=3)
    corrected = replace(
        data, stretches=tuple(replace(s, codes=s.codes % 3 + 1) for s in data.stretches)
    )  # fmt: skip
    later = model_folder(tmp_path / "later", corrected, right(0.6))
    found = judge(later, early, None, tmp_path)
    assert found.replaces
    assert found.champion_f1 is not None
    assert found.champion_f1.value == pytest.approx(0.3, abs=0.06)  # right where it used to be wrong


def test_figures_of_animals_on_both_sides_are_not_compared(tmp_path: Path, early: Path) -> None:
    mixed = model_folder(
        tmp_path / "mixed", cohort("01", "02", clips=3), right(0.99),
        split="3-fold by clips (seed 0), the same animals and recordings on both sides",
    )  # fmt: skip
    found = judge(mixed, early, None, tmp_path)
    assert (found.replaces, found.basis) == (False, "nothing")
    assert "nothing says how it compares with 'early'" in found.sentence


def test_clips_that_only_one_of_them_knows_decide_nothing(tmp_path: Path, early: Path) -> None:
    other = model_folder(tmp_path / "other", cohort("05", "06"), right(0.99))
    found = judge(other, early, None, tmp_path)
    assert (found.replaces, found.basis, found.clips) == (False, "nothing", 0)
    alone = model_folder(
        tmp_path / "alone", snapshot(*cohort("01", "02").stretches[:1], *cohort("05").stretches), right(0.99)
    )
    found = judge(alone, early, None, tmp_path)
    assert (found.replaces, found.basis, found.clips, found.bound) == (False, "cross-validation", 1, None)
    assert "cannot be told, because there is only one clip" in found.sentence


def test_a_current_model_that_is_gone_is_replaced(tmp_path: Path, early: Path) -> None:
    later = model_folder(tmp_path / "later", cohort("01", "02"), right(0.2))
    shutil.rmtree(early)
    found = judge(later, early, None, tmp_path)
    assert (found.replaces, found.verified) == (True, False)
    assert "the folder of the current model 'early' is gone or damaged" in found.sentence


def test_a_current_model_of_other_behaviors_is_replaced(tmp_path: Path, early: Path) -> None:
    data = cohort("01", "02")
    renamed = replace(data, ethogram=make_ethogram(["eat", "sleep", "run"]))
    later = model_folder(tmp_path / "later", renamed, right(0.2))
    found = judge(later, early, None, tmp_path)
    assert found.replaces
    assert "'early' was trained for behaviors that the ethogram does not have any more" in found.sentence


def test_lost_answers_of_the_current_model_keep_the_new_one_aside(tmp_path: Path, early: Path) -> None:
    later = model_folder(tmp_path / "later", cohort("01", "02", clips=3), right(0.9))
    (early / "held_out.npz").write_bytes(b"no archive")
    found = judge(later, early, None, tmp_path)
    assert (found.replaces, found.basis) == (False, "nothing")


def test_an_animal_is_never_on_both_sides(tmp_path: Path, early: Path) -> None:
    with pytest.raises(LearnError, match="'early' has learned from the subject '02', which is kept for comp"):
        judge(early, None, cohort("02", "07"), tmp_path)
    backbone = model_folder(tmp_path / "pretrained", cohort("01", "03"), right(0.9), backbone_saw=("07",))
    with pytest.raises(LearnError, match="has learned from the subject '07'"):
        judge(backbone, early, cohort("07", "08"), tmp_path)


def test_a_holdout_that_the_current_model_has_learned_from_is_not_asked(tmp_path: Path, early: Path) -> None:
    later = model_folder(tmp_path / "later", cohort("01", "03"), right(0.9))
    found = judge(later, early, cohort("02", "05", "06", "07"), tmp_path)
    assert (found.verified, found.read_holdout, found.basis) == (False, False, "cross-validation")
    assert "'early' has learned from 02, which is kept for comparing models now" in found.sentence


def test_a_small_holdout_is_not_asked_while_cross_validation_can_tell(tmp_path: Path, early: Path) -> None:
    later = model_folder(tmp_path / "later", cohort("01", "02", "03"), right(0.9))
    found = judge(later, early, cohort("07", "08", "09", clips=3), tmp_path)
    assert (found.verified, found.read_holdout, found.basis) == (False, False, "cross-validation")
    assert "the holdout has 9 clips of 3 animals, and 8 clips of 4 animals are needed" in found.sentence


def test_a_model_is_not_judged_against_itself(tmp_path: Path, early: Path) -> None:
    with pytest.raises(LearnError, match="'early' is the current model already"):
        judge(early, early, None, tmp_path)
