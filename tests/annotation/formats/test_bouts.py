"""Bout tables, ours and those of other tools."""

from pathlib import Path

import numpy as np
import pytest
from label_files import home_cage, in_groups, names_of, put
from napari_ethoprofile.annotation.errors import FormatError
from napari_ethoprofile.annotation.ethogram import make_ethogram
from napari_ethoprofile.annotation.formats import (
    Labels,
    Mark,
    fit_to,
    map_to,
    read_all,
    read_labels,
    rename,
    sniff,
    write_labels,
)
from napari_ethoprofile.annotation.tracks import NONE, UNLABELED, Bout, LabelTrack
from realdata import realdata_file

HEADER = "start_frame,stop_frame,start_s,stop_s,behavior,group,annotator,provenance"


def spans(labels: Labels, group: int = 0) -> list[tuple[int, int, str]]:
    """Return start, stop and name of every bout that is not unlabeled."""
    return [(b.start, b.stop, labels.ethogram.label_name(b.label)) for b in labels.track.bouts(group)]


def test_our_table_is_readable_and_says_none(tmp_path: Path) -> None:
    labels = home_cage([1, 1, NONE, UNLABELED, 8], fps=25.0, annotator="Ada", marks=(Mark(0, 2, 0, "typed"),))
    path = tmp_path / "a_bouts.csv"
    assert write_labels(path, labels, "bouts") == []
    assert path.read_text() == (
        f"{HEADER}\n"
        "0,2,0.000000,0.080000,drink,behavior,Ada,typed\n"
        "2,3,0.080000,0.120000,none,behavior,Ada,\n"
        "4,5,0.160000,0.200000,walk,behavior,Ada,\n"
    )
    assert sniff(path) == "bouts"
    back = read_labels(path)
    assert (back.annotator, back.fps, back.report) == ("Ada", 25.0, [])
    assert back.marks == labels.marks
    assert map_to(back, labels.ethogram).track == labels.track


def test_notes_flags_and_provenance_come_back(tmp_path: Path) -> None:
    marks = (
        Mark(0, 4, 0, "typed"),
        Mark(2, 4, 0, "", 'he said, "maybe"', True),
        Mark(4, 6, 0, "accepted"),
        Mark(6, 8, 0, "", "nobody knows"),
    )
    labels = home_cage([1, 1, 2, 2, 2, 2, UNLABELED, UNLABELED, 3], marks=marks)
    write_labels(tmp_path / "a.csv", labels, "bouts")
    back = map_to(read_labels(tmp_path / "a.csv"), labels.ethogram)
    assert back.track == labels.track
    assert back.marks == (
        Mark(0, 2, 0, "typed"),
        Mark(2, 4, 0, "typed", 'he said, "maybe"', True),
        Mark(4, 6, 0, "accepted"),
        Mark(6, 8, 0, "", "nobody knows"),
    )
    assert write_labels(tmp_path / "b_frames.csv", labels, "frames") == [
        "2 remarks have no place in the file."
    ]


def test_frames_of_a_clip_are_those_of_the_recording(tmp_path: Path) -> None:
    labels = home_cage([1, 1, 2], fps=25.0)
    write_labels(tmp_path / "a.csv", labels, "bouts", first_frame=45000)
    assert (tmp_path / "a.csv").read_text().splitlines()[1].startswith("45000,45002,1800.000000,1800.080000,")
    back = read_labels(tmp_path / "a.csv", first_frame=45000, frames=3)
    assert map_to(back, labels.ethogram).track == labels.track
    with pytest.raises(FormatError, match="before the first frame in line 2: 45000"):
        read_labels(tmp_path / "a.csv", first_frame=45001)


@pytest.mark.parametrize(
    ("text", "options"),
    [
        ("start_s,stop_s,behavior\n0.4,0.8,eat\n0.8,1.0,rest\n", {"fps": 25}),
        ("start_s;stop_s;behavior\n0.4;0.8;eat\n0.8;1.0;rest\n", {"fps": 25}),
        ("start_s\tstop_s\tbehaviour\n0.4\t0.8\teat\n0.8\t1.0\trest\n", {"fps": 25}),
        ("from,to,type\n0.4,0.8,eat\n0.8,1.0,rest\n", {"fps": 25}),
        ("from,to,type\n10,20,eat\n20,25,rest\n", {"unit": "frames"}),
        ("Start Frame,End Frame,Label\n10,20,eat\n20,25,rest\n", {}),
        ("Start Frame,End Frame,Label\n10,19,eat\n20,24,rest\n", {"end": "inclusive"}),
        (
            "a,b,what\n10,20,eat\n20,25,rest\n",
            {"columns": {"start": "a", "stop": "b", "behavior": "what"}, "unit": "frames"},
        ),
        ("Behavior,Start (s),Stop (s),FPS\neat,0.4,0.8,25.0\nrest,0.8,1.0,25.0\n", {}),
        ("\ufeffstart_s,stop_s,behavior\r\n0.4,0.8,eat\r\n0.8,1.0,rest\r\n", {"fps": 25}),
        ("start_s,stop_s,behavior\n0.381,0.819,eat\n0.79,1.01,rest\n", {"fps": 25}),
        ("start_s,stop_s,behavior\n0.399,0.799,eat\n0.799,0.999,rest\n", {"times": np.arange(40) / 25}),
    ],
)
def test_tables_of_other_tools(tmp_path: Path, text: str, options: dict[str, object]) -> None:
    path = put(tmp_path, "a.csv", text)
    labels = read_labels(path, "bouts", gaps="unlabeled", **options)
    assert spans(labels) == [(10, 20, "eat"), (20, 25, "rest")]
    assert labels.track.groups == 1


def test_the_nearest_frame_is_taken_never_the_one_below(tmp_path: Path) -> None:
    fps = 30000 / 1001
    bouts = [Bout(n * 7, n * 7 + 5, 1) for n in range(200)]
    rows = [f"{b.start / fps:.3f},{b.stop / fps:.3f},eat" for b in bouts]
    path = put(tmp_path, "a.csv", "start_s,stop_s,behavior\n" + "\n".join(rows))
    labels = read_labels(path, fps=fps, gaps="unlabeled")
    assert labels.track.bouts() == bouts


def test_frames_of_varying_length_are_found_by_their_times(tmp_path: Path) -> None:
    times = np.array([0.0, 0.04, 0.2, 0.24, 0.28])
    path = put(tmp_path, "a.csv", "start_s,stop_s,behavior\n0.05,0.2,eat\n0.24,0.32,rest\n")
    labels = read_labels(path, times=times, gaps="none")
    assert names_of(labels) == ["none", "eat", "none", "rest", "rest"]


def test_what_lies_between_the_bouts_must_be_said(tmp_path: Path) -> None:
    path = put(tmp_path, "a.csv", "start_frame,stop_frame,behavior\n2,4,eat\n6,8,rest\n")
    with pytest.raises(FormatError, match="the 6 of 10 frames are that its bouts leave open"):
        read_labels(path, frames=10)
    open_ = ["unlabeled"] * 2
    assert names_of(read_labels(path, frames=10, gaps="unlabeled")) == (
        open_ + ["eat"] * 2 + open_ + ["rest"] * 2 + open_
    )
    assert names_of(read_labels(path, frames=10, gaps="none"))[-2:] == ["none", "none"]
    whole = put(tmp_path, "b.csv", "start_frame,stop_frame,behavior\n0,4,eat\n4,8,rest\n")
    assert read_labels(whole).track.coverage().labeled == 8


def test_what_was_said_of_gaps_holds_for_the_frames_after_the_last_bout(tmp_path: Path) -> None:
    path = put(tmp_path, "a.csv", "start_frame,stop_frame,behavior\n0,2,eat\n")
    fitted = fit_to(read_labels(path, gaps="none"), 4)
    assert names_of(fitted) == ["eat", "eat", "none", "none"]
    assert fitted.report == ["The file ends after 2 of 4 frames; the last 2 are none."]
    assert names_of(fit_to(read_labels(path, gaps="unlabeled"), 4))[2:] == ["unlabeled"] * 2


def test_a_row_ends_where_its_provenance_changes(tmp_path: Path) -> None:
    marks = (Mark(0, 3, 0, "typed"), Mark(3, 5, 0, "accepted"))
    write_labels(tmp_path / "a.csv", home_cage([2] * 5, marks=marks), "bouts")
    assert (tmp_path / "a.csv").read_text() == (
        f"{HEADER}\n0,3,,,eat,behavior,,typed\n3,5,,,eat,behavior,,accepted\n"
    )
    assert read_labels(tmp_path / "a.csv").marks == marks


def test_explicitly_unlabeled_rows_are_no_gaps(tmp_path: Path) -> None:
    path = put(tmp_path, "a.csv", "start_frame,stop_frame,behavior\n1,2,eat\n2,3,unlabeled\n")
    assert names_of(read_labels(path, gaps="none")) == ["none", "eat", "unlabeled"]


def test_a_table_beyond_the_recording_is_refused_by_numbers(tmp_path: Path) -> None:
    path = put(tmp_path, "a.csv", "start_frame,stop_frame,behavior\n0,1200,eat\n")
    with pytest.raises(FormatError, match="1,200 rows for 1,000 frames, 200 too many"):
        read_labels(path, frames=1000)
    assert read_labels(path, frames=1000, allow_mismatch=True).frames == 1000
    assert read_labels(path, frames=1199).frames == 1199


def test_overlapping_behaviors_get_groups_of_their_own(tmp_path: Path) -> None:
    path = put(
        tmp_path, "a.csv", "start_frame,stop_frame,behavior\n0,6,sit\n2,4,sing\n6,8,none\n4,6,sing\n8,9,sit\n"
    )
    labels = read_labels(path, gaps="unlabeled")
    assert labels.ethogram.groups == ("sit", "sing")
    assert spans(labels, 0) == [(0, 6, "sit"), (6, 8, "none"), (8, 9, "sit")]
    assert spans(labels, 1) == [(2, 6, "sing"), (6, 8, "none")]
    assert any("overlap on 4 frames" in sentence for sentence in labels.report)
    later = read_labels(path, gaps="unlabeled", overlaps="later")
    assert names_of(later) == ["sit"] * 2 + ["sing"] * 4 + ["none"] * 2 + ["sit"]


def test_groups_come_back_even_where_only_none_was_seen(tmp_path: Path) -> None:
    ethogram = in_groups(behavior=["sit", "run"], social=["sniff"], voice=["call"])
    codes = np.array(
        [[1, NONE, UNLABELED], [2, NONE, NONE], [NONE, NONE, UNLABELED], [UNLABELED] * 3, [1, NONE, 4]]
    )
    codes[:, 2] = [UNLABELED, NONE, UNLABELED, UNLABELED, NONE]
    labels = Labels(LabelTrack(codes), ethogram)
    write_labels(tmp_path / "a.csv", labels, "bouts")
    back = read_labels(tmp_path / "a.csv")
    assert set(back.ethogram.groups) == {"behavior", "social", "voice"}
    assert map_to(back, ethogram).track == labels.track


def test_several_annotators_share_ethogram_and_length(tmp_path: Path) -> None:
    text = "start_frame,stop_frame,behavior,annotator\n0,3,eat,Ada\n0,2,rest,Ben\n3,5,rest,Ada\n"
    path = put(tmp_path, "a.csv", text)
    ada, ben = read_all(path, gaps="unlabeled")
    assert (ada.annotator, ben.annotator) == ("Ada", "Ben")
    assert ada.ethogram == ben.ethogram
    assert (ada.frames, ben.frames) == (5, 5)
    assert spans(ben) == [(0, 2, "rest")]
    with pytest.raises(FormatError, match="Ada, Ben; say whose"):
        read_labels(path, gaps="unlabeled")
    assert spans(read_labels(path, gaps="unlabeled", annotator="ben")) == [(0, 2, "rest")]


def test_a_table_of_one_annotator_can_be_taken_for_another(tmp_path: Path) -> None:
    path = put(tmp_path, "a.csv", "start_frame,stop_frame,behavior,annotator\n0,3,eat,Ada\n")
    labels = read_labels(path, annotator="Cleo")
    assert labels.annotator == "Cleo"
    assert labels.report == ["The file says that Ada labeled; the labels were taken for Cleo."]


def test_rows_without_duration_or_name_are_told_by_line(tmp_path: Path) -> None:
    text = "start_s,stop_s,behavior\n0,1,eat\n1,1,jump\n1.00,1.01,twitch\n2,,eat\n2,3,\n"
    labels = read_labels(put(tmp_path, "a.csv", text), fps=25, gaps="unlabeled")
    assert spans(labels) == [(0, 25, "eat"), (25, 26, "twitch")]
    assert labels.report == [
        "2 rows (the first in line 5) were left out: start, stop or behavior is missing.",
        "1 row (line 3) was left out: a point without duration.",
    ]


@pytest.mark.parametrize(
    ("text", "options", "sentence"),
    [
        ("start_s,stop_s,behavior\n1,2,eat\n", {}, "how many frames per second"),
        ("start,stop,behavior\n1,2,eat\n", {"fps": 25}, "may be frames or seconds"),
        ("start_frame,stop_frame,behavior\n1,2.5,eat\n", {}, "not whole"),
        (
            "start_frame,stop_s,behavior\n1,2.5,eat\n",
            {},
            "'start_frame' holds frames and 'stop_s' holds seconds",
        ),
        ("start_frame,stop_frame,behavior\n5,2,eat\n", {}, "stops before it starts in line 2: 5 to 2"),
        ("start_frame,stop_frame,behavior\n-5,2,eat\n", {}, "before the first frame in line 2: -5"),
        ("start_frame,stop_frame,behavior\n1,x,eat\n", {}, "the stop 'x' in line 2"),
        (
            "start_frame,stop_frame,behavior\n1,2,eat,7\n",
            {},
            "more than 3 cells in line 2",
        ),
        ("start_frame,stop_frame,behavior\n", {}, "say how many frames"),
        ("start_frame,stop_frame,what\n1,2,eat\n", {}, "no columns for start, stop and behavior"),
        ("start_frame,stop_frame,behavior\n1,2,eat\n", {"columns": {"stop": "end"}}, "no column 'end'"),
        ("start_frame,stop_frame,behavior\n1,2,eat\n", {"columns": {"finish": "x"}}, "no role 'finish'"),
        (
            "start_frame,stop_frame,behavior,video\n1,2,eat,v1\n1,2,eat,v2\n",
            {},
            "the videos v1, v2; say which",
        ),
        (
            "start_frame,stop_frame,behavior,group\n1,2,eat,a\n3,4,eat,b\n",
            {},
            "'eat' in the groups 'a' and 'b'",
        ),
        ("start_frame,stop_frame,behavior\n1,2,eat\n", {"gaps": "eat"}, "gaps is none or unlabeled"),
        ("start_frame,stop_frame,behavior\n1,2,eat\n", {"fps": 0}, "more than 0"),
        ("start_frame,stop_frame,behavior\n1,2,eat\n", {"gap": "none"}, "no option 'gap'"),
    ],
)
def test_a_malformed_table_is_refused_in_one_sentence(
    tmp_path: Path, text: str, options: dict[str, object], sentence: str
) -> None:
    with pytest.raises(FormatError, match=sentence):
        read_labels(put(tmp_path, "a.csv", text), "bouts", **options)


def test_an_unlabeled_track_is_a_table_without_rows(tmp_path: Path) -> None:
    labels = Labels(LabelTrack.blank(7), make_ethogram(["eat"]))
    write_labels(tmp_path / "a.csv", labels, "bouts")
    back = read_labels(tmp_path / "a.csv", frames=7)
    assert map_to(back, labels.ethogram).track == labels.track


def test_three_raters_of_one_open_field_trial() -> None:
    path = realdata_file("sturman_oft/AllLabDataOFT_final.csv")
    assert sniff(path) == "dlcanalyzer"  # which the general reader of bout tables can read as well
    with pytest.raises(FormatError, match="and 75 more; say which one"):
        read_all(path, "bouts", fps=25, gaps="none")
    markers = {
        "Start/End": "unlabeled",
        "StartEnd": "unlabeled",
        "Start_End": "unlabeled",
        "_DEFAULT": "unlabeled",
    }
    found = read_all(path, "bouts", fps=25, gaps="none", columns={"video": "ID"}, video="OFT_11")
    assert {labels.annotator for labels in found} == {"Furkan", "Jin", "Oliver"}
    for labels in found:
        renamed = rename(labels, markers)
        assert {b.name for b in renamed.ethogram.behaviors} == {"Supported", "Unsupported", "Grooming"}
        assert renamed.frames == found[0].frames
        assert 2500 < renamed.track.coverage().labeled < 3500


def test_an_export_of_boris() -> None:
    path = realdata_file("boris/test_export_aggregated_events_test_full_1.tsv")
    with pytest.raises(FormatError, match="say which one \\(subject"):
        read_all(path, gaps="none")
    labels = read_labels(path, gaps="unlabeled", video="observation #2", subject="No focal subject")
    assert labels.fps == 25.0
    assert (45, 203, "s") in spans(labels)
    assert any("a point without duration" in sentence for sentence in labels.report)
