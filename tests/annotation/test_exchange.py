"""Label files into a project and out of it again."""

from pathlib import Path

import numpy as np
import pytest
from napari_ethoprofile.annotation.clips import Stretch
from napari_ethoprofile.annotation.errors import BlindError, FormatError, ProjectError
from napari_ethoprofile.annotation.ethogram import preset
from napari_ethoprofile.annotation.exchange import export_pass, export_passes, import_labels
from napari_ethoprofile.annotation.formats import LossError
from napari_ethoprofile.annotation.project import Project
from napari_ethoprofile.annotation.tracks import NONE, UNLABELED, LabelTrack

FRAMES = 400
HEADER = "0:drink; 1:eat; 2:groom; 3:hang; 4:micromovement; 5:rear; 6:rest; 7:walk; \nframe;annotation\n"


@pytest.fixture
def project(tmp_path: Path):
    """A project of one recording that only the database knows: imports never look at its pictures."""
    images = tmp_path / "03_20180418_1200"
    images.mkdir()
    import imageio.v3 as imageio

    for number in range(2):
        imageio.imwrite(images / f"{number}.png", np.full((8, 8), number, np.uint8))
    project = Project.create(tmp_path / "project", preset("home-cage"))
    video = project.add_video(images)
    project.record_frames(video.id, FRAMES, 25.0, exact=True)
    yield project
    project.close()


def write_map(path: Path, codes: list[int], first: int = 0) -> Path:
    rows = "".join(f"{first + n};{code}\n" for n, code in enumerate(codes))
    path.write_bytes((HEADER + rows).encode())
    return path


def test_labels_of_the_whole_recording_become_a_pass(project: Project, tmp_path: Path) -> None:
    video = project.videos()[0].id
    file = write_map(tmp_path / "03_map.csv", [2] * 100 + [6] * 300)
    made = import_labels(project, file, video, "Ada")
    track = project.door.labels(made.record.id, acting="Ada")
    assert [(b.start, b.stop, b.label) for b in track.bouts()] == [(0, 100, 3), (100, 400, 7)]
    assert project.get_clip(made.record.clip).frames == FRAMES
    assert made.report == ()


def test_the_name_of_a_cut_clip_says_where_it_lies(project: Project, tmp_path: Path) -> None:
    video = project.videos()[0].id
    file = write_map(tmp_path / "03_20180418_1200_s100_n50_map.csv", [1] * 50, first=100)
    clip = project.get_clip(import_labels(project, file, video, "Ada").record.clip)
    assert (clip.start, clip.stop) == (100, 150)


def test_a_clip_of_the_same_length_takes_labels_without_a_telling_name(
    project: Project, tmp_path: Path
) -> None:
    video = project.videos()[0].id
    project.add_clips([Stretch(video, 200, 260)])
    file = write_map(tmp_path / "labels.csv", [1] * 60)
    clip = project.get_clip(import_labels(project, file, video, "Ada").record.clip)
    assert (clip.start, clip.stop) == (200, 260)


def test_labels_of_another_recording_are_refused_with_the_numbers(project: Project, tmp_path: Path) -> None:
    video = project.videos()[0].id
    with pytest.raises(FormatError, match=r"300.*400|400.*300"):
        import_labels(project, write_map(tmp_path / "x.csv", [1] * 300), video, "Ada")
    assert project.passes() == []


def test_a_file_goes_out_byte_for_byte_as_it_came_in(project: Project, tmp_path: Path) -> None:
    video = project.videos()[0].id
    rng = np.random.default_rng(1)
    codes = np.repeat(rng.integers(0, 8, 40), 10).tolist()
    file = write_map(tmp_path / "03_map.csv", codes, first=45_001)
    made = import_labels(project, file, video, "Ada")
    out = export_pass(project, made.record.id, tmp_path, "deepethoprofile", acting="Ada")
    assert out.read_bytes() == file.read_bytes()


def test_what_a_format_cannot_hold_is_asked_never_dropped(project: Project, tmp_path: Path) -> None:
    video = project.videos()[0].id
    codes = np.full((FRAMES, 1), 3)
    codes[10:20], codes[50:60] = UNLABELED, NONE
    record = project.import_track(Stretch(video, 0, FRAMES), "Ada", LabelTrack(codes))
    with pytest.raises(LossError, match="unlabeled"):
        export_pass(project, record.id, tmp_path, "deepethoprofile", acting="Ada")
    assert list(tmp_path.glob("*_map_new.csv")) == []


def test_exports_replace_nothing(project: Project, tmp_path: Path) -> None:
    video = project.videos()[0].id
    made = import_labels(project, write_map(tmp_path / "03_map.csv", [1] * FRAMES), video, "Ada")
    first, second = (export_pass(project, made.record.id, tmp_path, "bouts", acting="Ada") for _ in range(2))
    assert first != second
    assert first.read_text() == second.read_text()


def test_an_empty_project_has_nothing_to_export(project: Project, tmp_path: Path) -> None:
    with pytest.raises(ProjectError, match="nothing to export"):
        export_passes(project, tmp_path / "out", "bouts")


def test_exports_ask_at_the_one_door(project: Project, tmp_path: Path) -> None:
    video = project.videos()[0].id
    made = import_labels(project, write_map(tmp_path / "03_map.csv", [1] * FRAMES), video, "Ada")
    project.add_annotator("Ben")
    project.start_pass(made.record.clip, "Ben", kind="blind")
    with pytest.raises(BlindError):
        export_pass(project, made.record.id, tmp_path, "bouts", acting="Ben")


def test_reviews_are_based_on_the_pass_that_their_file_began_from(project: Project, tmp_path: Path) -> None:
    video = project.videos()[0].id
    names = ("03_map.csv", "03_map_new.csv", "03_map_new_v2.csv")
    files = [write_map(tmp_path / name, [code] * FRAMES) for code, name in enumerate(names)]
    first, review, second = (import_labels(project, file, video, "Ada").record for file in files)
    assert [r.kind for r in (first, review, second)] == ["first", "review", "review"]
    assert (first.based_on, review.based_on, second.based_on) == (None, first.id, review.id)
    assert project.door.labels(first.id, acting="Ada").codes[0, 0] == 1


def test_a_review_without_its_first_file_is_a_first_pass(project: Project, tmp_path: Path) -> None:
    video = project.videos()[0].id
    made = import_labels(project, write_map(tmp_path / "03_map_new.csv", [1] * FRAMES), video, "Ada")
    assert (made.record.kind, made.record.based_on) == ("first", None)


def test_an_exported_clip_finds_its_place_again(project: Project, tmp_path: Path) -> None:
    video = project.videos()[0].id
    project.add_clips([Stretch(video, 0, 60), Stretch(video, 100, 160), Stretch(video, 200, 260)])
    codes = np.full((60, 1), 2)
    record = project.import_track(f"{video}_s100_n60", "Ada", LabelTrack(codes))
    out = export_pass(project, record.id, tmp_path / "project", "deepethoprofile", acting="Ada")
    assert import_labels(project, out, video, "Ben").record.clip == record.clip


def test_a_refused_import_leaves_no_clip_behind(project: Project, tmp_path: Path) -> None:
    video = project.videos()[0].id
    import_labels(project, write_map(tmp_path / "03_map.csv", [1] * FRAMES), video, "Ada")
    before = project.clips()
    with pytest.raises(ProjectError, match="first pass"):
        import_labels(project, write_map(tmp_path / "03_s100_n50_map.csv", [1] * 50), video, "Ada")
    assert project.clips() == before


def test_an_uneven_frame_column_goes_out_as_it_came_in(project: Project, tmp_path: Path) -> None:
    video = project.videos()[0].id
    numbers = [*range(7, 207), *range(900, 1100)]
    file = tmp_path / "03_map.csv"
    file.write_bytes((HEADER + "".join(f"{n};3\n" for n in numbers)).encode())
    made = import_labels(project, file, video, "Ada")
    out = export_pass(project, made.record.id, tmp_path, "deepethoprofile", acting="Ada")
    assert out.read_bytes() == file.read_bytes()


def test_bout_tables_say_where_labels_come_from(project: Project, tmp_path: Path) -> None:
    video = project.videos()[0].id
    made = import_labels(project, write_map(tmp_path / "03_map.csv", [1] * FRAMES), video, "Ada")
    with project.edit(made.record.id, "Ada") as editor:
        editor.set_note(10, 20, "tail only", uncertain=True)
        editor.flush()
    text = export_pass(project, made.record.id, tmp_path, "bouts", acting="Ada").read_text()
    assert "Ada,imported" in text
    assert "tail only" in text


def test_exports_write_all_files_or_none(project: Project, tmp_path: Path) -> None:
    video = project.videos()[0].id
    good, bad = np.full((50, 1), 2), np.full((50, 1), UNLABELED)
    bad[:10] = 3
    project.import_track(Stretch(video, 0, 50), "Ada", LabelTrack(good))
    project.import_track(Stretch(video, 50, 100), "Ada", LabelTrack(bad))
    out = tmp_path / "out"
    with pytest.raises(LossError, match="40 frames are unlabeled"):
        export_passes(project, out, "deepethoprofile")
    assert not out.exists()
    said: list[str] = []
    export_passes(project, out, "deepethoprofile", allow_loss=True, tell=said.append)
    assert len(list(out.iterdir())) == 2
    assert any("40 frames are unlabeled" in sentence for sentence in said)


@pytest.mark.parametrize("asked", [{"annotator": "Nobody"}, {"clip": "nothing"}])
def test_exports_of_what_is_not_there_say_so(project: Project, tmp_path: Path, asked: dict) -> None:
    video = project.videos()[0].id
    import_labels(project, write_map(tmp_path / "03_map.csv", [1] * FRAMES), video, "Ada")
    with pytest.raises(ProjectError, match=r"Nobody|nothing"):
        export_passes(project, tmp_path / "out", "bouts", **asked)


def test_seconds_of_an_uneven_recording_come_from_its_index_and_lead_back_to_the_same_frames(
    project: Project, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    times = np.concatenate([[0.0], np.cumsum(np.linspace(0.01, 0.08, FRAMES - 1))])
    monkeypatch.setattr(project, "frame_times", lambda _video: times)
    video = project.videos()[0].id
    file = write_map(tmp_path / "03_20180418_1200_s100_n50_map.csv", [1] * 20 + [6] * 30, first=100)
    made = import_labels(project, file, video, "Ada")
    out = tmp_path / "03_20180418_1200_s100_n50_Ada.csv"
    export_pass(project, made.record.id, tmp_path, "bouts", acting="Ada").rename(out)
    rows = [line.split(",") for line in out.read_text().splitlines()]
    begin, end = rows[0].index("start_s"), rows[0].index("stop_s")
    seconds = [(float(row[begin]), float(row[end])) for row in rows[1:]]
    first = times[100]
    assert seconds == [
        (pytest.approx(0.0), pytest.approx(times[120] - first, abs=1e-6)),
        (pytest.approx(times[120] - first, abs=1e-6), pytest.approx(times[150] - first, abs=1e-6)),
    ]
    again = import_labels(project, out, video, "Ben", columns={"start": "start_s", "stop": "stop_s"})
    assert project.door.labels(again.record.id, "Ben") == project.door.labels(made.record.id, "Ada")
