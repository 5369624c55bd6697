"""The bout state machine against a model that walks every single frame."""

from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule
from napari_ethoprofile.annotation.edits import Closed, Edit, Grown, Opened, Reason, Scorer
from napari_ethoprofile.annotation.tracks import NONE, UNLABELED, LabelTrack, runs_of

FRAMES = 40
#: Label -> group; as on the keyboard, the keys of behaviors, none and unlabel.
LABELS = {1: 0, 2: 0, 3: 1, NONE: 0, UNLABELED: 0}
frames = st.integers(0, FRAMES - 1)
labels = st.sampled_from(sorted(LABELS))


class Walker:
    """Scores the slow way: one frame at a time, every painted frame in a list."""

    def __init__(self) -> None:
        self.track = LabelTrack.blank(FRAMES, 2)
        self.frame = 0
        self.open: dict[int, tuple[int, list[int]]] = {}

    def walk(self, frame: int) -> None:
        while self.frame != frame:
            forward = frame > self.frame
            for _, painted in self.open.values():
                if forward and self.frame + 1 > painted[-1]:
                    painted.append(self.frame + 1)
                elif not forward and self.frame == painted[-1] and len(painted) > 1:
                    painted.pop()
            self.frame += 1 if forward else -1

    def close(self, group: int, *, with_shown: bool) -> None:
        label, painted = self.open.pop(group)
        for frame in painted:
            if with_shown or frame < self.frame:
                self.track.codes[frame, group] = label


class Scoring(RuleBasedStateMachine):
    def __init__(self) -> None:
        super().__init__()
        self.scorer, self.walker = Scorer(FRAMES), Walker()
        self.track = LabelTrack.blank(FRAMES, 2)
        self.previews: dict[int, tuple[int, int, int]] = {}
        self.now = 0

    def take(self, outcomes) -> None:
        """Do what a session does: commit what closes, draw what is open."""
        for outcome in outcomes:
            match outcome:
                case Opened(group, label, start, stop) | Grown(group, label, start, stop):
                    self.previews[group] = (label, start, stop)
                case Closed(group, label, start, stop):
                    del self.previews[group]
                    Edit.paint(self.track, start, stop, label, group).apply(self.track)
                case _ if hasattr(outcome, "reason"):
                    del self.previews[outcome.group]

    @rule(label=labels)
    def tap(self, label):
        self.press(label)
        if label != UNLABELED:  # whose tap clears a bout instead of staying open
            self.now += 50
            self.take(self.scorer.release(label, self.scorer.frame, self.now))

    @rule(label=labels, to=frames)
    def hold(self, label, to):
        """Press, move, release after a second: closes if the press opened and the playhead moved enough."""
        group = LABELS[label]
        current = self.walker.open.get(group)
        self.press(label)
        began = self.walker.frame
        self.take(self.scorer.press(label, group, self.scorer.frame, self.now + 30, repeat=True))
        self.take(self.scorer.advance(to))
        self.walker.walk(to)
        self.now += 1000
        self.take(self.scorer.release(label, to, self.now))
        opened = current is None or current[0] != label
        moved = abs(to - began)
        if opened and label == UNLABELED and moved < 1:
            del self.walker.open[group]
        elif opened and moved >= (1 if label == UNLABELED else 2):
            self.walker.close(group, with_shown=to == FRAMES - 1)

    def press(self, label):
        group = LABELS[label]
        self.take(self.scorer.press(label, group, self.scorer.frame, self.now))
        current = self.walker.open.get(group)
        if current:
            self.walker.close(group, with_shown=False)
        if current is None or current[0] != label:
            self.walker.open[group] = (label, [self.walker.frame])

    @rule(to=frames)
    def move(self, to):
        """Play or step by any number of frames at once, either way."""
        self.take(self.scorer.advance(to))
        self.walker.walk(to)

    @rule(to=frames)
    def jump(self, to):
        if to != self.walker.frame:
            self.lose_focus()
        self.take(self.scorer.seek(to))
        self.walker.frame = to

    @rule()
    def lose_focus(self):
        self.take(self.scorer.interrupt(Reason.FOCUS))
        for group in list(self.walker.open):
            self.walker.close(group, with_shown=True)

    @rule()
    def play_to_the_end(self):
        self.walker.walk(FRAMES - 1)
        for group in list(self.walker.open):
            self.walker.close(group, with_shown=True)
        self.take(self.scorer.advance(FRAMES))

    @rule()
    def escape(self):
        self.take(self.scorer.cancel())
        self.walker.open.clear()

    @invariant()
    def the_labels_are_those_of_the_walker(self):
        assert self.track == self.walker.track

    @invariant()
    def the_previews_are_the_frames_that_were_walked(self):
        walked = {g: (label, p[0], p[-1] + 1) for g, (label, p) in self.walker.open.items()}
        assert self.previews == walked
        assert {g.group: (g.label, g.start, g.stop) for g in self.scorer.previews} == walked


TestScoring = Scoring.TestCase
TestScoring.settings = settings(max_examples=80, stateful_step_count=30, deadline=None)


def typed(script: list[tuple[int, int]], speeds: list[int]) -> LabelTrack:
    """Return what a script of (frames to go on, label to press) gives when frames are shown in such steps."""
    scorer, track, frame = Scorer(1000), LabelTrack.blank(1000), 0
    outcomes = []
    for number, (pause, label) in enumerate(script):
        end = min(frame + pause, 999)
        while frame < end:
            frame = min(frame + speeds[number % len(speeds)], end)
            outcomes += scorer.advance(frame)
        outcomes += scorer.press(label, 0, frame, 0)
    outcomes += scorer.advance(1000)
    for outcome in outcomes:
        if isinstance(outcome, Closed):
            Edit.paint(track, outcome.start, outcome.stop, outcome.label).apply(track)
    return track


scripts = st.lists(st.tuples(st.integers(0, 120), st.integers(1, 3)), max_size=12)


@given(scripts, st.lists(st.integers(1, 50), min_size=1, max_size=4))
def test_no_frame_is_lost_at_any_speed(script, speeds):
    assert typed(script, speeds) == typed(script, [1])


@given(st.lists(st.tuples(st.integers(1, 60), st.integers(1, 9)), min_size=1, max_size=12))
def test_switching_leaves_contiguous_bouts(script):
    changing = [pair for i, pair in enumerate(script) if i == 0 or pair[1] != script[i - 1][1]]
    runs = runs_of(typed(changing, [1]).codes[:, 0])
    assert [label for _, label in runs] == [UNLABELED, *[label for _, label in changing]]


@given(frames, frames, frames)
def test_back_and_forth_equals_standing_still(anchor, back, to):
    wandering, direct = Scorer(FRAMES), Scorer(FRAMES)
    for scorer in (wandering, direct):
        scorer.press(1, 0, anchor, 0)
    wandering.advance(back)
    for scorer in (wandering, direct):
        scorer.advance(to)
    assert wandering.previews == direct.previews
    assert wandering.press(1, 0, to, 0) == direct.press(1, 0, to, 0)
