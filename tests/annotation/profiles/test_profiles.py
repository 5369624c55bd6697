"""Profiles against hand-counted labels, plain NumPy, and curves whose numbers are known."""

from datetime import datetime, time

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from napari_ethoprofile.annotation.errors import FormatError
from napari_ethoprofile.annotation.ethogram import Ethogram, make_ethogram
from napari_ethoprofile.annotation.profiles import (
    Lights,
    Scored,
    bout_statistics,
    cosinor,
    daily_profile,
    read_scored,
    time_budget,
    totals,
    transition_table,
    write_profile,
)
from napari_ethoprofile.annotation.profiles.budget_figure import budget_figure
from napari_ethoprofile.annotation.profiles.figures import daily_figure
from napari_ethoprofile.annotation.profiles.rasters import day_raster_figure
from napari_ethoprofile.annotation.profiles.rhythms import actogram
from napari_ethoprofile.annotation.profiles.scored import behaviors_of
from napari_ethoprofile.annotation.tracks import NONE, UNLABELED, LabelTrack, codes_of

NAMES = ("eat", "rest", "walk")
EAT, REST, WALK = 1, 2, 3
LIGHTS = Lights(time(6), time(18))


def scored(*runs, fps=10.0, began=None, subject="", strain="", name="one") -> Scored:
    track = LabelTrack(codes_of(runs)[:, np.newaxis])
    return Scored(name, track, make_ethogram(NAMES), fps, began, subject, strain)


@given(
    st.lists(st.tuples(st.integers(1, 400), st.integers(-1, 3)), min_size=1, max_size=30),
    st.sampled_from([5.0, 10.0, 25.0]),
    st.sampled_from([1.0, 7.5, 60.0]),
)
def test_budgets_add_up(runs, fps, seconds):
    item = scored(*runs, fps=fps)
    codes = item.track.codes[:, 0]
    budget = time_budget([item], seconds)
    if budget.empty:
        return
    for number, name in enumerate(NAMES, start=1):
        own = budget[budget["behavior"] == name]
        assert own["seconds"].sum() == pytest.approx((codes == number).sum() / fps)
        starts = np.flatnonzero((codes == number) & np.r_[True, codes[:-1] != number])
        assert own["onsets"].sum() == starts.size
    bins = budget.drop_duplicates("from")
    assert (bins["assessed"] + bins["unlabeled"]).sum() == pytest.approx(codes.size / fps)
    assert bins["unlabeled"].sum() == pytest.approx((codes == -1).sum() / fps)
    shares = budget.groupby("from")["share"].sum()[bins.set_index("from")["assessed"] > 0]
    np.testing.assert_allclose(shares, 1.0)


def test_bins_begin_on_the_clock_and_stretches_of_an_animal_are_put_together():
    first = scored((600, EAT), began=datetime(2026, 1, 5, 17, 59, 30), subject="01", name="a")
    second = scored((600, REST), began=datetime(2026, 1, 5, 18, 30), subject="01", name="b")
    budget = time_budget([first, second], 3600, LIGHTS)
    eat, rest = (budget[budget["behavior"] == name].set_index("from") for name in ("eat", "rest"))
    assert list(eat.index) == ["2026-01-05 17:00:00", "2026-01-05 18:00:00"]
    assert list(eat["seconds"]) == [30.0, 30.0]
    assert list(rest["seconds"]) == [0.0, 60.0]
    assert list(eat["phase"]) == ["light", "dark"]
    assert eat["share"].tolist() == [1.0, pytest.approx(30 / 90)]


def test_lights_over_midnight():
    dark_by_day = Lights(time(19), time(7))
    hours = np.array([0, 6.9, 7, 12, 18.9, 19, 23.9]) * 3600
    assert dark_by_day.dark_at(hours).tolist() == [False, False, True, True, True, False, False]
    assert LIGHTS.dark_at(hours).tolist() == [True, False, False, False, True, True, True]


def test_bouts_in_numbers():
    table = bout_statistics(
        [scored((10, EAT), (20, REST), (30, EAT), (10, -1), (10, WALK), (20, -1), (5, EAT))]
    )
    eat = table[table["behavior"] == "eat"].iloc[0]
    assert (eat["bouts"], eat["cut"], eat["total"]) == (3, 3, 4.5)
    assert (eat["mean"], eat["median"], eat["longest"]) == (1.5, 1.0, 3.0)
    assert (eat["latency"], eat["interval"]) == (0.0, 2.0)
    assert eat["remark"] == "1 of 2 intervals hold unlabeled frames and count nowhere"
    walk = table[table["behavior"] == "walk"].iloc[0]
    assert pd.isna(walk["latency"])
    assert "the latency is not defined" in walk["remark"]
    rest = table[table["behavior"] == "rest"].iloc[0]
    assert (rest["bouts"], rest["cut"], rest["latency"]) == (1, 0, 1.0)
    assert pd.isna(rest["interval"])
    assert "one bout" in rest["remark"]


def test_what_was_never_shown_has_no_durations():
    table = bout_statistics([scored((10, EAT))])
    walk = table[table["behavior"] == "walk"].iloc[0]
    assert walk["bouts"] == 0
    assert pd.isna(walk["mean"])
    assert "not defined" in walk["remark"]


def test_transitions_stop_at_unlabeled_frames():
    table = transition_table([scored((5, EAT), (5, REST), (5, EAT), (5, -1), (5, WALK), (5, EAT), (5, WALK))])
    found = {(r["from"], r["to"]): (r["count"], r["probability"]) for _, r in table.iterrows()}
    assert found == {
        ("eat", "rest"): (1, 0.5),
        ("rest", "eat"): (1, 1.0),
        ("walk", "eat"): (1, 1.0),
        ("eat", "walk"): (1, 0.5),
    }


@given(
    st.floats(0, 23.99),
    st.floats(0.01, 0.4),
    st.floats(0.4, 0.6),
)
def test_a_cosine_is_found_again(acrophase, amplitude, mesor):
    hours = np.arange(0, 48, 1.5)
    fit = cosinor(hours, mesor + amplitude * np.cos(2 * np.pi * (hours - acrophase) / 24))
    assert fit.mesor == pytest.approx(mesor)
    assert fit.amplitude == pytest.approx(amplitude)
    assert abs((fit.acrophase - acrophase + 12) % 24 - 12) < 1e-6
    assert fit.r_squared == pytest.approx(1.0)


@pytest.mark.parametrize(
    ("hours", "values", "why"),
    [
        ([1, 2, 3], [0.1, 0.2, 0.3], "fewer than 4"),
        ([1, 2, 3, 4, 5], [0.1, 0.2, 0.3, 0.1, 0.2], "half of the day"),
        ([0, 6, 12, 18], [0.5] * 4, "same at all times"),
        ([0, 6, 12, 18], [0.5, np.nan, 0.2, np.nan], "fewer than 4"),
    ],
)
def test_no_cosinor_without_a_reason(hours, values, why):
    fit = cosinor(np.array(hours, float), np.array(values))
    assert fit.mesor is None
    assert fit.acrophase is None
    assert why in fit.reason


def days() -> list[Scored]:
    """Two animals of two strains over two days: rest by day, walk by night, an hour at a time."""
    found = []
    for animal, strain in (("01", "C57"), ("02", "SWISS")):
        for day in (5, 6):
            for hour in range(0, 24, 2):
                label = REST if 6 <= hour < 18 else WALK
                began = datetime(2026, 1, day, hour)
                found.append(
                    scored((50, label), (10, EAT), fps=1, began=began, subject=animal, strain=strain,
                           name=f"{animal}-{day}-{hour}")
                )  # fmt: skip
    return found


def test_no_line_leads_over_hours_that_nobody_assessed():
    daily = daily_profile(time_budget(days(), 7200, LIGHTS))
    few = daily[daily["time"].isin([8 * 3600, 10 * 3600])]
    axis = daily_figure(few, ["rest"], 7200, LIGHTS).axes[0]
    line = axis.lines[0]
    np.testing.assert_array_equal(line.get_xdata(), [9, 11, np.nan, 33, 35])
    assert np.isnan(np.asarray(line.get_ydata())).tolist() == [False, False, True, False, False]
    whole = daily_figure(daily, ["rest"], 7200, LIGHTS).axes[0].lines[0]
    assert not np.isnan(np.asarray(whole.get_ydata())).any()


def test_day_and_night():
    budget = time_budget(days(), 7200, LIGHTS)
    daily = daily_profile(budget)
    rest = daily[(daily["behavior"] == "rest") & (daily["strain"] == "C57")].set_index("time")["share"]
    assert rest.loc[8 * 3600] == pytest.approx(50 / 60)
    assert rest.loc[0] == 0
    assert daily["animals"].eq(1).all()
    dates, shares = actogram(budget, 7200, "01", "walk")
    assert dates == ["2026-01-05", "2026-01-06"]
    assert shares.shape == (2, 12)
    np.testing.assert_allclose(shares[:, :3], 50 / 60)
    np.testing.assert_allclose(shares[:, 3:9], 0)


def test_a_profile_is_a_folder_of_tables_and_figures(tmp_path):
    written = write_profile(days(), tmp_path / "out", seconds=7200, lights=LIGHTS, behavior="walk")
    names = {path.name for path in written}
    assert {"time_budget.csv", "bouts.csv", "transitions.csv", "daily.csv", "cosinor.csv"} < names
    assert {"time_budget.png", "raster.svg", "actogram_walk.png", "daily.svg"} < names
    assert names == {path.name for path in (tmp_path / "out").iterdir()}
    fits = pd.read_csv(tmp_path / "out" / "cosinor.csv")
    assert fits["acrophase_h"].between(23, 24).all() or fits["acrophase_h"].lt(1.1).all()


def test_bad_bins_and_unknown_behaviors_are_refused(tmp_path):
    with pytest.raises(FormatError, match="no whole number of bins"):
        write_profile(days(), tmp_path / "out", seconds=7000)
    with pytest.raises(FormatError, match=r"'fly' is not in these files; they have eat, rest, walk"):
        write_profile(days(), tmp_path / "out", behavior="fly")
    with pytest.raises(FormatError, match="nobody has labeled"):
        write_profile([scored((10, -1))], tmp_path / "out")
    assert not (tmp_path / "out").exists()


def write_result(path, codes):
    lines = ["0:drink; 1:eat; 2:groom; 3:hang; 4:mm; 5:rear; 6:rest; 7:walk; v4", "frame;annotation;time"]
    lines += [f"{frame};{code};{frame * 40}" for frame, code in enumerate(codes)]
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")


def test_names_of_result_files_say_animal_and_time(tmp_path):
    write_result(tmp_path / "02_20260105_1200_s45000_n75_results_v5.csv", [6] * 75)
    write_result(tmp_path / "01_20260105_1200_results_v5.csv", [4] * 50 + [1] * 25)
    first, second = read_scored([tmp_path], strains={"02": "SWISS"})
    assert (first.animal, second.animal, second.strain) == ("01", "02", "SWISS")
    assert first.began == datetime(2026, 1, 5, 12)
    assert second.began == datetime(2026, 1, 5, 12, 30)
    assert totals([first]) == {
        name: {"seconds": seconds, "share": seconds / 3, "bouts": int(seconds > 0)}
        for name, seconds in zip(
            ("drink", "eat", "groom", "hang", "micromovement", "rear", "rest", "walk"),
            (0, 1, 0, 0, 2, 0, 0, 0),
            strict=True,
        )
    }


def test_an_empty_folder_and_an_unknown_rate_are_told(tmp_path):
    with pytest.raises(FormatError, match="holds no tables"):
        read_scored([tmp_path])
    path = tmp_path / "a_map.csv"
    path.write_text("0:drink; 1:eat; \nframe;annotation\n0;1\n1;1\n", encoding="utf-8")
    with pytest.raises(FormatError, match="--fps"):
        read_scored([path])
    assert read_scored([path], fps=25)[0].seconds == pytest.approx(2 / 25)


def test_what_would_count_twice_is_refused_and_a_partial_result_gives_way(tmp_path):
    codes = [1] * 50
    write_result(tmp_path / "01_20200102_1030_results_v5.csv", codes)
    write_result(tmp_path / "01_20200102_1030_partial_results_v5.csv", codes[:20])
    write_result(tmp_path / "other_results_v5.csv", codes)
    assert {item.name for item in read_scored([tmp_path])} == {
        "01_20200102_1030_results_v5",
        "other_results_v5",
    }
    another = tmp_path / "01_20200102_1030_results_v5_2.csv"
    write_result(another, codes)
    with pytest.raises(FormatError, match="tell of the same time of one recording"):
        read_scored([tmp_path])
    another.unlink()
    write_result(tmp_path / "other_results_v5_2.csv", codes)
    with pytest.raises(FormatError, match=r"other_results_v5\.csv and .*other_results_v5_2\.csv"):
        read_scored([tmp_path])


def test_the_figure_of_budgets_shows_when_nobody_looked():
    items = [
        scored((36000, EAT), began=datetime(2026, 1, 5, hour), subject="01", name=f"{hour}")
        for hour in (6, 21)
    ]
    items.append(scored((36000, REST), began=datetime(2026, 1, 9, 18), subject="02", name="other"))
    budget = time_budget(items, 3600, LIGHTS)
    figure = budget_figure(budget, dict.fromkeys(NAMES, "#123456"), 3600, LIGHTS)
    first, second = figure.axes
    assert [(strip.get_x(), strip.get_width()) for strip in first.patches] == [(18 * 3600, 4 * 3600)]
    assert first.get_xlim() == second.get_xlim() == (6 * 3600, 22 * 3600)
    hatched = [patch.get_extents() for bars in first.collections for patch in bars.get_paths()]
    assert any((box.x0, box.x1) == (7 * 3600, 21 * 3600) for box in hatched)
    assert second.get_xticklabels()[0].get_text().endswith("2026-01-09")


def test_shares_of_several_groups_are_stacked_and_what_is_unknown_is_hatched_as_high():
    ethogram = Ethogram.from_dict(
        {"behaviors": [*NAMES, {"name": "sniff", "group": "sniffing"}, {"name": "dig", "group": "digging"}]}
    )
    codes = np.full((30, 3), [EAT, 4, NONE])
    codes[10:20] = UNLABELED
    item = Scored("one", LabelTrack(codes.astype(np.int16)), ethogram, 1.0)
    colors = behaviors_of([item])
    assert list(colors) == ["eat", "rest", "walk", "sniff", "dig"]
    axis = budget_figure(time_budget([item], 10.0), colors, 10.0).axes[0]
    assert axis.get_ylim() == (0, 2)
    assert axis.get_ylabel() == "share of time,\nsum of groups"
    [hatched] = axis.collections[-1].get_paths()
    box = hatched.get_extents()
    assert (box.x0, box.x1, box.y0, box.y1) == (10, 20, 0, 2)


def test_days_are_drawn_as_rows(tmp_path):
    items = [
        scored((600, EAT), (36000, REST), began=datetime(2026, 1, 5, 23, 30), subject="01", name="night"),
        scored((600, WALK), began=datetime(2026, 1, 5, 12), subject="02", name="noon"),
    ]
    figure = day_raster_figure(items, {"eat": "#ff0000", "rest": "#00ff00", "walk": "#0000ff"}, LIGHTS)
    (axis,) = figure.axes
    assert [text.get_text() for text in axis.get_yticklabels()] == [
        "01  2026-01-05", "01  2026-01-06", "02  2026-01-05",
    ]  # fmt: skip
    evening, morning, noon = (image.get_array()[0] for image in axis.images)
    assert evening[23 * 60 + 30].tolist() == [1, 0, 0, 1]
    assert evening[23 * 60 + 40].tolist() == [0, 1, 0, 1]
    assert morning[29].tolist() == [0, 1, 0, 1]
    assert morning[40].tolist() == [0, 0, 0, 0]
    assert noon[12 * 60].tolist() == [0, 0, 1, 1]
    assert day_raster_figure([scored((600, EAT))], {"eat": "#ff0000"}, None) is None
    assert tmp_path / "raster_days.png" in write_profile(items, tmp_path)
