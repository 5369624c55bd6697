"""Label files laid together for comparison, and every way in which they do not fit."""

from pathlib import Path

import numpy as np
import pytest
from label_files import clip_text, put
from napari_ethoprofile.annotation.agreement.sources import FileOptions, Material, material_of_files
from napari_ethoprofile.annotation.errors import AgreementError, EthoprofileError, FormatError
from rating_files import frames_file

BOUTS = "start,stop,behavior\n"
FPS = FileOptions(fps=25.0)


def codes_of(material: Material, group: int = 0) -> list[list[str]]:
    """Return names (raters, frames) of the first clip."""
    found = material.codes(material.clips[0], group)
    return [[material.ethogram.label_name(int(code)) for code in row] for row in found]


def test_two_frame_tables_meet_by_name_and_not_by_number(tmp_path: Path) -> None:
    a = frames_file(tmp_path, "ada.csv", ["rest", "walk", "eat", ""])
    b = frames_file(tmp_path, "ben.csv", ["Walk", "Walk", "rest", "none"])
    material = material_of_files([a, b], FPS)
    assert material.raters == ("ada", "ben")
    assert codes_of(material) == [["rest", "walk", "eat", "unlabeled"], ["walk", "walk", "rest", "none"]]
    assert material.notes == ("'eat' was scored by ada (1 frame), and never by ben.",)


def test_different_formats_can_be_compared(tmp_path: Path) -> None:
    a = put(tmp_path, "ada_map.csv", clip_text([0, 0, 7, 7]))
    b = put(
        tmp_path,
        "ben.csv",
        "start_frame,stop_frame,start_s,stop_s,behavior,group\n0,3,0,0.12,drink,behavior\n",
    )
    material = material_of_files([a, b])
    assert codes_of(material) == [["drink", "drink", "walk", "walk"], ["drink"] * 3 + ["unlabeled"]]
    assert material.gaps == "unlabeled"
    assert material.clips[0].fps == pytest.approx(25.0)


def test_one_rater_may_give_a_file_for_each_recording(tmp_path: Path) -> None:
    for rater in ("ada", "ben"):
        folder = tmp_path / rater
        folder.mkdir()
        for start in (0, 4):
            name = f"01_20180418_1200_s{start}_n4_{rater}.csv"
            text = BOUTS.replace("behavior", "behavior,annotator") + f"0,4,rest,{rater}\n"
            put(folder, name, text)
    paths = sorted(tmp_path.glob("*/*.csv"))
    material = material_of_files(paths, FileOptions(fps=25.0, gaps="none", read={"unit": "frames"}))
    assert material.raters == ("ada", "ben")
    assert [(clip.id, clip.subject) for clip in material.clips] == [
        ("01_20180418_1200_s0_n4", "01"), ("01_20180418_1200_s4_n4", "01"),
    ]  # fmt: skip


def test_files_of_the_same_name_stay_two_raters(tmp_path: Path) -> None:
    (tmp_path / "one").mkdir()
    (tmp_path / "two").mkdir()
    a = frames_file(tmp_path / "one", "labels.csv", ["rest"])
    b = frames_file(tmp_path / "two", "labels.csv", ["rest"])
    assert material_of_files([a, b], FPS).raters == (f"labels ({a})", f"labels ({b})")


def test_names_are_mapped_where_they_occur(tmp_path: Path) -> None:
    a = frames_file(tmp_path, "a.csv", ["resting", "walk"])
    b = frames_file(tmp_path, "b.csv", ["sleep", "walk"])
    mapping = {"resting": "rest", "sleep": "rest"}
    material = material_of_files([a, b], FileOptions(fps=25.0, mapping=mapping))
    assert codes_of(material) == [["rest", "walk"], ["rest", "walk"]]
    with pytest.raises(AgreementError, match="'snooze', which no file holds; the files hold resting, walk"):
        material_of_files([a, b], FileOptions(fps=25.0, mapping={"snooze": "rest"}))


def test_ethograms_without_a_common_name_are_refused(tmp_path: Path) -> None:
    a, b = frames_file(tmp_path, "a.csv", ["rest", "walk"]), frames_file(tmp_path, "b.csv", ["sit", "go"])
    with pytest.raises(
        AgreementError, match="a and b share no behavior: a has rest, walk, b has go, sit; map"
    ):
        material_of_files([a, b], FPS)


def test_a_few_frames_too_many_are_left_out_and_counted(tmp_path: Path) -> None:
    a, b = frames_file(tmp_path, "a.csv", ["rest"] * 60), frames_file(tmp_path, "b.csv", ["rest"] * 57)
    material = material_of_files([a, b], FPS)
    assert material.clips[0].frames == 57
    assert material.unshared == {"beyond_shorter_file": 3}
    assert any("different lengths (a 60, b 57 frames); the last 3 were left out" in s for s in material.notes)


def test_very_different_lengths_are_refused_unless_allowed(tmp_path: Path) -> None:
    a, b = frames_file(tmp_path, "a.csv", ["rest"] * 100), frames_file(tmp_path, "b.csv", ["rest"] * 20)
    with pytest.raises(AgreementError, match="a has labels for 100 frames and b for 20, 80 fewer"):
        material_of_files([a, b], FPS)
    allowed = material_of_files([a, b], FileOptions(fps=25.0, allow_mismatch=True))
    assert allowed.clips[0].frames == 20


def test_different_rates_are_refused_unless_the_rate_is_given(tmp_path: Path) -> None:
    a = frames_file(tmp_path, "a.csv", ["rest"] * 30, fps=25.0)
    b = frames_file(tmp_path, "b.csv", ["rest"] * 30, fps=30.0)
    with pytest.raises(
        AgreementError, match=r"made at 25 frames per second and .*b\.csv at 30; give the rate"
    ):
        material_of_files([a, b])
    assert material_of_files([a, b], FileOptions(fps=30.0)).clips[0].fps == 30.0


def test_an_unknown_rate_is_assumed_and_said(tmp_path: Path) -> None:
    a, b = frames_file(tmp_path, "a.csv", ["rest"]), frames_file(tmp_path, "b.csv", ["rest"])
    assert any("25 were assumed" in sentence for sentence in material_of_files([a, b]).notes)
    assert not any("assumed" in sentence for sentence in material_of_files([a, b], FPS).notes)


def test_what_the_gaps_of_bouts_are_must_be_said(tmp_path: Path) -> None:
    a, b = put(tmp_path, "a.csv", BOUTS + "0,4,rest\n"), put(tmp_path, "b.csv", BOUTS + "2,6,rest\n")
    read = {"unit": "frames"}
    with pytest.raises(FormatError, match="say it \\(gaps=none: "):
        material_of_files([a, b], FileOptions(fps=25.0, read=read))
    none = material_of_files([a, b], FileOptions(fps=25.0, gaps="none", read=read))
    assert codes_of(none) == [["rest"] * 4 + ["none"] * 2, ["none"] * 2 + ["rest"] * 4]
    assert none.gaps == "none"
    unlabeled = material_of_files([a, b], FileOptions(fps=25.0, gaps="unlabeled", read=read))
    assert codes_of(unlabeled) == [["rest"] * 4 + ["unlabeled"] * 2, ["unlabeled"] * 2 + ["rest"] * 4]


def overlapping(folder: Path) -> list[Path]:
    a = put(folder, "a.csv", BOUTS + "0,4,rest\n2,6,groom\n")
    b = put(folder, "b.csv", BOUTS + "0,6,rest\n")
    return [a, b]


def test_overlapping_bouts_follow_the_rule_that_is_given_and_are_counted(tmp_path: Path) -> None:
    paths, common = overlapping(tmp_path), {"fps": 25.0, "gaps": "none", "read": {"unit": "frames"}}
    apart = material_of_files(paths, FileOptions(**common))
    assert apart.groups == ("rest", "groom")
    assert codes_of(apart, 1) == [["none"] * 2 + ["groom"] * 4, ["none"] * 6]
    assert any("overlap on 2 frames: each behavior got a group of its own" in s for s in apart.notes)
    later = material_of_files(paths, FileOptions(**common, priority=("later",)))
    assert codes_of(later)[0] == ["rest"] * 2 + ["groom"] * 4
    assert any("overlap on 2 frames: the later one was taken" in s for s in later.notes)
    ranked = material_of_files(paths, FileOptions(**common, priority=("rest", "groom")))
    assert codes_of(ranked)[0] == ["rest"] * 4 + ["groom"] * 2
    assert "a: 2 frames carry several behaviors; decided by the priority rest before groom." in ranked.notes
    with pytest.raises(AgreementError, match="priority names 'sleep', which no file holds"):
        material_of_files(paths, FileOptions(**common, priority=("sleep",)))


def test_one_hot_tables_of_exclusive_behaviors_are_one_group(tmp_path: Path) -> None:
    header = ",background,rest,walk\n"
    a = put(tmp_path, "a.csv", header + "0,0,1,0\n1,0,0,1\n2,1,0,0\n")
    b = put(tmp_path, "b.csv", header + "0,0,1,0\n1,0,1,0\n2,1,0,0\n")
    options = FileOptions(fps=25.0, background="none")
    material = material_of_files([a, b], options)
    assert codes_of(material) == [["rest", "walk", "none"], ["rest", "rest", "none"]]
    assert "No frame carries several behaviors; they are compared as one exclusive group." in material.notes
    assert material.overlaps == ""
    apart = material_of_files([a, b], FileOptions(fps=25.0, background="none", priority=("apart",)))
    assert apart.groups == ("rest", "walk")
    both = put(tmp_path, "c.csv", header + "0,0,1,1\n1,0,1,0\n2,1,0,0\n")
    several = material_of_files([a, both], options)
    assert several.groups == ("rest", "walk")
    assert several.overlaps == "each behavior was compared by itself"


def test_a_rater_who_used_one_label_only_is_named(tmp_path: Path) -> None:
    a, b = frames_file(tmp_path, "a.csv", ["rest", "walk"]), frames_file(tmp_path, "b.csv", ["rest", "rest"])
    assert any("b used one label only, 'rest'" in s for s in material_of_files([a, b], FPS).notes)


def test_empty_labels_are_refused(tmp_path: Path) -> None:
    a, b = frames_file(tmp_path, "a.csv", ["rest", "walk"]), frames_file(tmp_path, "b.csv", ["", ""])
    with pytest.raises(AgreementError, match="b has labeled nothing"):
        material_of_files([a, b], FPS)


def test_duplicate_bouts_change_nothing_and_are_counted(tmp_path: Path) -> None:
    a = put(tmp_path, "a.csv", BOUTS + "0,4,rest\n0,4,rest\n")
    b = put(tmp_path, "b.csv", BOUTS + "0,4,rest\n")
    material = material_of_files([a, b], FileOptions(fps=25.0, gaps="none", read={"unit": "frames"}))
    assert codes_of(material) == [["rest"] * 4] * 2
    assert any("1 row repeats an earlier row and changes nothing" in s for s in material.notes)


@pytest.mark.parametrize(
    ("first", "second", "sentence"),
    [
        ("01_20180418_1200.csv", "02_20180418_1200.csv", "No recording was labeled by two raters"),
        ("01_20180418_1200_s0_n2.csv", "01_20180418_1200_s2_n2.csv", "files of different videos"),
    ],
)
def test_files_of_two_videos_are_refused_by_their_names(
    tmp_path: Path, first: str, second: str, sentence: str
) -> None:
    a, b = frames_file(tmp_path, first, ["rest"] * 2), frames_file(tmp_path, second, ["rest"] * 2)
    with pytest.raises(AgreementError, match=sentence):
        material_of_files([a, b], FPS)


def test_files_of_two_videos_are_refused_by_their_columns(tmp_path: Path) -> None:
    header = "start_frame,stop_frame,behavior,video\n"
    a = put(tmp_path, "a.csv", header + "0,4,rest,C:\\films\\one.avi\n")
    b = put(tmp_path, "b.csv", header + "0,4,rest,/films/two.avi\n")
    with pytest.raises(
        AgreementError, match=r"a\.csv is of one; .*b\.csv is of two; files of different videos"
    ):
        material_of_files([a, b], FPS)
    c = put(tmp_path, "c.csv", header + "0,4,rest,/home/films/one.mp4\n")
    assert material_of_files([a, c], FPS).clips[0].recording == "one"


def test_files_of_two_clips_are_refused_by_their_frame_numbers(tmp_path: Path) -> None:
    a = frames_file(tmp_path, "a.csv", ["rest"] * 2, first=45_000)
    b = frames_file(tmp_path, "b.csv", ["rest"] * 2, first=52_500)
    with pytest.raises(
        AgreementError, match=r"begins at frame 45,000 and .* at frame 52,500.*two different clips"
    ):
        material_of_files([a, b], FPS)


def test_one_rater_alone_is_refused(tmp_path: Path) -> None:
    a = frames_file(tmp_path, "a.csv", ["rest"])
    with pytest.raises(AgreementError, match="two raters or more; only a has labels"):
        material_of_files([a], FPS)
    with pytest.raises(AgreementError, match="was given twice"):
        material_of_files([a, a], FPS)
    with pytest.raises(AgreementError, match="two raters or more"):
        material_of_files([], FPS)


def test_a_review_by_its_name_is_anchored_and_other_files_do_not_say(tmp_path: Path) -> None:
    a, b = put(tmp_path, "x_map.csv", clip_text([0])), put(tmp_path, "x_map_new.csv", clip_text([0]))
    c = put(tmp_path, "y.csv", clip_text([0]))
    first, second, third = material_of_files([a, b, c], FPS).clips[0].codings
    assert first.origin(second) == "anchored"
    assert first.origin(third) == "not known"


def test_every_refusal_is_one_sentence(tmp_path: Path) -> None:
    a, b = frames_file(tmp_path, "a.csv", ["rest"] * 100), frames_file(tmp_path, "b.csv", ["walk"] * 2)
    with pytest.raises(EthoprofileError) as refused:
        material_of_files([a, b], FPS)
    assert "\n" not in str(refused.value)
    assert str(refused.value).endswith(".")


def test_a_rater_who_did_not_code_a_clip_is_unlabeled_there(tmp_path: Path) -> None:
    header = "file;Experimenter;from;to;type;ID;DLCFile\n"
    rows = ["f;A;0;1;x;V1;d", "f;B;0;1;x;V1;d", "f;A;0;1;x;V2;e", "f;C;0;1;x;V2;e", "f;C;0;1;x;V3;g"]
    material = material_of_files([put(tmp_path, "a.csv", header + "\n".join(rows))])
    assert material.raters == ("A", "B", "C")
    assert [clip.id for clip in material.clips] == ["V1", "V2"]
    assert material.unshared == {"one_rater_only": 26}
    codes = material.codes(material.clips[0], 0)
    assert codes.shape == (3, 26)
    assert np.all(codes[2] == -1)
