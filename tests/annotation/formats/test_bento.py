"""Bento and MARS annotations: frames from 1 with inclusive ends, seconds, channels, the annotated span."""

from pathlib import Path

import numpy as np
import pytest
from label_files import in_groups, put
from napari_ethoprofile.annotation.errors import FormatError
from napari_ethoprofile.annotation.formats import Labels, losses, read_labels, sniff, write_labels
from napari_ethoprofile.annotation.tracks import NONE, UNLABELED, LabelTrack

TEXT = """Bento annotation file
Movie file(s): a.seq

Stimulus name: mouse
Annotation start frame: 3
Annotation stop frame: 12
Annotation framerate: 30.000000

List of channels:
Ch1

List of annotations:
attack
mount

Ch1----------
>attack
Start\t Stop\t Duration
{attack}

>mount
Start\t Stop\t Duration
{mount}


"""
FRAMES = TEXT.format(attack="3\t5\t3\n8\t8\t1", mount="9\t12\t4")


def spans(labels: Labels) -> list[tuple[int, int, str]]:
    bouts = [bout for group in range(labels.track.groups) for bout in labels.track.bouts(group)]
    return [(b.start, b.stop, labels.ethogram.label_name(b.label)) for b in sorted(bouts) if b.label > NONE]


def test_frames_count_from_1_and_the_stop_frame_belongs_to_the_bout(tmp_path: Path) -> None:
    path = put(tmp_path, "a.annot", FRAMES)
    assert sniff(path) == "bento"
    labels = read_labels(path, gaps="none", frames=20)
    assert spans(labels) == [(2, 5, "attack"), (7, 8, "attack"), (8, 12, "mount")]
    assert labels.fps == 30.0
    assert labels.ethogram.groups == ("behavior",)
    codes = labels.track.codes[:, 0]
    assert (codes[:2] == UNLABELED).all()
    assert (codes[5:7] == NONE).all()
    assert (codes[12:] == UNLABELED).all()


@pytest.mark.parametrize("line", ["Bento annotation file", "Bento annotation file v1.1"])
def test_seconds_are_frame_numbers_from_1_over_the_rate(tmp_path: Path, line: str) -> None:
    rows = {
        "attack": "0.1\t0.166666666667\t0.0667\n0.266666666667\t0.266666666667\t0",
        "mount": "0.3\t0.4\t0.1",
    }
    text = TEXT.format(**rows).replace("Bento annotation file", line)
    labels = read_labels(put(tmp_path, "a.annot", text), gaps="none")
    assert spans(labels) == [(2, 5, "attack"), (7, 8, "attack"), (8, 12, "mount")]


def test_the_oldest_files_give_their_span_in_seconds(tmp_path: Path) -> None:
    text = FRAMES.replace("start frame: 3", "start time: 0.066667").replace(
        "stop frame: 12", "stop time: 0.4"
    )
    labels = read_labels(put(tmp_path, "a.annot", text), gaps="none", frames=20)
    codes = labels.track.codes[:, 0]
    assert (codes == UNLABELED).nonzero()[0].tolist() == [0, 1, *range(12, 20)]


def test_channels_become_groups_or_one_must_be_chosen(tmp_path: Path) -> None:
    more = "Ch2----------\n>{}\nStart\tStop\tDuration\n1\t20\t20\n\n"
    labels = read_labels(put(tmp_path, "a.annot", FRAMES + more.format("chase")), gaps="none")
    assert labels.ethogram.groups == ("Ch1", "Ch2")
    assert spans(labels)[0] == (0, 20, "chase")
    path = put(tmp_path, "b.annot", FRAMES + more.format("attack"))
    with pytest.raises(FormatError, match=r"channels Ch1, Ch2; say which one \(subject=...\)"):
        read_labels(path, gaps="none")
    assert spans(read_labels(path, gaps="none", subject="ch2")) == [(0, 20, "attack")]


def test_what_is_written_is_what_bento_writes(tmp_path: Path) -> None:
    ethogram = in_groups(a=["attack", "mount"], b=["chase"])
    codes = np.array([[1, NONE], [1, 3], [2, NONE]])
    labels = Labels(LabelTrack(codes), ethogram, fps=30.0, media="a.mp4")
    write_labels(tmp_path / "a.annot", labels, "bento")
    text = (tmp_path / "a.annot").read_text()
    assert "Annotation start frame: 1\nAnnotation stop frame: 3\nAnnotation framerate: 30\n" in text
    assert (
        "Ch1----------\n>attack\nStart\tStop\tDuration\n1\t2\t2\n\n>mount\nStart\tStop\tDuration\n3\t3\t1\n"
        in text
    )
    assert "Ch2----------\n>chase\nStart\tStop\tDuration\n2\t2\t1\n" in text


def test_names_that_are_no_field_of_matlab_are_refused() -> None:
    labels = Labels(LabelTrack(np.array([[1]])), in_groups(a=["walk fast"]))
    assert losses(labels, "bento")[0].startswith("'walk fast' cannot be a name there: Bento takes letters")


@pytest.mark.parametrize(
    ("old", "new", "sentence"),
    [
        ("3\t5\t3", "5\t3\t3", "stops before it starts in line 19"),
        ("3\t5\t3", "three\t5\t3", "'three 5' in line 19"),
        ("3\t5\t3", "3", "'3' in line 19 where start and stop"),
        ("framerate: 30.000000", "framerate: many", "'many' in line 7"),
        ("Ch1----------", "Ch1", "holds no channel of annotations; it may be cut off"),
    ],
)
def test_a_malformed_file_is_refused_in_one_sentence(
    tmp_path: Path, old: str, new: str, sentence: str
) -> None:
    with pytest.raises(FormatError, match=sentence):
        read_labels(put(tmp_path, "a.annot", FRAMES.replace(old, new)), gaps="none")


def test_seconds_without_a_rate_ask_for_it(tmp_path: Path) -> None:
    text = TEXT.format(attack="0.1\t0.2\t0.1", mount="").replace("Annotation framerate: 30.000000\n", "")
    with pytest.raises(FormatError, match=r"gives seconds; say how many frames per second .* \(fps\)"):
        read_labels(put(tmp_path, "a.annot", text), gaps="none")
