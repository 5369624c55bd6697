"""The journal against a plain NumPy model: random edits, notes, undo, redo, restarts and ethogram merges."""

import json
import shutil
import tempfile
from dataclasses import replace
from pathlib import Path

import numpy as np
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule
from napari_ethoprofile.annotation.clips import Stretch
from napari_ethoprofile.annotation.edits import Edit
from napari_ethoprofile.annotation.ethogram import Behavior, Ethogram
from napari_ethoprofile.annotation.project import Project, schema
from napari_ethoprofile.annotation.project.proposal_edits import rejection
from napari_ethoprofile.annotation.tracks import codes_of

FRAMES = 24
TWO_GROUPS = Ethogram(
    tuple(Behavior(n, f"b{n}", group="posture" if n < 4 else "mouth") for n in range(1, 7)), "two"
)
frames = st.integers(0, FRAMES - 1)
Notes = tuple[tuple[int, int, int, str], ...]
State = tuple[np.ndarray, Notes, tuple[tuple[int, int, int], ...]]


class JournalMachine(RuleBasedStateMachine):
    """Every state is kept as (codes, notes, rejected) in a plain list; undo and redo move in it."""

    def __init__(self) -> None:
        super().__init__()
        self.folder = Path(tempfile.mkdtemp())
        self.project = Project.create(self.folder / "p", TWO_GROUPS)
        with self.project.database.writing() as connection:
            values = {"id": "v", "path": "v.mp4", "frames": FRAMES, "confirmed": FRAMES, "added_at": ""}
            connection.execute(schema.videos.insert().values(**values))
        (clip,) = self.project.add_clips([Stretch("v", 0, FRAMES)])
        self.project.add_annotator("Ada")
        self.pass_id = self.project.start_pass(clip.id, "Ada").id
        self.editor = self.project.edit(self.pass_id, "Ada")
        self.states: list[State] = [(np.full((FRAMES, 2), -1), (), ())]
        self.at = 0

    def remember(self, codes: np.ndarray, notes: Notes | None = None) -> None:
        before = self.states[self.at]
        notes = before[1] if notes is None else notes
        if np.array_equal(codes, before[0]) and notes == before[1]:
            return
        self.states = [*self.states[: self.at + 1], (codes, notes, before[2])]
        self.at += 1

    def labels_of(self, group: int) -> list[int]:
        name = self.project.ethogram.groups[group]
        return [-1, 0, *(b.id for b in self.project.ethogram.behaviors if b.group == name)]

    @rule(data=st.data(), one=frames, two=frames, group=st.integers(0, 1))
    def paint(self, data: st.DataObject, one: int, two: int, group: int) -> None:
        label = data.draw(st.sampled_from(self.labels_of(group)))
        start, stop = min(one, two), max(one, two) + 1
        self.editor.commit(Edit.paint(self.editor.track, start, stop, label, group))
        codes = self.states[self.at][0].copy()
        codes[start:stop, group] = label
        self.remember(codes)

    @rule(data=st.data(), cut=st.integers(1, FRAMES - 1))
    def paint_two_parts(self, data: st.DataObject, cut: int) -> None:
        label = data.draw(st.sampled_from(self.labels_of(0)))
        other = data.draw(st.sampled_from(self.labels_of(1)))
        track = self.editor.track
        self.editor.commit_all(
            [Edit.paint(track, 0, cut, label, 0), Edit.paint(track, cut, FRAMES, other, 1)]
        )
        codes = self.states[self.at][0].copy()
        codes[:cut, 0], codes[cut:, 1] = label, other
        self.remember(codes)

    @rule(one=frames, two=frames, group=st.integers(0, 1), text=st.sampled_from(["", "a", "b"]))
    def note(self, one: int, two: int, group: int, text: str) -> None:
        start, stop = min(one, two), max(one, two) + 1
        self.editor.set_note(start, stop, text, group=group)
        codes, notes, _ = self.states[self.at]
        kept = [n for n in notes if n[0] != group or n[1] >= stop or n[2] <= start]
        self.remember(codes, tuple(sorted(kept + ([(group, start, stop, text)] if text else []))))

    @rule(data=st.data(), one=frames, two=frames, group=st.integers(0, 1))
    def reject(self, data: st.DataObject, one: int, two: int, group: int) -> None:
        label = data.draw(st.sampled_from(self.labels_of(group)[1:]))
        start, stop = min(one, two), max(one, two) + 1
        self.editor.commit_all([rejection(group, start, stop, label, "pmodel", "mice@1")])
        codes, notes, rejected = self.states[self.at]
        self.states = [*self.states[: self.at + 1], (codes, notes, (*rejected, (group, start, stop)))]
        self.at += 1

    @rule()
    def undo(self) -> None:
        assert bool(self.editor.undo()) == (self.at > 0)
        self.at = max(0, self.at - 1)

    @rule()
    def redo(self) -> None:
        assert bool(self.editor.redo()) == (self.at < len(self.states) - 1)
        self.at = min(len(self.states) - 1, self.at + 1)

    @rule()
    def restart(self) -> None:
        self.project.close()
        self.project = Project.open(self.folder / "p")
        self.editor = self.project.edit(self.pass_id, "Ada")
        assert not self.editor.read_only

    @precondition(lambda self: len(self.project.ethogram.behaviors) > 2)
    @rule(data=st.data())
    def merge(self, data: st.DataObject) -> None:
        """Merging maps every remembered state; states that become equal count as one."""
        ethogram = self.project.ethogram
        pairs = [
            (a, b) for a in ethogram.behaviors for b in ethogram.behaviors if a != b and a.group == b.group
        ]
        if not pairs:
            return
        gone, target = data.draw(st.sampled_from(pairs))
        kept = tuple(b for b in ethogram.behaviors if b != gone)
        self.project.change_ethogram(replace(ethogram, behaviors=kept), "Ada", {gone.id: target.id})
        mapped = [(np.where(codes == gone.id, target.id, codes), *rest) for codes, *rest in self.states]
        states, at = [mapped[0]], 0
        for number, state in enumerate(mapped[1:], start=1):
            same = np.array_equal(state[0], states[-1][0]) and state[1:] == states[-1][1:]
            if not same:
                states.append(state)
            if number == self.at:
                at = len(states) - 1
        self.states, self.at = states, at

    @invariant()
    def editor_is_like_the_model(self) -> None:
        codes, notes, rejected = self.states[self.at]
        assert np.array_equal(self.editor.track.codes, codes)
        assert tuple((n.group, n.start, n.stop, n.text) for n in self.editor.notes) == notes
        assert tuple((e.group, e.start, e.stop) for e in self.editor.proposal_edits) == rejected
        assert self.editor.can_undo == (self.at > 0)
        assert self.editor.can_redo == (self.at < len(self.states) - 1)
        assert self.editor.coverage == self.editor.track.coverage()

    @invariant()
    def provenance_follows_the_labels(self) -> None:
        for group in range(2):
            for start, stop, origin in self.editor.origins(0, FRAMES, group):
                labels = self.editor.track.codes[start:stop, group]
                assert (labels == -1).all() == (origin is None)

    def teardown(self) -> None:
        self.editor.flush()
        expected = np.full((FRAMES, 2), -1)
        with self.project.database.reading() as connection:
            rows = connection.exec_driver_sql(
                """SELECT "group", start, "before", "after" FROM edits WHERE what = 'labels' ORDER BY id"""
            ).all()
        for group, start, before, after in rows:
            old, new = codes_of(json.loads(before)), codes_of(json.loads(after))
            assert np.array_equal(expected[start : start + old.size, group - 1], old)
            expected[start : start + new.size, group - 1] = new
        assert np.array_equal(self.editor.track.codes, expected)
        assert self.project.door.labels(self.pass_id, "Ada") == self.editor.track
        assert self.project.door.coverage(self.pass_id, "Ada") == self.editor.track.coverage()
        self.project.close()
        shutil.rmtree(self.folder)


TestJournal = JournalMachine.TestCase
TestJournal.settings = settings(
    max_examples=40,
    stateful_step_count=30,
    deadline=None,
    suppress_health_check=list(HealthCheck),
    phases=(Phase.explicit, Phase.reuse, Phase.generate),
)
