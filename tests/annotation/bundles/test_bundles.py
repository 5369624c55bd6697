"""Assigned clips go to another computer and finished passes come back."""

import json
import sqlite3
import subprocess
import sys
import zipfile
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from napari_ethoprofile.annotation import bundles
from napari_ethoprofile.annotation.clips import Stretch
from napari_ethoprofile.annotation.edits import Edit
from napari_ethoprofile.annotation.errors import ProjectError
from napari_ethoprofile.annotation.ethogram import Behavior
from napari_ethoprofile.annotation.project import Project
from napari_ethoprofile.annotation.project.proposal_edits import rejection
from napari_ethoprofile.annotation.tracks import Bout
from small_project import create_project, write_recording

NAME = "01_20260105_1200"


@pytest.fixture
def home(tmp_path: Path) -> Iterator[Project]:
    """Ada's project with two submitted passes, whose clips (frames 0 and 50) are assigned blind to Ben."""
    project = create_project(tmp_path / "home", write_recording(tmp_path / f"{NAME}.mp4"))
    project.add_subject("01", strain="C57BL/6J")
    project.set_lights("06:00", "18:00")
    for clip in project.clips():
        score(project, clip.id, "Ada", (0, 20, 3))
    project.assign("Ben", [clip.id for clip in project.clips()], acting="Ada")
    yield project
    project.close(discard=True)


def score(project: Project, clip: str, who: str, *bouts: tuple[int, int, int], kind: str = "first") -> str:
    record = project.start_pass(clip, who, kind)
    with project.edit(record.id, who) as editor:
        for start, stop, label in bouts:
            editor.commit(Edit.paint(editor.track, start, stop, label))
        editor.mark_viewed(0, 30)
        editor.submit()
    return record.id


def away_of(home: Project, folder: Path, videos: str = "link", who: str = "Ben") -> Project:
    """Take the work of an annotator to another computer."""
    file = folder / f"for-{who}-{videos}.zip"
    bundles.pack_assigned(home, who, file, videos)
    away = folder / f"away-{who}-{videos}"
    assert bundles.open_bundle(file, away) == who
    return Project.open(away)


def everything(project: Project) -> list[object]:
    """Return all that the database holds."""
    connection = sqlite3.connect(project.folder / "ethoprofile.db")
    tables = [row[0] for row in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")]
    found = [
        connection.execute(f"SELECT * FROM [{table}] ORDER BY 1, 2").fetchall() for table in sorted(tables)
    ]
    connection.close()
    return found


@pytest.mark.parametrize("videos", bundles.VIDEO_WAYS)
def test_there_and_back(home: Project, tmp_path: Path, videos: str) -> None:
    with away_of(home, tmp_path, videos) as away:
        assert away.passes() == []
        assert [person.name for person in away.annotators()] == ["Ben"]
        assert away.ethogram_versions() == home.ethogram_versions()
        assert away.subjects() == home.subjects()
        clips = [record.clip for record in away.assignments("Ben")]
        last = score(away, clips[1], "Ben", (5, 9, 1), (9, 20, 0), kind="blind")
        assert away.phase_at(away.get_clip(clips[1]).video, 0) == "light"
        states, history = away.pass_states(last), away.door.history(last, "Ben")
        merged = bundles.merge(home, away.folder)
    assert [record.id for record in merged.brought] == [last]
    record = home.get_pass(last)
    assert (record.clip, record.kind, record.state) == (f"{NAME}_s50_n50", "blind", "submitted")
    assert home.door.labels(last, "Ada").bouts() == [Bout(5, 9, 1), Bout(9, 20, 0)]
    assert home.door.viewed(last, "Ada") == [(0, 30)]
    assert home.pass_states(last) == states
    assert home.door.history(last, "Ada") == history
    assert [item.state for item in home.assignments("Ben")] == ["assigned", "submitted"]
    assert home.door.coverage(last, "Ada") == home.door.labels(last, "Ada").coverage()
    assert any(last in path.name for path in (home.folder / "labels").glob("*.csv"))


def test_a_cut_clip_holds_the_frames_of_its_recording(home: Project, tmp_path: Path) -> None:
    with away_of(home, tmp_path, "cut") as away:
        _first, second = away.videos()
        assert (second.frames, second.subject) == (50, "01")
        assert second.recorded_at is not None
        assert second.recorded_at.isoformat() == "2026-01-05T12:00:02"
        with away.open_video(second.id) as cut, home.open_video(NAME) as whole:
            assert len(cut) == 50
            for frame in (0, 1, 24, 49):
                # Gray levels rise by 2 a frame: one frame off would show.
                assert abs(np.mean(cut[frame]) - np.mean(whole[50 + frame])) < 1
        assert not list(away.folder.parent.glob(".tmp-*"))
        assert {check.state for check in away.check_videos()} == {"ok"}


def test_nothing_of_others_is_in_a_bundle(home: Project, tmp_path: Path) -> None:
    earlier = home.passes()[0].id
    home.assign("Ada", [home.clips()[0].id], "first", repeats={home.clips()[0].id: earlier})
    for who in ("Ben", "Ada"):
        away = away_of(home, tmp_path, who=who)
        away.close()
        with zipfile.ZipFile(tmp_path / f"for-{who}-link.zip") as archive:
            text = archive.read("bundle.json").decode()
        assert "edits" not in json.loads(text)
        for secret in (*(record.id for record in home.passes(acting="Ben")), "repeats"):
            assert secret not in text


def test_a_silent_repeat_is_known_at_home_only(home: Project, tmp_path: Path) -> None:
    clip, earlier = home.clips()[0].id, home.passes()[0].id
    home.assign("Ada", [clip], "first", repeats={clip: earlier})
    with away_of(home, tmp_path, who="Ada") as away:
        again = score(away, clip, "Ada", (0, 19, 3))
        assert away.get_pass(again).kind == "first"
        bundles.merge(home, away.folder)
    record = home.get_pass(again)
    assert (record.kind, record.based_on) == ("blind", earlier)


def test_a_silent_repeat_done_here_meanwhile_comes_home_as_one(home: Project, tmp_path: Path) -> None:
    clip, earlier = home.clips()[0].id, home.passes()[0].id
    home.assign("Ada", [clip], "first", repeats={clip: earlier})
    with away_of(home, tmp_path, who="Ada") as away:
        again = score(away, clip, "Ada", (0, 19, 3))
        here = home.start_pass(clip, "Ada")
        merged = bundles.merge(home, away.folder)
    assert merged.left == []
    assert (home.get_pass(again).kind, home.get_pass(again).based_on) == ("blind", earlier)
    assert home.assignments("Ada")[0].pass_id == here.id


def test_merging_twice_changes_nothing(home: Project, tmp_path: Path) -> None:
    with away_of(home, tmp_path) as away:
        for record in away.assignments():
            score(away, record.clip, "Ben", (0, 10, 2), kind="blind")
        back = tmp_path / "back.zip"
        assert bundles.pack_finished(away, "Ben", back).passes == 2
        assert len(bundles.merge(home, back).brought) == 2
        before = everything(home)
        for source in (back, away.folder):
            merged = bundles.merge(home, source)
            assert (merged.brought, merged.known, merged.left) == ([], 2, [])
    assert everything(home) == before


def test_what_is_not_finished_stays_and_comes_later(home: Project, tmp_path: Path) -> None:
    with away_of(home, tmp_path) as away:
        one, two = (record.clip for record in away.assignments())
        done = score(away, one, "Ben", kind="blind")
        begun = away.start_pass(two, "Ben", "blind")
        merged = bundles.merge(home, away.folder)
        assert [record.id for record in merged.brought] == [done]
        assert merged.left == [f"The blind pass {begun.id} of Ben over {two} is not submitted yet."]
        with away.edit(begun.id, "Ben") as editor:
            editor.submit()
        assert [record.id for record in bundles.merge(home, away.folder).brought] == [begun.id]


@pytest.mark.parametrize("number", [1, 2])
def test_what_was_rejected_of_proposals_comes_along(home: Project, tmp_path: Path, number: int) -> None:
    home.add_clips([Stretch(NAME, 0, 100)])
    home.assign("Cid", [f"{NAME}_s0_n100"], "first")
    with away_of(home, tmp_path, who="Cid") as away:
        record = away.start_pass(f"{NAME}_s0_n100", "Cid")
        with away.edit(record.id, "Cid") as editor:
            editor.commit_all([rejection(0, 5, 9, 1, "pmodel", "mice@1")])
            editor.submit()
        work = away.finished_work("Cid") | {"format": number}
    if number == 1:  # did not know by which model
        del work["passes"][0]["edits"][0]["model_pass"]
    home.take_in(work, "the bundle")
    [edit] = home.door.proposal_edits(record.id, "Cid")
    assert (edit.start, edit.stop, edit.rejected) == (5, 9, 1)
    assert edit.model_pass == ("pmodel" if number == 2 else "")


def test_a_pass_that_changed_there_since_is_not_overwritten(home: Project, tmp_path: Path) -> None:
    home.add_clips([Stretch(NAME, 0, 100)])
    home.assign("Cid", [f"{NAME}_s0_n100"], "first")
    with away_of(home, tmp_path, who="Cid") as away:
        done = score(away, f"{NAME}_s0_n100", "Cid", (0, 10, 1))
        bundles.merge(home, away.folder)
        away.reopen_pass(done, "Cid")
        with away.edit(done, "Cid") as editor:
            editor.commit(Edit.paint(editor.track, 0, 10, 2))
            editor.submit()
        merged = bundles.merge(home, away.folder)
    assert (merged.brought, merged.known) == ([], 1)
    assert "changed there since" in merged.left[0]
    assert home.door.labels(done, "Cid").bouts() == [Bout(0, 10, 1)]


def test_work_done_here_meanwhile_is_kept(home: Project, tmp_path: Path) -> None:
    home.add_clips([Stretch(NAME, 0, 100)])
    clip = f"{NAME}_s0_n100"
    home.assign("Cid", [clip], "first")
    with away_of(home, tmp_path, who="Cid") as away:
        score(away, clip, "Cid", (0, 10, 1))
        here = score(home, clip, "Cid", (0, 10, 2))
        merged = bundles.merge(home, away.folder)
    assert merged.brought == []
    assert "Cid has a first pass" in merged.left[0]
    assert [record.id for record in home.passes(annotator="Cid")] == [here]


# Ethograms that went different ways.


def renamed(project: Project, old: str, new: str) -> None:
    behaviors = tuple(replace(b, name=new) if b.name == old else b for b in project.ethogram.behaviors)
    project.change_ethogram(replace(project.ethogram, behaviors=behaviors), "Ada")


def added(project: Project, name: str) -> int:
    behavior = Behavior(project.next_behavior_id(), name, (), "#123456", project.ethogram.groups[0])
    behaviors = (*project.ethogram.behaviors, behavior)
    project.change_ethogram(replace(project.ethogram, behaviors=behaviors), "Ada")
    return behavior.id


def merged_into(project: Project, source: int, target: int) -> None:
    behaviors = tuple(b for b in project.ethogram.behaviors if b.id != source)
    project.change_ethogram(replace(project.ethogram, behaviors=behaviors), "Ada", {source: target})


def id_of(project: Project, name: str) -> int:
    return next(b.id for b in project.ethogram.behaviors if b.name == name)


def labels_after_merge(home: Project, away: Project, label: int) -> list[str]:
    clip = away.assignments()[0].clip
    done = score(away, clip, "Ben", (0, 10, label), kind="blind")
    bundles.merge(home, away.folder)
    return [home.ethogram.label_name(bout.label) for bout in home.door.labels(done, "Ada").bouts()]


def test_a_behavior_renamed_on_either_side_is_the_same(home: Project, tmp_path: Path) -> None:
    with away_of(home, tmp_path) as away:
        renamed(home, "groom", "grooming")
        renamed(away, "groom", "wash")
        assert labels_after_merge(home, away, id_of(away, "wash")) == ["grooming"]


def test_a_behavior_added_on_both_sides_is_found_by_name(home: Project, tmp_path: Path) -> None:
    with away_of(home, tmp_path) as away:
        added(home, "sniff")
        added(home, "dig")
        number = added(away, "Dig")
        assert number != id_of(home, "dig")
        assert labels_after_merge(home, away, number) == ["dig"]


def test_a_behavior_that_only_the_other_has_is_a_conflict(home: Project, tmp_path: Path) -> None:
    with away_of(home, tmp_path) as away:
        number = added(away, "dig")
        added(home, "sniff")  # has the same id here
        before = everything(home)
        with pytest.raises(ProjectError, match="uses the behavior 'dig', which this project does not have"):
            labels_after_merge(home, away, number)
        assert everything(home) == before
        added_here = added(home, "dig")
        (brought,) = bundles.merge(home, away.folder).brought
        assert home.door.labels(brought.id, "Ada").bouts() == [Bout(0, 10, added_here)]


def test_a_behavior_removed_here_is_a_conflict(home: Project, tmp_path: Path) -> None:
    with away_of(home, tmp_path) as away:
        behaviors = tuple(b for b in home.ethogram.behaviors if b.name != "hang")
        home.change_ethogram(replace(home.ethogram, behaviors=behaviors), "Ada")
        with pytest.raises(ProjectError, match="uses the behavior 'hang', which this project does not have"):
            labels_after_merge(home, away, id_of(away, "hang"))


def test_merged_behaviors_here_and_there(home: Project, tmp_path: Path) -> None:
    with away_of(home, tmp_path) as away:
        clip = away.assignments()[0].clip
        record = away.start_pass(clip, "Ben", "blind")
        rest, groom, walk = (id_of(home, name) for name in ("rest", "groom", "walk"))
        micro, eat = id_of(home, "micromovement"), id_of(home, "eat")
        with away.edit(record.id, "Ben") as editor:
            editor.commit(Edit.paint(editor.track, 0, 10, micro))
            editor.commit(Edit.paint(editor.track, 10, 20, groom))
            editor.commit(Edit.paint(editor.track, 20, 30, eat))
        merged_into(away, micro, rest)
        with away.edit(record.id, "Ben") as editor:
            editor.commit(Edit.paint(editor.track, 30, 40, walk))
            for _ in range(2):
                editor.undo()
            editor.redo()
            editor.submit()
        merged_into(home, groom, walk)
        bundles.merge(home, away.folder)
    assert home.door.labels(record.id, "Ada").bouts() == [
        Bout(0, 10, rest),
        Bout(10, 20, walk),
        Bout(20, 30, eat),
    ]
    assert len(home.door.history(record.id, "Ada")) >= 7


# What must not happen.


DYING_MERGE = """
import os, sys
from pathlib import Path
from napari_ethoprofile.annotation import bundles
from napari_ethoprofile.annotation.project import Project, taking_in

taking_in.write_coverage = lambda *_: os._exit(9)
bundles.merge(Project.open(sys.argv[1]), Path(sys.argv[2]))
"""


def test_a_merge_that_is_killed_leaves_the_project_as_it_was(home: Project, tmp_path: Path) -> None:
    with away_of(home, tmp_path) as away:
        for record in away.assignments():
            score(away, record.clip, "Ben", (0, 10, 2), kind="blind")
    before = everything(home)
    killed = subprocess.run([sys.executable, "-c", DYING_MERGE, home.folder, away.folder], check=False)
    assert killed.returncode == 9
    assert everything(home) == before
    assert len(bundles.merge(home, away.folder).brought) == 2


def test_work_of_another_project_is_refused(home: Project, tmp_path: Path) -> None:
    other = create_project(tmp_path / "other", write_recording(tmp_path / "02.mp4"))
    score(other, other.clips()[0].id, "Ada")
    other.close()
    with pytest.raises(ProjectError, match="belongs to the project 'Test', not to"):
        bundles.merge(home, other.folder)
    with pytest.raises(ProjectError, match="merged into itself"):
        bundles.merge(home, home.folder)


def test_bundles_are_not_confused(home: Project, tmp_path: Path) -> None:
    with away_of(home, tmp_path) as away:
        with pytest.raises(ProjectError, match="No pass is finished"):
            bundles.pack_finished(away, "Ben", tmp_path / "back.zip")
        score(away, away.assignments()[0].clip, "Ben", kind="blind")
        bundles.pack_finished(away, "Ben", tmp_path / "back.zip")
    with pytest.raises(ProjectError, match="holds assigned clips and no finished passes"):
        bundles.merge(home, tmp_path / "for-Ben-link.zip")
    with pytest.raises(ProjectError, match="bring them into their project with 'ethoprofile merge'"):
        bundles.open_bundle(tmp_path / "back.zip", tmp_path / "new")
    assert not (tmp_path / "new").exists()
    with pytest.raises(ProjectError, match="exists already"):
        bundles.pack_assigned(home, "Ben", tmp_path / "back.zip")
    with pytest.raises(ProjectError, match="Nothing is assigned to Ada"):
        bundles.pack_assigned(home, "Ada", tmp_path / "ada.zip")


def link(archive: zipfile.ZipFile) -> None:
    entry = zipfile.ZipInfo("videos/link.mp4")
    entry.external_attr = 0o120777 << 16
    archive.writestr(entry, "/etc/passwd")


@pytest.mark.parametrize(
    "spoil",
    [
        lambda archive: archive.writestr("videos/../../evil.txt", "x"),
        lambda archive: archive.writestr("/evil.txt", "x"),
        lambda archive: archive.writestr("videos/..\\evil.txt", "x"),
        lambda archive: archive.writestr("videos/C:evil.txt", "x"),
        lambda archive: archive.writestr("evil.txt", "x"),
        link,
    ],
)
def test_names_that_lead_elsewhere_are_refused(
    home: Project, tmp_path: Path, spoil: Callable[[zipfile.ZipFile], None]
) -> None:
    file = tmp_path / "for-ben.zip"
    bundles.pack_assigned(home, "Ben", file)
    with zipfile.ZipFile(file, "a") as archive:
        spoil(archive)
    with pytest.raises(ProjectError, match="has no place in a bundle"):
        bundles.open_bundle(file, tmp_path / "inside" / "new")
    assert not (tmp_path / "inside").exists()
    assert not list(tmp_path.rglob("*evil*"))


@pytest.mark.parametrize("content", [b"", b"PK\x03\x04 broken", b"not a zip"])
def test_what_is_no_bundle_is_refused(home: Project, tmp_path: Path, content: bytes) -> None:
    file = tmp_path / "x.zip"
    file.write_bytes(content)
    for act in (lambda: bundles.open_bundle(file, tmp_path / "new"), lambda: bundles.merge(home, file)):
        with pytest.raises(ProjectError, match="is not a bundle, or is damaged"):
            act()
    with pytest.raises(ProjectError, match="There is no bundle at"):
        bundles.merge(home, tmp_path / "nowhere.zip")


@pytest.mark.parametrize("key", ["edits", "states", "bouts", "kind", "clip"])
def test_damaged_passes_change_nothing(home: Project, tmp_path: Path, key: str) -> None:
    with away_of(home, tmp_path) as away:
        score(away, away.assignments()[0].clip, "Ben", (0, 10, 2), kind="blind")
        work = away.finished_work()
    before = everything(home)
    del work["passes"][0][key]
    with pytest.raises(ProjectError, match="is damaged"):
        home.take_in(work, "x.zip")
    assert everything(home) == before


def test_labels_that_do_not_follow_from_the_history_are_refused(home: Project, tmp_path: Path) -> None:
    with away_of(home, tmp_path) as away:
        score(away, away.assignments()[0].clip, "Ben", (0, 10, 2), kind="blind")
        work = away.finished_work()
    before = everything(home)
    work["passes"][0]["bouts"][0][2] = 11
    with pytest.raises(ProjectError, match="history that does not lead to its labels"):
        home.take_in(work, "x.zip")
    assert everything(home) == before
