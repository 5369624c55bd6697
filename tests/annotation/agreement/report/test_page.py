"""The report as a page: whole in one file, every number explained, names of people and behaviors escaped."""

import re
from dataclasses import replace
from datetime import date, datetime
from html.parser import HTMLParser
from pathlib import Path

import numpy as np
import pytest
from napari_ethoprofile.annotation.agreement import Settings
from napari_ethoprofile.annotation.agreement.report import (
    AgreementReport,
    agreement_report,
    as_html,
    exclusions,
    methods,
    write_figures,
)
from napari_ethoprofile.annotation.agreement.report.explanations import EXPLAINED
from napari_ethoprofile.annotation.agreement.sources import (
    Coding,
    FileOptions,
    Material,
    SharedClip,
    material_of_files,
)
from napari_ethoprofile.annotation.ethogram import make_ethogram
from PIL import Image
from rating_files import frames_file

#: Elements that end themselves.
VOID = {"meta", "br", "hr", "img", "link", "path", "use", "rect", "circle", "line"}


class Page(HTMLParser):
    """Checks that what is opened is closed, and gathers text and addresses."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.open: list[str] = []
        self.words: list[str] = []
        self.addresses: list[str] = []
        self.tags: list[str] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.addresses += [value or "" for name, value in attrs if name in ("src", "href", "xlink:href")]
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.handle_starttag(tag, attrs)
        if tag not in VOID:
            self.open.pop()

    def handle_endtag(self, tag: str) -> None:
        if tag not in VOID:
            assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        self.words.append(data)


@pytest.fixture(scope="module")
def page(report: AgreementReport) -> str:
    return as_html(report, date(2026, 2, 3))


def test_the_page_is_whole_and_refers_to_nothing_outside(page: str) -> None:
    parsed = Page(page)
    assert parsed.open == []
    assert parsed.tags.count("svg") == 3 * 5
    assert "script" not in parsed.tags
    assert all(address.startswith(("#", "data:image/png;base64,")) for address in parsed.addresses)
    assert not re.search(r"url\((?!['\"]?#)", page)
    assert "@import" not in page


def test_the_page_shows_the_numbers_and_explains_them(page: str, report: AgreementReport) -> None:
    text = " ".join(Page(page).words)
    for pair in report.pairs:
        assert f"{pair.kappa.value:.3f}" in text
        assert f"{pair.frames:,}" in text
    for name, meaning in EXPLAINED.values():
        assert name in text
        assert meaning in text
    for heading in ("Blind or anchored", "Methods, ready to paste", "Signatures", "What was compared"):
        assert heading in text
    assert "Written on 2026-02-03" in text
    assert methods(report) in text


def test_no_number_is_nan(page: str, pair_report: AgreementReport) -> None:
    for text in (page, as_html(pair_report)):
        assert not re.search(r"\b(nan|NaN|inf)\b", " ".join(Page(text).words))
    words = " ".join(Page(as_html(pair_report)).words)
    assert "no interval [1]" in words
    assert "[1] not defined because there is only one clip, so nothing can be resampled." in words
    assert "No intervals are given because there is only one clip to resample" in words


def test_text_in_figures_takes_the_color_of_the_page(page: str) -> None:
    figures = page[page.index("<svg") :]
    assert "currentColor" in figures
    assert "#1b1c1d" not in figures
    assert "prefers-color-scheme: dark" in page


def test_names_are_escaped_everywhere(tmp_path: Path) -> None:
    evil = "<script>alert(1)</script>"
    labels = [evil] * 30 + ["rest & 'walk'"] * 30
    paths = [
        frames_file(tmp_path, f"{name}.csv", labels[shift:] + labels[:shift])
        for name, shift in (("<b>", 0), ("c", 3))
    ]
    text = as_html(agreement_report(material_of_files(paths, FileOptions(fps=25.0))))
    assert evil not in text
    assert "<b>" not in text
    assert "script" not in Page(text).tags
    assert evil in " ".join(Page(text).words)


def test_what_was_left_out_is_told(report: AgreementReport, page: str) -> None:
    phrases = exclusions(report)
    assert phrases == [
        "Ada – Cleo: 160 frames that not both labeled (160 by Ada only, 0 by Cleo only, 0 by neither)",
        "Ben – Cleo: 160 frames that not both labeled (160 by Ben only, 0 by Cleo only, 0 by neither)",
    ]
    assert all(phrase in " ".join(Page(page).words) for phrase in phrases)


def test_the_methods_name_everything_that_decides_the_numbers(report: AgreementReport) -> None:
    text = methods(report)
    for part in (
        "3 raters (Ada, Ben, Cleo)",
        "4 double-coded clips of 4 recordings, 2,000 frames or 1.3 min at 25 frames per second",
        "Left out were Ada – Cleo: 160 frames",
        "hold bouts only counted as unlabeled",
        "(n = 4, seed 0)",
        "200 bootstrap resamples of whole clips",
        "within 0.5 s",
        "Fleiss' kappa",
        "Computed with napari-ethoprofile",
        "numpy",
    ):
        assert part in text
    assert "\n" not in text


def test_figures_go_into_a_folder_as_pixels_and_as_vectors(
    pair_report: AgreementReport, tmp_path: Path
) -> None:
    written = write_figures(pair_report, tmp_path / "figures")
    names = sorted(path.name for path in written)
    assert "confusion_Ada_Ben.png" in names
    assert "tolerance_Ada_Ben.svg" in names
    assert not any(name.startswith("clips") for name in names)  # there is one clip only
    for path in written:
        if path.suffix == ".png":
            with Image.open(path) as image:
                pixels = np.asarray(image.convert("RGB"))
            assert pixels.shape[0] > 200
            assert pixels.std() > 10
        else:
            assert path.read_text("utf-8").rstrip().endswith("</svg>")
    assert [path.read_bytes() for path in write_figures(pair_report, tmp_path / "figures")] == [
        path.read_bytes() for path in written
    ]


def material(kinds: list[tuple[str, str, int]]) -> Material:
    """Return clips of two raters: kinds of both passes, and the day of February 2026 of both."""
    rng, clips = np.random.default_rng(0), []
    for number, (kind_a, kind_b, day) in enumerate(kinds):
        codes = rng.integers(1, 3, (20, 1)).repeat(10, axis=0).astype(np.int16)
        other = codes if kind_b == "review" else np.roll(codes, 2, axis=0)
        at = datetime(2026, 2, day)
        a = Coding("Ada", codes, f"a{number}", kind_a, frozenset({f"a{number}"}), coded_at=at)
        origin = {f"b{number}"} | ({f"a{number}"} if kind_b == "review" else set())
        b = Coding("Ben", other, f"b{number}", kind_b, frozenset(origin), coded_at=at)
        clips.append(SharedClip(f"v_{number}", "v", 200 * number, 200 * number + 200, 25.0, (a, b)))
    return Material(("Ada", "Ben"), make_ethogram(["rest", "walk"]), tuple(clips))


def test_blind_pairs_stand_beside_anchored_ones() -> None:
    report = agreement_report(
        material([("first", "blind", 2), ("first", "blind", 2), ("first", "review", 2)]),
        Settings(resamples=50),
    )
    rows = {row.name: row for row in report.origins}
    assert set(rows) == {"blind", "anchored"}
    assert (rows["blind"].clips, rows["anchored"].clips) == (2, 1)
    assert rows["anchored"].agreement.value == 1.0
    assert rows["blind"].agreement.value < 1.0  # type: ignore[operator]
    text = " ".join(Page(as_html(report)).words)
    assert "one began as a copy of the other" in text
    assert "2 clips blind" in methods(report)
    mixed = (
        "Ada – Ben: 1 of 3 clips are anchored or pre-labeled; the overall numbers mix them with the others."
    )
    assert mixed in report.material.notes
    assert mixed in text


def test_drift_is_shown_where_weeks_are_known() -> None:
    report = agreement_report(
        material([("first", "blind", day) for day in (2, 3, 10)]), Settings(resamples=50)
    )
    assert [(row.name, row.clips) for row in report.weeks] == [("2026-W06", 2), ("2026-W07", 1)]
    assert "Drift over weeks" in " ".join(Page(as_html(report)).words)
    mixed = material([("first", "blind", 2), ("first", "review", 10), ("first", "blind", 17)])
    weeks = agreement_report(mixed, Settings(resamples=50)).weeks
    assert [row.name for row in weeks] == ["2026-W06", "2026-W08"]  # anchored pairs say nothing about drift
    one = agreement_report(material([("first", "blind", 2)] * 2), Settings(resamples=50))
    assert one.weeks == ()
    undated = material([("first", "blind", day) for day in (2, 10)])
    clips = tuple(
        replace(clip, codings=tuple(replace(coding, coded_at=None) for coding in clip.codings))
        for clip in undated.clips
    )
    assert agreement_report(replace(undated, clips=clips), Settings(resamples=50)).weeks == ()
