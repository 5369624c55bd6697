"""What cannot be done is told before a database is read."""

from pathlib import Path

import pytest

from napari_ethoprofile.cli import run


@pytest.mark.parametrize(
    ("options", "told"),
    [
        (["--protocol", "loso"], "There is no protocol 'loso'"),
        (["--protocol", "within-recording", "--subject", "01"], "name some with fixed-holdout only"),
        (["--protocol", "fixed-holdout", "--cluster", "tcp://127.0.0.1:9"], "tcp://127.0.0.1:9"),
        (["--model", "nobody"], "There is no model 'nobody'"),
    ],
)
def test_what_is_wrong_beside_a_database_is_told_before_it_is_read(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], options: list[str], told: str
) -> None:
    data, made = tmp_path / "database", tmp_path / "made"
    data.mkdir()
    (data / "a.avi").write_bytes(b"")
    assert run(["evaluate", str(data), "--layout", "deepethoprofile", "--into", str(made), *options]) == 1
    assert told in capsys.readouterr().err
    assert not made.exists()


def test_a_database_that_is_none_is_told_in_these_words(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "file"
    file.write_text("")
    command = ["--layout", "jhuang", "--protocol", "leave-one-video-out"]
    assert run(["evaluate", str(tmp_path / "nosuch"), *command]) == 1
    assert f"There is no folder {tmp_path / 'nosuch'}; check the path" in capsys.readouterr().err
    assert run(["evaluate", str(file), *command]) == 1
    assert f"{file} is a file; give the folder" in capsys.readouterr().err
