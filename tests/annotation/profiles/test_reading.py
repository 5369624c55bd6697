"""Files as the material of a profile: animals, clocks, pauses, what would count twice."""

from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import numpy as np
import pytest
from napari_ethoprofile.annotation.errors import FormatError
from napari_ethoprofile.annotation.profiles import bout_statistics, read_scored, totals, transition_table

EAT, REST, WALK = 1, 6, 7


def write_result(path: Path, codes: list[int], times: list[float] | None = None) -> Path:
    """Write a result as DeepEthoProfile does, at 25 frames/s where no times (ms) are given."""
    lines = ["0:drink; 1:eat; 2:groom; 3:hang; 4:mm; 5:rear; 6:rest; 7:walk; v4", "frame;annotation;time"]
    times = times or [frame * 40 for frame in range(len(codes))]
    lines += [
        f"{frame};{code};{time:.0f}" for frame, (code, time) in enumerate(zip(codes, times, strict=True))
    ]
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return path


def test_a_pause_of_the_camera_is_nobodys_behavior(tmp_path):
    walked = [frame * 200.0 for frame in range(900)]
    rested = [45 * 60_000 + frame * 200.0 for frame in range(900)]
    write_result(tmp_path / "01_20260101_1000_results_v5.csv", [WALK] * 900 + [REST] * 900, walked + rested)
    [item] = read_scored([tmp_path])
    found = totals([item])
    assert found["walk"]["seconds"] == pytest.approx(180, abs=0.3)
    assert found["rest"]["seconds"] == pytest.approx(180, abs=0.3)
    assert item.seconds == pytest.approx(48 * 60, abs=0.3)
    assert (~item.assessed).sum() / item.fps == pytest.approx(42 * 60, abs=0.3)
    table = bout_statistics([item]).set_index("behavior")
    assert "latency is not defined" in table.loc["rest", "remark"]
    assert table.loc["walk", "mean"] == pytest.approx(180, abs=0.3)


def test_a_table_of_names_goes_by_its_times_and_keeps_its_groups(tmp_path):
    rows = [f"{frame},{frame / 5},walk,none" for frame in range(50)]
    rows += [f"{frame},{60 + frame / 5},{'eat' if frame < 75 else 'rest'},none" for frame in range(50, 100)]
    (tmp_path / "01_20260101_1000_results_frames.csv").write_text(
        "\n".join(["frame,time_s,behavior,sniffing", *rows, ""])
    )
    sniffed = ["frame,time_s,behavior,sniffing", *(f"{frame},{frame / 10},walk,sniff" for frame in range(20))]
    (tmp_path / "02_20260101_1000_results_frames.csv").write_text("\n".join([*sniffed, ""]))
    first, second = read_scored([tmp_path])
    assert (first.fps, second.fps) == (pytest.approx(5), pytest.approx(10))
    assert first.seconds == pytest.approx(80, abs=0.3)
    found = totals([first, second])
    assert {name: found[name]["seconds"] for name in found} == pytest.approx(
        {"eat": 5, "rest": 5, "walk": 12, "sniff": 2}, abs=0.3
    )
    table = transition_table([first, second])
    assert table[["from", "to", "count"]].to_numpy().tolist() == [["eat", "rest", 1]]


def test_frames_that_come_slower_stand_for_more_time(tmp_path):
    quick = [frame * 40.0 for frame in range(500)]
    slow = [20_000 + frame * 120.0 for frame in range(100)]
    write_result(tmp_path / "a_results_v5.csv", [EAT] * 500 + [WALK] * 100, quick + slow)
    [item] = read_scored([tmp_path])
    found = totals([item])
    assert found["eat"]["seconds"] == pytest.approx(20, abs=0.1)
    assert found["walk"]["seconds"] == pytest.approx(12, abs=0.2)


@pytest.mark.parametrize("fps", [25, 29.97, 30, 12.5])
def test_times_that_are_only_rounded_change_no_frame(tmp_path, fps):
    codes = np.random.default_rng(0).integers(0, 8, 2000).tolist()
    write_result(tmp_path / "a_results_v5.csv", codes, [round(1000 * n / fps) for n in range(2000)])
    [item] = read_scored([tmp_path])
    assert item.track.frames == 2000
    assert item.fps == pytest.approx(fps, rel=1e-3)
    names = ("drink", "eat", "groom", "hang", "micromovement", "rear", "rest", "walk")
    assert [item.ethogram.label_name(code) for code in item.track.codes[:, 0].tolist()] == [
        names[code] for code in codes
    ]


def test_names_without_seconds_leave_open_when_a_recording_began(tmp_path):
    step = [frame * 3000.0 for frame in range(1201)]  # 3,603 s: into the next whole minute
    for hour in (10, 11, 12):
        write_result(tmp_path / f"01_20260101_{hour}00_results_v5.csv", [EAT] * 1201, step)
    assert [item.began.hour for item in read_scored([tmp_path])] == [10, 11, 12]
    write_result(tmp_path / "01_20260101_1230_results_v5.csv", [EAT] * 1201, step)
    with pytest.raises(
        FormatError, match=r"1200_results_v5\.csv and .*1230_results_v5\.csv tell of the same"
    ):
        read_scored([tmp_path])


def test_clips_of_one_recording_lie_exactly(tmp_path):
    write_result(tmp_path / "01_20260101_1000_s0_n750_map.csv", [EAT] * 750)
    write_result(tmp_path / "01_20260101_1000_s750_n750_map.csv", [EAT] * 750)
    assert len(read_scored([tmp_path])) == 2
    write_result(tmp_path / "01_20260101_1000_s1000_n750_map.csv", [EAT] * 750)
    with pytest.raises(FormatError, match="tell of the same time"):
        read_scored([tmp_path])


def test_a_clock_that_was_put_back_is_told_and_taken_back(tmp_path):
    six_hours = [frame * 30_000.0 for frame in range(720)]
    for name in ("20261025_0000", "20261025_0500"):
        write_result(tmp_path / f"01_{name}_results_v5.csv", [EAT] * 720, six_hours)
    with pytest.raises(FormatError, match="--timezone"):
        read_scored([tmp_path])
    first, second = read_scored([tmp_path], timezone=ZoneInfo("Europe/Berlin"))
    assert first.began == datetime(2026, 10, 25, 0)
    assert second.began == datetime(2026, 10, 25, 6)


def test_a_table_that_lost_a_zero_still_names_the_animal(tmp_path):
    write_result(tmp_path / "01_20260105_1200_results_v5.csv", [EAT] * 50)
    write_result(tmp_path / "11_20260105_1200_results_v5.csv", [EAT] * 50)
    assert [item.strain for item in read_scored([tmp_path], strains={"1": "B6"})] == ["B6", ""]


def test_folders_of_animals_are_read_with_the_folder_above(tmp_path):
    for animal in ("01", "02"):
        write_result(tmp_path / animal / "20260101_100000_results_v5.csv", [EAT] * 50)
    write_result(tmp_path / "old" / "20260101_100000_results_v5.csv", [EAT] * 50)
    assert [item.animal for item in read_scored([tmp_path])] == ["01", "02"]
