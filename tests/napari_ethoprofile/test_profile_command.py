"""The command `ethoprofile profile`: what it prints and where it refuses."""

import json

from napari_ethoprofile.cli import run


def write_result(path, codes):
    lines = ["0:drink; 1:eat; 6:rest; v4", "frame;annotation;time"]
    lines += [f"{frame};{code};{frame * 40}" for frame, code in enumerate(codes)]
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")


def test_profile_writes_and_tells(tmp_path, capsys):
    write_result(tmp_path / "01_20260105_1200_results_v5.csv", [6] * 50 + [1] * 25)
    out = tmp_path / "out"
    arguments = ["profile", str(tmp_path / "01_20260105_1200_results_v5.csv"), "--out", str(out)]
    assert run([*arguments, "--lights", "07:00-19:00", "--json"]) == 0
    found = json.loads(capsys.readouterr().out)
    assert found["behaviors"]["rest"] == {"seconds": 2.0, "share": 2 / 3, "bouts": 1}
    assert found["animals"] == found["recordings"] == 1
    assert {str(path) for path in out.iterdir()} == set(found["files"])
    assert run(arguments) == 0
    assert "1 animal" in capsys.readouterr().out


def test_a_partial_result_is_named(tmp_path, capsys):
    write_result(tmp_path / "01_20260105_1200_partial_results_v5.csv", [6] * 50)
    write_result(tmp_path / "02_20260105_1200_results_v5.csv", [6] * 50)
    assert run(["profile", str(tmp_path), "--out", str(tmp_path / "out"), "--json"]) == 0
    captured = capsys.readouterr()
    assert json.loads(captured.out)["partial"] == ["01_20260105_1200_partial_results_v5"]
    assert "01_20260105_1200_partial_results_v5 covers its recording only up to" in captured.err
    assert "02_20260105_1200" not in captured.err


def test_profile_refuses_in_one_sentence(tmp_path, capsys):
    path = tmp_path / "a_results_v5.csv"
    write_result(path, [1] * 10)
    assert run(["profile", str(path), "--lights", "dawn"]) == 2
    assert run(["profile", str(path), "--bin", "7s", "--out", str(tmp_path / "out")]) == 1
    assert "no whole number of bins" in capsys.readouterr().err
    assert run(["profile", str(path), "--out", str(tmp_path / "out"), "--json"]) == 0
    captured = capsys.readouterr()
    assert json.loads(captured.out)["behaviors"]["eat"]["share"] == 1.0


def test_tables_without_an_animal_and_animals_without_a_strain_are_told(tmp_path, capsys):
    for name in ("01_20260105_1200", "02_20260105_1200", "one", "two"):
        write_result(tmp_path / f"{name}_results_v5.csv", [1] * 50)
    table = tmp_path / "mice.list"
    table.write_text("id,strain\n1,B6\n7,CAST\n", encoding="utf-8")
    arguments = ["profile", str(tmp_path), "--out", str(tmp_path / "out"), "--json"]
    assert run([*arguments, "--subjects", str(table)]) == 0
    said = capsys.readouterr().err
    assert "The names of 2 tables do not say which animal they are of (one_results_v5, ...)" in said
    assert "does not say the strain of 02, one_results_v5, two_results_v5." in said
    assert "The table of animals has 7, of which there is no file." in said


def test_other_programs_are_told_how_far_it_is(tmp_path, capsys):
    write_result(tmp_path / "01_20260105_1200_results_v5.csv", [1] * 50)
    assert run(["profile", str(tmp_path), "--out", str(tmp_path / "out"), "--json", "--events"]) == 0
    stages = [json.loads(line)["stage"] for line in capsys.readouterr().err.splitlines()]
    assert list(dict.fromkeys(stages)) == ["reading", "counting", "drawing"]


def test_a_zone_that_there_is_not_is_refused(tmp_path, capsys):
    write_result(tmp_path / "01_20260105_1200_results_v5.csv", [1] * 50)
    assert run(["profile", str(tmp_path), "--timezone", "Mars/Olympus"]) == 2
    assert "'Mars/Olympus' is no time zone" in capsys.readouterr().err
