"""What a model said about a recording, as times, shares and bouts."""

from pathlib import Path

import numpy as np
import pytest
from napari_ethoprofile.annotation.ethogram import make_ethogram
from napari_ethoprofile.annotation.formats import Labels
from napari_ethoprofile.annotation.tracks import UNLABELED, LabelTrack
from pytestqt.qtbot import QtBot
from qtpy.QtWidgets import QLabel

from napari_ethoprofile.widgets.result_dialog import ResultDialog


@pytest.mark.parametrize(
    ("unsure", "told"),
    [(0, "All 100 frames are labeled."), (25, "75 of 100 frames are labeled; of the others the model is")],
)
def test_it_says_of_how_many_frames_the_model_is_sure(
    qtbot: QtBot, tmp_path: Path, unsure: int, told: str
) -> None:
    codes = np.repeat(np.array([1, 2], np.int16), 50)
    codes[:unsure] = UNLABELED
    labels = Labels(LabelTrack(codes[:, None]), make_ethogram(["rest", "walk"]), 25.0, "first")
    dialog = ResultDialog(labels, "mouse", tmp_path, "It was cut short.")
    qtbot.addWidget(dialog)
    text = dialog.findChild(QLabel, "result_summary").text()
    assert text.startswith(told)
    assert text.endswith("It was cut short.")
    assert dialog.table.item(0, 2).text() == "50.0%"
