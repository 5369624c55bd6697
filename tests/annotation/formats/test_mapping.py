"""Names of a file to names of an ethogram."""

from dataclasses import replace

import numpy as np
import pytest
from label_files import home_cage, in_groups, names_of
from napari_ethoprofile.annotation.errors import FormatError
from napari_ethoprofile.annotation.ethogram import Ethogram, make_ethogram, preset
from napari_ethoprofile.annotation.formats import Labels, LossError, Mark, map_to, rename
from napari_ethoprofile.annotation.tracks import NONE, UNLABELED, LabelTrack


def labels_of(names: list[str], codes: list[list[int]], *, exclusive: bool = True) -> Labels:
    return Labels(LabelTrack(np.array(codes)), make_ethogram(names, exclusive=exclusive))


def test_labels_go_by_name_and_never_by_number() -> None:
    labels = labels_of(["Walk", " rest", "mm"], [[1], [2], [3], [NONE], [UNLABELED]])
    mapped = map_to(labels, preset("home-cage"))
    assert names_of(mapped) == ["walk", "rest", "micromovement", "none", "unlabeled"]


def test_merged_micromovement_is_a_class_of_its_own() -> None:
    with pytest.raises(FormatError, match=r"'mm\+' \(2 frames\)"):
        map_to(labels_of(["mm+"], [[1], [1]]), preset("home-cage"))


def test_unknown_names_are_listed_with_numbers_and_can_be_mapped() -> None:
    labels = labels_of(["groom back", "sniff", "rest"], [[1], [1], [2], [3]])
    with pytest.raises(FormatError) as refused:
        map_to(labels, preset("home-cage"))
    assert "'groom back' (2 frames), 'sniff' (1 frame)" in str(refused.value)
    assert "--map 'groom back'=" in str(refused.value)
    mapped = map_to(labels, preset("home-cage"), {"Groom back": "groom", "sniff": "unlabeled"})
    assert names_of(mapped) == ["groom", "groom", "unlabeled", "rest"]


def test_names_that_never_occur_do_not_stop_an_import() -> None:
    mapped = map_to(labels_of(["sniff", "rest"], [[2]]), preset("home-cage"), {"sleep": "rest"})
    assert names_of(mapped) == ["rest"]
    assert mapped.report == [
        "Listed in the file but never used, and left out: 'sniff'.",
        "The mapping names what the file does not hold: sleep.",
    ]


def test_none_can_become_a_behavior_and_a_behavior_none() -> None:
    labels = labels_of(["rest", "walk"], [[1], [NONE], [2], [UNLABELED]])
    assert names_of(map_to(labels, preset("home-cage"), {"none": "groom", "walk": "none"})) == [
        "rest",
        "groom",
        "none",
        "unlabeled",
    ]
    with pytest.raises(FormatError, match="none=sleep"):
        map_to(labels, preset("home-cage"), {"none": "sleep"})


def test_a_behavior_goes_before_undecided_columns_and_none_needs_all() -> None:
    labels = labels_of(
        ["eat", "rest"],
        [[1, UNLABELED], [NONE, UNLABELED], [NONE, NONE], [UNLABELED, 2], [UNLABELED, UNLABELED]],
        exclusive=False,
    )
    assert names_of(map_to(labels, preset("home-cage"))) == ["eat", "unlabeled", "none", "rest", "unlabeled"]


def test_whoever_scored_what_is_now_none_did_look() -> None:
    labels = labels_of(["eat", "out of sight"], [[UNLABELED, 2], [UNLABELED, UNLABELED]], exclusive=False)
    assert names_of(map_to(labels, preset("home-cage"), {"out of sight": "none"})) == ["none", "unlabeled"]


def test_overlaps_are_resolved_in_the_order_of_the_ethogram_only_when_asked() -> None:
    labels = labels_of(["rest", "eat", "walk"], [[1, 2, NONE], [NONE, 2, 3], [1, 2, 3]], exclusive=False)
    with pytest.raises(LossError, match="3 frames carry several behaviors") as refused:
        map_to(labels, preset("home-cage"))
    assert refused.value.losses[0].choices == ("priority",)
    assert names_of(map_to(labels, preset("home-cage"), overlaps="priority")) == ["eat", "eat", "eat"]


def test_two_names_of_one_behavior_do_not_overlap() -> None:
    labels = labels_of(["groom", "groom back"], [[1, 2], [NONE, 2]], exclusive=False)
    assert names_of(map_to(labels, preset("home-cage"), {"groom back": "groom"})) == ["groom", "groom"]


def test_an_exclusive_file_fills_the_groups_that_it_knows() -> None:
    ethogram = in_groups(posture=["sit", "run"], voice=["call"], other=["groom"])
    mapped = map_to(labels_of(["sit", "call"], [[1], [2], [NONE], [UNLABELED]]), ethogram)
    assert names_of(mapped, 0) == ["sit", "none", "none", "unlabeled"]
    assert names_of(mapped, 1) == ["none", "call", "none", "unlabeled"]
    assert names_of(mapped, 2) == ["unlabeled"] * 4


def test_labels_without_any_behavior_keep_their_none() -> None:
    labels = Labels(LabelTrack(np.array([[NONE], [UNLABELED]])), Ethogram())
    assert names_of(map_to(labels, preset("home-cage"))) == ["none", "unlabeled"]


def test_marks_follow_their_group() -> None:
    labels = labels_of(["call", "sit"], [[1, 2], [NONE, NONE]], exclusive=False)
    labels = replace(labels, marks=(Mark(0, 1, 0, "typed"), Mark(0, 2, 1, note="lazy")))
    mapped = map_to(labels, in_groups(posture=["sit"], voice=["call"]))
    assert mapped.marks == (Mark(0, 2, 0, note="lazy"), Mark(0, 1, 1, "typed"))


def test_renaming_and_merging_need_no_other_ethogram() -> None:
    labels = labels_of(["groom back", "groom", "odd", "odd2"], [[1], [2], [3], [4], [NONE]])
    renamed = rename(labels, {"groom back": "groom", "odd": "none", "odd2": "unlabeled", "none": "rest"})
    assert [b.name for b in renamed.ethogram.behaviors] == ["groom", "rest"]
    assert names_of(renamed) == ["groom", "groom", "none", "unlabeled", "rest"]


def test_renaming_keeps_one_group_a_behavior() -> None:
    labels = labels_of(["eat", "chew", "rest"], [[1, 2, NONE], [NONE, 2, 3]], exclusive=False)
    renamed = rename(labels, {"chew": "eat", "rest": "sleep"})
    assert renamed.ethogram.groups == ("eat", "sleep")
    assert renamed.track.codes.tolist() == [[1, NONE], [1, 2]]


def test_mapping_does_not_touch_its_input() -> None:
    labels = home_cage([1, 2, 3])
    before = labels.track.copy()
    map_to(labels, preset("home-cage"), {"drink": "none"}).track.codes[:] = UNLABELED
    assert labels.track == before
    assert labels.report == []
