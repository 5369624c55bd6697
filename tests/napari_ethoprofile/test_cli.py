"""The command line as scripts meet it: what it prints, what it refuses, with which exit status."""

import json
import subprocess
import sys
from pathlib import Path

import pytest
from napari_ethoprofile.annotation.project import Project
from napari_ethoprofile.annotation.synthetic import read_truth, record

from napari_ethoprofile.cli import run

SECONDS = 6


@pytest.fixture(scope="session")
def recording(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("recordings") / "01_20260105_1200_synthetic.mkv"
    record(path, seconds=SECONDS, size=(352, 288))
    return path


@pytest.fixture
def project(tmp_path: Path, recording: Path, capfd) -> Path:
    folder = tmp_path / "project"
    assert run(["new", str(folder), "--lights", "06:00-18:00"]) == 0
    assert run(["add", str(folder), str(recording)]) == 0
    assert run(["clips", str(folder), "--whole"]) == 0
    capfd.readouterr()
    return folder


def status_of(project: Path, capfd) -> dict:
    assert run(["status", str(project), "--json"]) == 0
    return json.loads(capfd.readouterr().out)


def test_status_tells_recordings_clips_and_passes(project: Path, recording: Path, capfd) -> None:
    status = status_of(project, capfd)
    frames = SECONDS * 25
    [video], [clip] = status["videos"], status["clips"]
    assert (video["frames"], video["fps"]) == (frames, 25)
    assert Path(video["path"]).samefile(recording)
    assert (clip["video"], clip["start"], clip["stop"], clip["passes"]) == (video["id"], 0, frames, [])


def test_what_a_name_says_is_kept(project: Path) -> None:
    with Project.open(project, read_only=True) as store:
        [video] = store.videos()
        assert video.subject == "01"
        assert video.recorded_at is not None
        assert video.recorded_at.isoformat() == "2026-01-05T12:00:00"
        assert store.phase_at(video.id, 0) == "light"


def test_info_is_the_contract(recording: Path, capfd) -> None:
    assert run(["info", str(recording), "--json"]) == 0
    info = json.loads(capfd.readouterr().out)
    assert info == {
        "frames": SECONDS * 25,
        "fps": 25.0,
        "width": 352,
        "height": 288,
        "codec": "h264",
        "exact": True,
    }


def test_labels_go_in_and_come_out(project: Path, recording: Path, tmp_path: Path, capfd) -> None:
    video = status_of(project, capfd)["videos"][0]["id"]
    truth = recording.with_name(recording.stem + "_truth.csv")
    command = ["import", str(project), str(truth), "--video", video, "--annotator", "Ada"]
    assert run(command) == 0
    with Project.open(project, read_only=True) as store:
        [record_] = store.passes()
        assert store.door.labels(record_.id, acting="Ada") == read_truth(recording)
    out = tmp_path / "labels"
    capfd.readouterr()
    assert run(["export", str(project), "--out", str(out), "--format", "deepethoprofile"]) == 0
    written = Path(capfd.readouterr().out.strip())
    lines = written.read_text().splitlines()
    assert lines[0].startswith("0:drink; 1:eat; 2:groom; 3:hang; ")
    assert len(lines) == 2 + SECONDS * 25
    table = tmp_path / "again.csv"
    assert run(["convert", str(written), str(table), "--to", "bouts", "--fps", "25"]) == 0
    assert "start_frame" in table.read_text()


def test_a_preview_creates_nothing(project: Path, capfd) -> None:
    before = status_of(project, capfd)
    assert run(["clips", str(project), "--length", "1s", "--every", "2s", "--preview"]) == 0
    assert "3 clips" in capfd.readouterr().out
    assert status_of(project, capfd) == before


def test_transcoding_keeps_every_frame_and_overwrites_nothing(recording: Path, tmp_path: Path, capfd) -> None:
    out = tmp_path / "copy.mkv"
    assert run(["transcode", str(recording), str(out)]) == 0
    assert f"{SECONDS * 25} frames" in capfd.readouterr().out
    assert run(["transcode", str(recording), str(out)]) == 1


@pytest.mark.parametrize(
    "arguments",
    [
        ["bogus"],
        ["clips"],
        ["new"],
        ["clips", "x", "--whole", "--random", "3"],
        ["new", "x", "--lights", "6"],
        ["clips", "x", "--random", "0"],
        ["convert", "a.csv", "b.csv", "--to", "bouts", "--frames", "0"],
        ["ethogram", "x", "--change", "y.yaml"],
    ],
)
def test_wrong_usage_has_status_2(arguments: list[str], tmp_path: Path, monkeypatch) -> None:
    monkeypatch.chdir(tmp_path)
    assert run(arguments) == 2


@pytest.mark.parametrize(
    "arguments",
    [
        ["status", "nowhere"],
        ["info", "nowhere.mkv"],
        ["convert", "nowhere.csv", "out.csv", "--to", "bouts"],
        ["new", "p", "--ethogram", "nowhere.yaml"],
        ["new", "p", "--ethogram", "no-such-preset"],
    ],
)
def test_everything_else_has_status_1_and_one_sentence(
    arguments: list[str], tmp_path: Path, monkeypatch, capfd
) -> None:
    monkeypatch.chdir(tmp_path)
    assert run(arguments) == 1
    said = capfd.readouterr().err.strip()
    assert said.startswith("ethoprofile: ")
    assert len(said.splitlines()) == 1
    assert said.endswith(".")


@pytest.mark.parametrize(
    "command",
    [
        "new",
        "add",
        "clips",
        "info",
        "status",
        "import",
        "export",
        "convert",
        "transcode",
        "annotate",
        "demo",
        "relink",
        "subjects",
        "annotators",
        "index",
        "lights",
        "display",
        "ethogram",
        "start",
        "submit",
        "reopen",
        "history",
    ],
)
def test_every_command_has_help_with_an_example(command: str, capfd) -> None:
    assert run([command, "--help"]) == 0
    assert f"ethoprofile {command}" in " ".join(capfd.readouterr().out.split())


def test_a_new_project_is_told_how_to_keep_animals_apart(capfd) -> None:
    assert run(["new", "--help"]) == 0
    assert "some animals can be kept apart" in " ".join(capfd.readouterr().out.split())


def imported_pass(project: Path, recording: Path, capfd) -> dict:
    """Import the ground truth as Ada's and return clip and pass as 'status' tells them."""
    truth = recording.with_name(recording.stem + "_truth.csv")
    video = status_of(project, capfd)["videos"][0]["id"]
    assert run(["import", str(project), str(truth), "--video", video, "--annotator", "Ada"]) == 0
    capfd.readouterr()
    [clip] = status_of(project, capfd)["clips"]
    return {"clip": clip["id"], **clip["passes"][0]}


def test_a_failed_new_leaves_nothing(tmp_path: Path) -> None:
    assert run(["new", str(tmp_path / "p"), "--lights", "25:00-07:00"]) == 1
    assert list(tmp_path.iterdir()) == []


def test_adding_again_changes_subject_and_start(project: Path, recording: Path) -> None:
    arguments = ["--subject", "M2", "--recorded-at", "2026-01-06T08:00:00"]
    assert run(["add", str(project), str(recording), *arguments]) == 0
    with Project.open(project, read_only=True) as store:
        [video] = store.videos()
        assert video.subject == "M2"
        assert video.recorded_at is not None
        assert video.recorded_at.isoformat() == "2026-01-06T08:00:00"


def test_recordings_added_for_later_are_indexed_on_command(tmp_path: Path, recording: Path, capfd) -> None:
    project = tmp_path / "p"
    assert run(["new", str(project)]) == 0
    assert run(["add", str(project), str(recording), "--later"]) == 0
    capfd.readouterr()
    assert status_of(project, capfd)["videos"][0]["frames"] is None
    assert run(["index", str(project)]) == 0
    assert f"{SECONDS * 25} frames, exact" in capfd.readouterr().out
    assert run(["index", str(project), "nothing"]) == 1


def test_a_pass_is_submitted_reopened_and_tells_its_history(project: Path, recording: Path, capfd) -> None:
    made = imported_pass(project, recording, capfd)
    assert run(["submit", str(project), made["id"], "--annotator", "Ben"]) == 1
    assert run(["submit", str(project), made["id"], "--annotator", "Ada"]) == 0
    assert Path(capfd.readouterr().out.splitlines()[-1]).is_file()
    assert run(["submit", str(project), made["id"], "--annotator", "Ada"]) == 1
    assert run(["reopen", str(project), made["id"], "--annotator", "Ada"]) == 0
    capfd.readouterr()
    assert run(["history", str(project), made["id"], "--json"]) == 0
    [step] = json.loads(capfd.readouterr().out)
    assert (step["author"], step["act"], step["start"], step["stop"]) == ("Ada", "start", 0, SECONDS * 25)


def test_a_blind_pass_closes_export_and_history(
    project: Path, recording: Path, tmp_path: Path, capfd
) -> None:
    made = imported_pass(project, recording, capfd)
    blind = ["start", str(project), "--clip", made["clip"], "--annotator", "Ben", "--kind", "blind"]
    assert run(blind) == 0
    out = tmp_path / "out"
    for who in ([], ["--as", "Ben"]):
        assert run(["history", str(project), made["id"], *who]) == 1
        assert run(["export", str(project), "--out", str(out), *who]) == 1
    assert not out.exists()
    assert run(["export", str(project), "--out", str(out), "--as", "Ada", "--annotator", "Ada"]) == 0


def test_an_ethogram_is_saved_and_changed_by_name(
    project: Path, recording: Path, tmp_path: Path, capfd
) -> None:
    made = imported_pass(project, recording, capfd)
    file = tmp_path / "ethogram.yaml"
    assert run(["ethogram", str(project), "--save", str(file)]) == 0
    with Project.open(project, read_only=True) as store:
        before = store.door.labels(made["id"], "Ada")
    # Other numbers than the project's, and another order: only the names count.
    behaviors = ["walk", "locomotion", "groom", "hang", "micromovement", "rear", "rest", "drink"]
    file.write_text("behaviors:\n" + "".join(f"- name: {name}\n" for name in behaviors))
    change = ["ethogram", str(project), "--change", str(file), "--map", "eat=locomotion"]
    assert run([*change, "--preview"]) == 0
    assert run([*change, "--annotator", "Ada"]) == 0
    assert "Renamed eat to locomotion." in capfd.readouterr().out
    with Project.open(project, read_only=True) as store:
        assert store.door.labels(made["id"], "Ada") == before
        renamed = store.ethogram.by_name("locomotion")
        assert renamed is not None
        assert renamed.id == 2
    assert run(["ethogram", str(project), "--change", str(file), "--map", "nothing=rest", "--preview"]) == 1


def test_lights_and_display_are_kept(project: Path, capfd) -> None:
    video = status_of(project, capfd)["videos"][0]["id"]
    assert run(["lights", str(project), "07:30-19:30"]) == 0
    arguments = ["--crop", "10,20,100,80", "--rotate", "90", "--flip"]
    assert run(["display", str(project), video, *arguments]) == 0
    assert run(["display", str(project), video, "--crop", "0,0,9999,80"]) == 2
    with Project.open(project, read_only=True) as store:
        assert store.settings.get("lights_on") == "07:30"
        assert store.get_video(video).display == {"crop": [10, 20, 100, 80], "rotate": 90, "flip": True}


def test_columns_of_a_bout_table_are_mapped(tmp_path: Path, capfd) -> None:
    table, out = tmp_path / "bouts.csv", tmp_path / "out.csv"
    table.write_text("who;from;to;act\nAda;0;2;rest\nBen;1;3;walk\n")
    columns = ["--column", "start=from", "--column", "stop=to", "--column", "behavior=act"]
    reading = ["--column", "annotator=who", "--read", "annotator=Ben", "--read", "unit=seconds"]
    command = ["convert", str(table), str(out), "--from", "bouts", "--to", "bouts", "--fps", "10"]
    command += ["--gaps", "unlabeled"]
    assert run([*command, *columns, *reading]) == 0
    assert out.read_text().splitlines()[1].startswith("10,30,1.000000,3.000000,walk,")
    assert run([*command, "--read", "bogus=1"]) == 2


def test_files_of_other_tools_are_converted_and_imported(project: Path, tmp_path: Path, capfd) -> None:
    video = status_of(project, capfd)["videos"][0]["id"]
    header = "Observation id,FPS (frame/s),Subject,Behavior,Behavior type,Start (s),Stop (s)"
    rows = ["o 1,10,,rest,STATE,0,0.5", "o 2,10,,rest,STATE,0,0.6", "o 2,10,,walk,STATE,0.4,1"]
    events, out = tmp_path / "events.csv", tmp_path / "out.boris"
    events.write_text("\n".join([header, *rows, ""]))
    command = ["convert", str(events), str(out), "--to", "boris", "--gaps", "none"]
    assert run(command) == 1
    assert "o 1, o 2; say which one (observation=...)" in capfd.readouterr().err
    assert run([*command, "--read", "observation=o 2", "--read", "overlaps=later"]) == 0
    assert "overlap on 2 frames: the later one was taken" in capfd.readouterr().err
    importing = ["import", str(project), str(events), "--video", video, "--gaps", "none"]
    importing += ["--read", "observation=o 2"]
    assert run([*importing, "--annotator", "Ada"]) == 1
    assert "overlaps=priority" in capfd.readouterr().err
    assert run([*importing, "--annotator", "Ben", "--read", "overlaps=priority"]) == 0
    nwb = ["convert", str(out), str(tmp_path / "out.nwb"), "--to", "nwb", "--gaps", "none"]
    assert run([*nwb, "--write", "session_start=2026-05-01T09:00:00+02:00"]) == 0


def test_what_a_file_does_not_hold_is_said(project: Path, tmp_path: Path, capfd) -> None:
    table, out = tmp_path / "bouts.csv", tmp_path / "out.csv"
    table.write_text("start_frame,stop_frame,behavior\n0,10,rest\n20,30,walk\n")
    command = ["convert", str(table), str(out), "--to", "deepethoprofile", "--gaps", "unlabeled"]
    assert run([*command, "--allow-loss"]) == 0
    assert "10 frames are unlabeled" in capfd.readouterr().err


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no such signal for one process")
def test_an_interrupted_command_has_status_1_and_says_so(tmp_path: Path) -> None:
    script = (
        "import signal, sys\n"
        "signal.signal(signal.SIGINT, signal.default_int_handler)\n"  # a shell's background jobs ignore it
        "from napari_ethoprofile import cli\n"
        "from napari_ethoprofile.annotation import project\n"
        "def stop(*_): signal.raise_signal(signal.SIGINT)\n"
        "project.Project.create = stop\n"
        "sys.exit(cli.run(['new', sys.argv[1]]))\n"
    )
    done = subprocess.run([sys.executable, "-c", script, str(tmp_path / "p")], capture_output=True, text=True)
    assert done.returncode == 1
    assert done.stderr.startswith("ethoprofile: Stopped")
    assert len(done.stderr.splitlines()) == 1


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (["train", "x", "--split", "q"], "--split can be subject, video, clips; 'q' is none of these."),
        (["train"], "Missing argument 'PROJECT'."),
        (["trian"], "No such command 'trian'. Did you mean 'train', 'retrain'?"),
        (["profile", "--what", "x"], "No such option: --what"),
    ],
)
def test_a_wrong_call_is_told_in_one_sentence(arguments: list[str], told: str, capfd) -> None:
    assert run(arguments) == 2
    assert capfd.readouterr() == ("", f"ethoprofile: {told}\n")


def test_without_a_command_there_is_help(capfd) -> None:
    assert run([]) == 2
    said = capfd.readouterr()
    assert "Usage: ethoprofile" in said.out
    assert said.err == ""


def test_random_plans_say_what_does_not_fit(project: Path, capfd) -> None:
    assert run(["clips", str(project), "--random", "50", "--length", "2s", "--preview"]) == 0
    assert "of 50 clips fit into the recordings" in capfd.readouterr().err


def test_status_tells_of_recordings_that_are_gone(tmp_path: Path, recording: Path, capfd) -> None:
    project, copy = tmp_path / "p", tmp_path / "copy.mkv"
    copy.write_bytes(recording.read_bytes())
    assert run(["new", str(project)]) == 0
    assert run(["add", str(project), str(copy), "--later"]) == 0
    copy.rename(tmp_path / "moved.mkv")
    capfd.readouterr()
    assert run(["status", str(project)]) == 0
    assert "ethoprofile relink" in capfd.readouterr().err
    assert run(["relink", str(project), "copy", str(tmp_path / "moved.mkv")]) == 0
    capfd.readouterr()
    assert run(["status", str(project)]) == 0
    assert capfd.readouterr().err == ""


CLASSES = "0:drink; 1:eat; 2:groom; 3:hang; 4:micromovement; 5:rear; 6:rest; 7:walk; "
TEN = "0:none; 1:drink; 2:eat; 3:groom back; 4:groom; 5:hang; 6:micromovement; 7:rear; 8:rest; 9:walk; "


def put_map(path: Path, code: int, header: str = CLASSES) -> None:
    path.write_text(f"{header}\nframe;annotation\n" + "".join(f"{n};{code}\n" for n in range(SECONDS * 25)))


@pytest.fixture
def beside(tmp_path: Path, recording: Path, capfd) -> Path:
    """A project whose recording has its original and a review beside it, and old labels with initials."""
    copy = tmp_path / "data" / "mouse.mkv"
    copy.parent.mkdir()
    copy.write_bytes(recording.read_bytes())
    put_map(copy.with_name("mouse_map.csv"), 1)
    put_map(copy.with_name("mouse_map_new.csv"), 2)
    put_map(copy.with_name("mouse_RS.csv"), 3, TEN)
    folder = tmp_path / "project"
    assert run(["new", str(folder)]) == 0
    assert run(["add", str(folder), str(copy)]) == 0
    capfd.readouterr()
    return folder


def test_everything_beside_a_recording_is_shown_and_then_imported(beside: Path, capfd) -> None:
    command = ["import", str(beside), "--beside", "--annotator", "Ada", "--map-old-classes"]
    assert run([*command, "--preview"]) == 0
    shown = capfd.readouterr().out.splitlines()
    assert shown == [
        "mouse_RS.csv: becomes the first pass of RS",
        "mouse_map.csv: becomes the first pass of Ada",
        "mouse_map_new.csv: becomes the review pass of mouse_map.csv of Ada; its labels count",
    ]
    assert status_of(beside, capfd)["clips"] == []
    assert run([*command, "--video", "mouse"]) == 0
    capfd.readouterr()
    [clip] = status_of(beside, capfd)["clips"]
    assert [(p["annotator"], p["kind"]) for p in clip["passes"]] == [
        ("RS", "first"),
        ("Ada", "first"),
        ("Ada", "review"),
    ]
    assert run(command) == 0
    assert "is in the project already" in capfd.readouterr().out


def test_what_cannot_be_imported_is_said_and_the_rest_is_imported(beside: Path, capfd) -> None:
    assert run(["import", str(beside), "--beside", "--annotator", "Ada"]) == 1
    said = capfd.readouterr()
    assert "mouse_RS.csv: " in said.err
    assert "--map-old-classes" in said.err
    assert "1 file could not be imported" in said.err.splitlines()[-1]
    [clip] = status_of(beside, capfd)["clips"]
    assert {p["kind"] for p in clip["passes"]} == {"first", "review"}


def test_old_classes_are_converted_when_asked(beside: Path, tmp_path: Path, capfd) -> None:
    old = beside.parent / "data" / "mouse_RS.csv"
    out = tmp_path / "today_map.csv"
    command = ["convert", str(old), str(out), "--to", "deepethoprofile"]
    assert run(command) == 1
    assert run([*command, "--map-old-classes"]) == 0
    assert out.read_text().splitlines()[2] == "0;2"


@pytest.mark.parametrize(
    "more", [[], ["x_map.csv"], ["--beside", "x_map.csv"], ["--beside", "--kind", "first"]]
)
def test_a_half_import_is_wrong_usage(more: list[str]) -> None:
    assert run(["import", "anywhere", "--annotator", "Ada", *more]) == 2


def test_a_moved_recording_is_found_by_its_content(beside: Path, tmp_path: Path, capfd) -> None:
    old = beside.parent / "data" / "mouse.mkv"
    near = old.parent / "2026" / "renamed.mkv"
    near.parent.mkdir()
    old.rename(near)
    assert run(["relink", str(beside), "mouse"]) == 0
    assert "all labels fit" in capfd.readouterr().out
    assert Path(status_of(beside, capfd)["videos"][0]["path"]).samefile(near)
    far = tmp_path / "archive" / "deep" / "mouse.mkv"
    far.parent.mkdir(parents=True)
    near.rename(far)
    far.with_name("other.mkv").write_bytes(b"\0" * far.stat().st_size)
    assert run(["relink", str(beside), "mouse", "--search", str(old.parent)]) == 1
    assert "No file with the content of 'mouse'" in capfd.readouterr().err
    command = ["relink", str(beside), "mouse", "--search", str(tmp_path / "archive")]
    assert run(command) == 0
    capfd.readouterr()
    assert Path(status_of(beside, capfd)["videos"][0]["path"]).samefile(far)
    assert run([*command, str(far)]) == 2
    assert run(["relink", str(beside), "mouse", "--search", str(tmp_path / "nowhere")]) == 1


def test_people_are_renamed_and_passes_discarded_and_restored(project: Path, capfd) -> None:
    [clip] = status_of(project, capfd)["clips"]
    assert run(["start", str(project), "--clip", clip["id"], "--annotator", "Ada"]) == 0
    assert run(["annotators", str(project), "--rename", "Ada=Ada Lovelace", "--initials", "AL"]) == 0
    assert "Ada (until" in capfd.readouterr().out
    [made] = status_of(project, capfd)["clips"][0]["passes"]
    assert made["annotator"] == "Ada Lovelace"
    assert run(["discard", str(project), made["id"], "--annotator", "Ada"]) == 0
    capfd.readouterr()
    assert status_of(project, capfd)["clips"][0]["passes"] == []
    assert run(["restore", str(project)]) == 0
    assert made["id"] in capfd.readouterr().out
    assert run(["restore", str(project), made["id"]]) == 2
    assert run(["restore", str(project), made["id"], "--annotator", "Ada Lovelace"]) == 0
    capfd.readouterr()
    assert status_of(project, capfd)["clips"][0]["passes"] == [made]
