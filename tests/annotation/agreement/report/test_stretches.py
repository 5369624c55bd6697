"""The stretches behind the numbers of a report: worked by hand, and equal to what the numbers count."""

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from double_coded import twice_scored
from hypothesis import given, settings
from hypothesis import strategies as st
from napari_ethoprofile.annotation.agreement.kinds import Kind
from napari_ethoprofile.annotation.agreement.report import (
    AgreementReport,
    PairStretches,
    Part,
    agreement_report,
)
from napari_ethoprofile.annotation.agreement.results import Settings
from napari_ethoprofile.annotation.agreement.sources import (
    Coding,
    Material,
    SharedClip,
    material_of_passes,
)
from napari_ethoprofile.annotation.ethogram import preset
from napari_ethoprofile.annotation.tracks import UNLABELED
from small_project import write_recording

QUICK = Settings(resamples=10)


@pytest.fixture
def report(tmp_path: Path) -> Iterator[AgreementReport]:
    with twice_scored(tmp_path / "project", write_recording(tmp_path / "mouse.mp4")) as project:
        yield agreement_report(material_of_passes(project, ["Ada", "Ben"], "Dora"), QUICK)


def places(report: AgreementReport, part: Part) -> list[tuple[int, int]]:
    [pair] = report.pairs
    found = PairStretches(report, pair).of(part)
    return [stretch for one in found for stretch in one.stretches]


def test_a_cell_is_found_in_frames_of_the_recording(report: AgreementReport) -> None:
    assert places(report, Part(labels=(2, 1))) == [(20, 25), (60, 64)]
    assert places(report, Part(labels=(3, 3))) == [(40, 50)]
    assert places(report, Part(labels=(1, 2))) == []


def test_kinds_behaviors_and_clips(report: AgreementReport) -> None:
    assert places(report, Part(kind=Kind.BOUNDARY_SHIFT)) == [(20, 25), (60, 64)]
    assert places(report, Part(kind=Kind.SPURIOUS)) == [(70, 80)]
    assert places(report, Part(behavior=5)) == [(70, 80)]
    assert places(report, Part(behavior=2)) == [(20, 25), (60, 64), (70, 80)]
    assert places(report, Part()) == [(20, 25), (60, 64), (70, 80)]
    second = report.pairs[0].clip_rows[1].facts.clip
    assert places(report, Part(clips=frozenset({second}))) == [(60, 64), (70, 80)]


def test_a_clip_names_its_passes_and_how_much_it_is(report: AgreementReport) -> None:
    [pair] = report.pairs
    one = PairStretches(report, pair).of(Part(kind=Kind.SPURIOUS))[0]
    codings = [one.clip.coding(rater) for rater in ("Ada", "Ben")]
    assert one.sources == tuple(coding.source for coding in codings if coding)
    assert (one.frames, one.seconds) == (10, 10 / 25)


def test_the_clips_of_a_week(report: AgreementReport) -> None:
    [pair] = report.pairs
    stretches = PairStretches(report, pair)
    week = report.material.clips[0].week(("Ada", "Ben"))
    assert week is not None
    assert len(stretches.clips_of_week(week)) == 2
    assert stretches.clips_of_week("1999-W01") == frozenset()


codes = st.lists(st.sampled_from([UNLABELED, 0, 1, 2, 3]), min_size=30, max_size=30)


@settings(max_examples=40)
@given(st.lists(st.tuples(codes, codes), min_size=1, max_size=3))
def test_every_cell_and_kind_holds_as_many_frames_as_the_report_counts(
    labels: list[tuple[list[int], list[int]]],
) -> None:
    labels[0][0][:2] = labels[0][1][:2] = [1, 2]  # something must have been labeled by both
    clips = []
    for number, both in enumerate(labels):
        codings = [
            Coding(rater, np.repeat(np.array(own, np.int16), 3)[:, None], f"{rater}{number}")
            for rater, own in zip("AB", both, strict=True)
        ]
        clips.append(
            SharedClip(f"clip{number}", "video", 90 * number, 90 * number + 90, 25.0, tuple(codings))
        )
    report = agreement_report(Material(("A", "B"), preset("home-cage"), tuple(clips)), QUICK)
    [pair] = report.pairs
    stretches, confusion = PairStretches(report, pair), pair.confusion
    for row, first in enumerate(confusion.labels):
        for column, second in enumerate(confusion.labels):
            found = sum(one.frames for one in stretches.of(Part(labels=(first, second))))
            assert found == confusion.frames[row, column]
        alone = sum(one.frames for one in stretches.of(Part(labels=(first, UNLABELED))))
        assert alone == confusion.only_a[:, row].sum()
    for kind in pair.kinds:
        found_of_kind = stretches.of(Part(kind=kind.kind))
        assert sum(len(one.stretches) for one in found_of_kind) == kind.count
        assert sum(one.seconds for one in found_of_kind) == pytest.approx(kind.seconds)
