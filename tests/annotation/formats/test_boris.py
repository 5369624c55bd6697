"""BORIS projects and exports: pairing, implicit stops, points, observations, every known header."""

import gzip
import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from label_files import in_groups, put
from napari_ethoprofile.annotation.errors import FormatError
from napari_ethoprofile.annotation.ethogram import preset
from napari_ethoprofile.annotation.formats import (
    Labels,
    Mark,
    losses,
    map_to,
    read_all,
    read_labels,
    sniff,
    write_labels,
)
from napari_ethoprofile.annotation.formats.boris import exclusive_groups
from napari_ethoprofile.annotation.tracks import NONE, UNLABELED, LabelTrack
from realdata import realdata_file


def behavior(code: str, kind: str = "State event", excluded: str = "") -> dict[str, Any]:
    return {"type": kind, "key": code[0], "code": code, "description": f"What {code} is", "color": "",
            "category": "", "modifiers": {}, "excluded": excluded, "coding map": ""}  # fmt: skip


def observation(events: list[list[Any]], fps: float = 25.0, **more: Any) -> dict[str, Any]:
    return {
        "file": {"1": ["a.mp4"], "2": []},
        "type": "MEDIA",
        "date": "2026-05-01T09:00:00",
        "description": "",
        "time offset": 0.0,
        "media_info": {"length": {"a.mp4": 60.0}, "fps": {"a.mp4": fps}},
        "events": events,
        **more,
    }


def project(folder: Path, observations: dict[str, Any], *behaviors: dict[str, Any]) -> Path:
    content = {
        "time_format": "hh:mm:ss",
        "project_name": "p",
        "project_format_version": "7.0",
        "subjects_conf": {},
        "behaviors_conf": {str(n): item for n, item in enumerate(behaviors)},
        "observations": observations,
    }
    return put(folder, "a.boris", json.dumps(content))


def spans(labels: Labels) -> list[tuple[int, int, str]]:
    """Return start, stop and name of every bout of a behavior, in time order."""
    bouts = [bout for group in range(labels.track.groups) for bout in labels.track.bouts(group)]
    return [(b.start, b.stop, labels.ethogram.label_name(b.label)) for b in sorted(bouts) if b.label > NONE]


def test_start_and_stop_take_turns_for_each_behavior_and_modifier(tmp_path: Path) -> None:
    events = [[0.0, "", "eat", "", ""], [1.0, "", "rest", "left|far", "look"], [2.0, "", "eat", "", ""],
              [2.5, "", "rest", "None", ""], [3.0, "", "rest", "left|far", "end"],
              [4.0, "", "rest", "None", ""]]  # fmt: skip
    path = project(tmp_path, {"day 1": observation(events)}, behavior("eat"), behavior("rest"))
    assert sniff(path) == "boris"
    labels = read_labels(path, gaps="none", frames=120)
    assert spans(labels) == [(0, 50, "eat"), (25, 100, "rest")]
    assert labels.ethogram.groups == ("eat", "rest")
    assert labels.ethogram.behaviors[0].definition == "What eat is"
    assert labels.marks == (Mark(25, 75, 1, note="left|far; look; end"),)
    assert labels.fps == 25.0


def test_an_implicit_stop_lies_on_the_start_that_caused_it(tmp_path: Path) -> None:
    # At 25 fps frame 1 begins at 0.04 s: 0.0195 s is nearest to frame 0, the START 1 ms later to frame 1.
    events = [[0.0, "", "eat", "", ""], [0.0195, "", "eat", "", ""], [0.0205, "", "rest", "", ""],
              [1.0, "", "rest", "", ""], [1.001, "", "call", "", ""], [2.0, "", "call", "", ""]]  # fmt: skip
    behaviors = behavior("eat", excluded="rest"), behavior("rest", excluded="eat"), behavior("call")
    labels = read_labels(project(tmp_path, {"o": observation(events)}, *behaviors), gaps="none")
    assert spans(labels) == [(0, 1, "eat"), (1, 25, "rest"), (25, 50, "call")]
    assert labels.ethogram.groups == ("behavior", "call")
    assert "1 stop put onto the START that caused it." in labels.report


def test_behaviors_that_all_exclude_each_other_share_a_group() -> None:
    excluded = {"a": {"b", "c"}, "b": {"a"}, "c": {"a"}, "d": {"e"}, "e": {"d"}, "f": {"a"}}
    groups = exclusive_groups("abcdef", excluded)
    assert groups == {"a": "behavior 1", "b": "behavior 1", "c": "c", "d": "behavior 2", "e": "behavior 2",
                      "f": "f"}  # fmt: skip


def test_points_become_one_frame_and_stay_points_when_they_are_written_again(tmp_path: Path) -> None:
    events = [
        [1.0, "", "call", "", ""],
        [1.0, "", "eat", "", ""],
        [2.0, "", "eat", "", ""],
        [3.2, "", "call", "", ""],
    ]
    path = project(tmp_path, {"o": observation(events)}, behavior("call", "Point event"), behavior("eat"))
    labels = read_labels(path, gaps="none", frames=100)
    assert spans(labels) == [(25, 26, "call"), (25, 50, "eat"), (80, 81, "call")]
    assert "2 point events ('call') became bouts of one frame." in labels.report
    write_labels(tmp_path / "b.boris", labels, "boris")
    written = json.loads((tmp_path / "b.boris").read_text())
    assert [item["type"] for item in written["behaviors_conf"].values()] == ["Point event", "State event"]
    assert [event[2] for event in written["observations"]["b"]["events"]] == ["call", "eat", "eat", "call"]
    assert read_labels(tmp_path / "b.boris", gaps="none", frames=100).track == labels.track


def test_the_time_offset_is_taken_off_and_only_the_observed_interval_counts(tmp_path: Path) -> None:
    events = [[101.0, "", "eat", "", ""], [102.0, "", "eat", "", ""]]
    more = {"time offset": 100.0, "observation time interval": [0.4, 3.0]}
    labels = read_labels(
        project(tmp_path, {"o": observation(events, **more)}, behavior("eat")), gaps="none", frames=100
    )
    assert spans(labels) == [(25, 50, "eat")]
    codes = labels.track.codes[:, 0]
    assert (codes[:10] == UNLABELED).all()
    assert (codes[10:25] == NONE).all()
    assert (codes[50:75] == NONE).all()
    assert (codes[75:] == UNLABELED).all()


def test_bouts_that_never_stop_last_until_the_end_as_uncertain(tmp_path: Path) -> None:
    events = [[1.0, "", "eat", "", ""], [4.0, "", "rest", "", ""], [6.0, "", "rest", "", ""]]
    labels = read_labels(
        project(tmp_path, {"o": observation(events)}, behavior("eat"), behavior("rest")), gaps="none"
    )
    assert spans(labels) == [(25, 150, "eat"), (100, 150, "rest")]
    assert labels.marks == (Mark(25, 150, 0, note="never stopped", uncertain=True),)
    assert any(s.startswith("1 bout never stops, the first is 'eat' at 1 s") for s in labels.report)


def test_which_observation_and_subject_must_be_said(tmp_path: Path) -> None:
    one = observation(
        [
            [0.0, "m1", "eat", "", ""],
            [1.0, "m1", "eat", "", ""],
            [1.0, "", "eat", "", ""],
            [2.0, "", "eat", "", ""],
        ]
    )
    two = observation([[3.0, "", "eat", "", ""], [4.0, "", "eat", "", ""]])
    path = project(tmp_path, {"day 1": one, "day 2": two, "empty": observation([])}, behavior("eat"))
    with pytest.raises(FormatError, match=r"observations day 1, day 2; say which one \(observation=...\)"):
        read_labels(path, gaps="none")
    with pytest.raises(FormatError, match="day 1, day 2, but no 'day 3'"):
        read_labels(path, gaps="none", observation="day 3")
    with pytest.raises(FormatError, match=r"subjects m1, No focal subject; say which one \(subject=...\)"):
        read_labels(path, gaps="none", observation="day 1")
    assert spans(read_labels(path, gaps="none", observation="Day 1", subject="m1")) == [(0, 25, "eat")]
    assert spans(read_labels(path, gaps="none", observation="day 2")) == [(75, 100, "eat")]
    empty = read_labels(path, gaps="none", observation="empty", frames=10)
    assert (empty.frames, spans(empty)) == (10, [])


def test_seconds_are_the_truth_and_frames_that_disagree_are_counted(tmp_path: Path) -> None:
    events = [[1.0, "", "eat", "", "", 30], [2.0, "", "eat", "", "", 60]]
    path = project(tmp_path, {"o": observation(events)}, behavior("eat"))
    labels = read_labels(path, gaps="none")
    assert spans(labels) == [(25, 50, "eat")]
    assert any(
        "On 1 event the file names another frame than its time, by up to 5" in s for s in labels.report
    )
    assert spans(read_labels(path, gaps="none", unit="frames")) == [(30, 60, "eat")]
    other = read_labels(path, gaps="none", fps=50.0)
    assert spans(other) == [(50, 100, "eat")]
    assert any("seconds were turned into frames of the recording" in s for s in other.report)


def test_overlaps_of_exclusive_behaviors_are_split_or_decided_and_counted(tmp_path: Path) -> None:
    events = [
        [0.0, "", "eat", "", ""],
        [2.0, "", "eat", "", ""],
        [1.0, "", "rest", "", ""],
        [3.0, "", "rest", "", ""],
    ]
    behaviors = behavior("eat", excluded="rest"), behavior("rest", excluded="eat")
    path = project(tmp_path, {"o": observation(events)}, *behaviors)
    apart = read_labels(path, gaps="none")
    assert spans(apart) == [(0, 50, "eat"), (25, 75, "rest")]
    assert any("overlap on 25 frames: each behavior got a group" in s for s in apart.report)
    later = read_labels(path, gaps="none", overlaps="later")
    assert spans(later) == [(0, 25, "eat"), (25, 75, "rest")]
    assert any("overlap on 25 frames: the later one was taken" in s for s in later.report)
    with pytest.raises(FormatError, match="overlaps=apart or later or priority, not 'first'"):
        read_labels(path, gaps="none", overlaps="first")


def test_a_project_is_written_with_exclusion_comments_and_remarks(tmp_path: Path) -> None:
    ethogram = in_groups(posture=["sit", "run"], voice=["call"])
    codes = np.array([[1, NONE], [1, 3], [2, 3], [NONE, NONE]])
    marks = (Mark(0, 2, 0, note="sure?", uncertain=True), Mark(3, 4, 0, note="dark"))
    labels = Labels(LabelTrack(codes), ethogram, fps=25.0, annotator="Ada", marks=marks, media="m.mp4")
    assert write_labels(tmp_path / "x.boris", labels, "boris") == []
    written = json.loads((tmp_path / "x.boris").read_text())
    behaviors = {item["code"]: item["excluded"] for item in written["behaviors_conf"].values()}
    assert behaviors == {"sit": "run", "run": "sit", "call": ""}
    made = written["observations"]["x"]
    assert made["description"] == "Labeled by Ada.\nFrames 3 to 3: dark"
    assert made["file"]["1"] == ["m.mp4"]
    assert made["media_info"]["fps"] == {"m.mp4": 25.0}
    assert made["events"] == [
        [0.0, "", "sit", "", "uncertain: sure?", 0],
        [0.04, "", "call", "", "", 1],
        [0.08, "", "sit", "", "", 2],
        [0.08, "", "run", "", "", 2],
        [0.12, "", "run", "", "", 3],
        [0.12, "", "call", "", "", 3],
    ]


def test_a_compressed_project_is_read_and_written(tmp_path: Path) -> None:
    labels = Labels(LabelTrack(np.array([[1], [8]])), preset("home-cage"), fps=25.0)
    path = tmp_path / "x.boris.gz"
    write_labels(path, labels, "boris")
    assert "observations" in json.loads(gzip.decompress(path.read_bytes()))
    assert sniff(path) == "boris"
    assert map_to(read_labels(path), labels.ethogram).track == labels.track
    path.write_bytes(path.read_bytes()[:-20])
    with pytest.raises(FormatError, match="compressed and damaged"):
        read_labels(path)


def test_names_that_boris_would_cut_and_files_without_a_rate_are_refused(tmp_path: Path) -> None:
    labels = Labels(LabelTrack(np.array([[1]])), in_groups(a=["x, y"]))
    assert "'x, y' cannot be a name there: BORIS separates names" in losses(labels, "boris")[0]
    labels = Labels(LabelTrack(np.array([[1]])), in_groups(a=["x"]))
    with pytest.raises(FormatError, match=r"say how many frames per second the recording has \(fps\)"):
        write_labels(tmp_path / "x.boris", labels, "boris")


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ('{"project_name": "p", "behaviors_conf": {', "no complete JSON"),
        ('{"project_name": "p", "behaviors_conf": {}}', "no BORIS project"),
        ('{"project_name": "p", "behaviors_conf": {}, "observations": {}}', "holds no observation"),
        ('{"project_name": "p", "behaviors_conf": {}, "observations": {"a": 1}}', "no BORIS project"),
        (
            '{"project_name": "p", "behaviors_conf": [], "observations": {"a": {"events": [[]]}}}',
            "no BORIS project",
        ),
        ("[" * 100_000, "no complete JSON"),
    ],
)
def test_a_malformed_project_is_refused_in_one_sentence(tmp_path: Path, text: str, sentence: str) -> None:
    with pytest.raises(FormatError, match=sentence) as refused:
        read_labels(put(tmp_path, "a.boris", text), "boris")
    assert "\n" not in str(refused.value)


def test_gaps_of_a_project_must_be_said(tmp_path: Path) -> None:
    events = [[1.0, "", "eat", "", ""], [2.0, "", "eat", "", ""]]
    with pytest.raises(FormatError, match=r"say it \(gaps=none"):
        read_labels(project(tmp_path, {"o": observation(events)}, behavior("eat")))


NEW = (
    "Observation id,Observation date,Description,Observation duration,Observation type,Source,"
    "Time offset (s),Media duration (s),FPS,Subject,Behavior,Behavioral category,Modifier #1,Modifier #2,"
    "Behavior type,Time,Media file name,Image index,Image file path,Comment\n"
    "o,,,9,,,{offset},9,25.0,No focal subject,eat,,left,None,START,{a},a.mp4,{i},NA,\n"
    "o,,,9,,,{offset},9,25.0,No focal subject,eat,,left,None,STOP,{b},a.mp4,{j},NA,\n"
    "o,,,9,,,{offset},9,25.0,No focal subject,call,,,,POINT,{c},a.mp4,{k},NA,loud\n"
)
MIDDLE = (
    "Observation id\tObservation date\tDescription\tMedia file\tTotal length\tFPS\tday\tSubject\tBehavior\t"
    "Behavioral category\tModifiers\tBehavior type\tTime\tComment\n"
    "o\t\t\ta.mp4\t9\t25\t1\tNo focal subject\teat\t\tleft\tSTART\t1.0\t\n"
    "o\t\t\ta.mp4\t9\t25\t1\tNo focal subject\teat\t\tleft\tSTOP\t2.0\t\n"
    "o\t\t\ta.mp4\t9\t25\t1\tNo focal subject\tcall\t\t\tPOINT\t3.0\tloud\n"
)
OLD = (
    "Observation id,o\n\nMedia file(s)\n\nPlayer #1,a.mp4\n\nObservation date,2016-11-27\n\nDescription\n\n"
    "Time offset (s),0.0\n\nindependent variables\nvariable,value\na,12\n\n"
    "Time,Media file path,Total length,FPS,Subject,Behavior,Behavioral category,Modifiers,Comment,Status\n"
    "1.0,a.mp4,9,25.0,,eat,,left,,START\n"
    "2.0,a.mp4,9,25.0,,eat,,left,,STOP\n"
    "3.0,a.mp4,9,25.0,,call,,,loud,POINT\n"
)


@pytest.mark.parametrize(
    "text",
    [
        NEW.format(offset="0.0", a="1.000", b="2.000", c="3.000", i=25, j=50, k=75),
        NEW.format(offset="10.0", a="11.000", b="12.000", c="13.000", i="NA", j="NA", k="NA"),
        MIDDLE,
        OLD,
    ],
)
def test_every_header_of_events_is_read(tmp_path: Path, text: str) -> None:
    path = put(tmp_path, "a.csv", text)
    assert sniff(path) == "boris-tabular"
    labels = read_labels(path, gaps="none")
    assert spans(labels) == [(25, 50, "eat"), (75, 76, "call")]
    assert labels.fps == 25.0
    assert labels.marks == (Mark(25, 50, 0, note="left"), Mark(75, 76, 0, note="loud"))
    assert labels.report == ["1 point event ('call') became bouts of one frame."]


def test_a_stop_without_a_start_is_left_out_and_told(tmp_path: Path) -> None:
    text = OLD.replace("1.0,a.mp4,9,25.0,,eat,,left,,START\n", "")
    labels = read_labels(put(tmp_path, "a.csv", text), gaps="none")
    assert spans(labels) == [(75, 76, "call")]
    assert "1 STOP has no START, the first is that of 'eat' at 2 s: left out." in labels.report


@pytest.mark.parametrize(
    ("old", "new", "sentence"),
    [
        ("STOP", "HALT", "'HALT' in line 19 where START, STOP or POINT"),
        ("\n2.0,", "\ntwo,", "'two' for the time in line 19"),
        ("\n1.0,", "\n-1.0,", "'eat' at -1 s, before the first frame"),
    ],
)
def test_a_malformed_table_of_events_is_refused(tmp_path: Path, old: str, new: str, sentence: str) -> None:
    with pytest.raises(FormatError, match=sentence):
        read_labels(put(tmp_path, "a.csv", OLD.replace(old, new)), gaps="none")


AGGREGATED = (
    "Observation id,Observation date,Description,Observation type,Source,Time offset (s),Coding duration,"
    "Media duration (s),FPS (frame/s),Subject,Observation duration by subject by observation,Behavior,"
    "Behavioral category,Modifier #1,Behavior type,Start (s),Stop (s),Duration (s),Media file name,"
    "Image index start,Image index stop,Image file path start,Image file path stop,Comment start,"
    "Comment stop\n"
    "o,,,Media file,player #1:a.mp4,0.0,9,9,25.0,No focal subject,9,eat,Not defined,left,STATE,1.000,1.999,"
    "0.999,a.mp4,25,50,NA,NA,,late\n"
    "o,,,Media file,player #1:a.mp4,0.0,9,9,25.0,No focal subject,9,rest,Not defined,,STATE,2.000,NA,NA,"
    "a.mp4,50,NA,NA,NA,,\n"
    "o,,,Media file,player #1:a.mp4,0.0,9,9,25.0,No focal subject,9,call,,,POINT,3.000,3.000,NA,"
    "a.mp4,75,75,NA,NA,,\n"
)


def test_aggregated_events_are_read(tmp_path: Path) -> None:
    path = put(tmp_path, "a.csv", AGGREGATED)
    assert sniff(path) == "boris-aggregated"
    labels = read_labels(path, gaps="none", overlaps="later")
    assert spans(labels) == [(25, 50, "eat"), (50, 75, "rest"), (75, 76, "call")]
    assert labels.marks[0] == Mark(25, 50, 0, note="left; late")
    assert labels.marks[1].uncertain
    with pytest.raises(FormatError, match="stops before it starts in line 2"):
        read_labels(put(tmp_path, "b.csv", AGGREGATED.replace("1.000,1.999", "1.999,1.000")), gaps="none")
    with pytest.raises(FormatError, match="'STILL' in line 2 where STATE or POINT"):
        read_labels(put(tmp_path, "c.csv", AGGREGATED.replace("STATE,1", "STILL,1")), gaps="none")


@pytest.mark.parametrize("modifier", ["", "m1,"])
def test_aggregated_events_of_today_without_their_header_are_read(tmp_path: Path, modifier: str) -> None:
    about = (
        "o,2026-05-01 09:00:00,,Media file,player #1:a.mp4,10.0,9.000,9.000,25.000,7,No focal subject,8.125"
    )
    rows = [
        f"{about},eat,Not defined,{modifier}STATE,11.000,12.000,1.000,a.mp4,25,50,,,begun,ended",
        f"{about},call,Not defined,{modifier}POINT,13.000,13.000,NA,a.mp4,75,75,,,,",
    ]
    path = put(tmp_path, "a.csv", "\n".join(rows))
    assert sniff(path) == "boris-aggregated"
    labels = read_labels(path, gaps="none")
    assert spans(labels) == [(25, 50, "eat"), (75, 76, "call")]
    assert labels.fps == 25.0
    start = "m1; " if modifier else ""
    assert labels.marks[0] == Mark(25, 50, 0, note=f"{start}begun; ended")


def test_several_recordings_of_one_rate_have_that_rate(tmp_path: Path) -> None:
    text = NEW.format(offset="0.0", a=1, b=2, c=3, i=25, j=50, k=75)
    labels = read_labels(
        put(tmp_path, "a.csv", text.replace(",25.0,", ",25.000;25.000|25.000,")), gaps="none"
    )
    assert labels.fps == 25.0
    with pytest.raises(FormatError, match=r"\(fps\)"):
        read_labels(put(tmp_path, "b.csv", text.replace(",25.0,", ",25.000;30.000,")), gaps="none")


@pytest.mark.parametrize("name", ["boris-tabular", "boris-aggregated"])
def test_a_table_of_something_else_is_refused(tmp_path: Path, name: str) -> None:
    with pytest.raises(FormatError, match=r"is no export of .*events of BORIS"):
        read_labels(put(tmp_path, "a.csv", "x,y\n1,2\n"), name)


@pytest.mark.parametrize("file", ["boris/test.boris", "boris/test2.boris"])
def test_every_observation_and_subject_of_real_projects_is_read(file: str) -> None:
    path = realdata_file(file)
    assert sniff(path) == "boris"
    found = 0
    for name, content in json.loads(path.read_text("utf-8"))["observations"].items():
        for subject in {event[1] or "No focal subject" for event in content["events"]} or {None}:
            labels = read_labels(path, fps=25, gaps="none", frames=20_000, observation=name, subject=subject)
            found += len(spans(labels))
            assert labels.frames == 20_000
    assert found > 30


def test_real_exports_are_read() -> None:
    full = realdata_file("boris/test_export_aggregated_events_test_full_1.tsv")
    for subject in ("No focal subject", "subject1", "subject2"):
        labels = read_labels(full, gaps="none", subject=subject)
        assert labels.fps == 25.0
        assert spans(labels)
    headless = realdata_file("boris/test_export_aggregated_events_test_full_4.tsv")
    assert sniff(headless) == "boris-aggregated"
    labels = read_labels(headless, gaps="none", fps=25)
    assert spans(labels)[0] == (45, 203, "s")
    assert labels.report[0].startswith("The table has no header")
    events = realdata_file("boris/test_export_events_tabular.tsv")
    assert spans(read_labels(events, gaps="none", subject="subject2")) == [(961, 1153, "s")]


def test_a_project_and_its_export_say_the_same() -> None:
    whole = realdata_file("boris/test.boris")
    export = realdata_file("boris/test_export_events_tabular.tsv")
    for subject in ("subject1", "subject2"):
        from_project = read_labels(whole, gaps="none", observation="observation #1", subject=subject)
        from_export = read_labels(export, gaps="none", subject=subject)
        assert spans(from_project) == spans(from_export)


def test_sparse_labels_of_a_fly_are_read() -> None:
    path = realdata_file("daart/2019_06_26_fly2.csv")
    labels = read_all(path, background="unlabeled")[0]
    assert labels.frames == 45_001
    assert labels.track.coverage().labeled == 1_956
