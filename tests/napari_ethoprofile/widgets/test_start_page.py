"""The page on which a window begins."""

from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st
from pytestqt.qtbot import QtBot
from qtpy.QtWidgets import QPushButton

from napari_ethoprofile.widgets.start_page import StartPage, short_names


def test_recent_projects_of_one_name_are_told_apart(qtbot: QtBot) -> None:
    page = StartPage()
    qtbot.addWidget(page)
    asked: list[str] = []
    page.recent_requested.connect(asked.append)
    folders = [Path("/lab/mice/project"), Path("/lab/rats/project"), Path("/lab/sleep")]
    page.show_recent(folders)
    shown = {button.text(): button for button in page.findChildren(QPushButton)}
    assert {"mice/project", "rats/project", "sleep"} <= set(shown)
    shown["rats/project"].click()
    assert asked == [str(folders[1])]


@given(st.sets(st.lists(st.sampled_from("abc"), min_size=1, max_size=4).map(tuple), max_size=8))
def test_no_two_names_are_the_same(paths: set[tuple[str, ...]]) -> None:
    folders = [Path("/", *parts) for parts in sorted(paths)]
    names = short_names(folders)
    assert len(set(names)) == len(folders)
    assert all(f"/{name}".endswith(folder.name) for name, folder in zip(names, folders, strict=True))
