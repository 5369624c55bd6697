"""Whether a pass is shown proposals, and of which model: decided once, when it is opened."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import TYPE_CHECKING

from ..annotation.errors import LearnError
from ..annotation.project.model_events import ModelAct
from ..annotation.project.proposals import AUDIT
from ..annotation.project.records import Kind, PassRecord, State
from .cards import ModelCard
from .models import find_model, read_card
from .witnesses import latest_witnesses

if TYPE_CHECKING:
    from ..annotation.project import Project

#: Settings of a project: least estimated accuracy, share of clips that go without proposals, and confidence
#: from which a proposal is sure.
GATE_KEY, SHARE_KEY, SURE_KEY = "proposals.least_accuracy", "proposals.audit_share", "proposals.sure_from"
LEAST_ACCURACY, AUDIT_SHARE, SURE_FROM = 0.75, 0.1, 0.9
#: Seconds of labels without proposals from which they tell more than the figures of the training.
LEAST_SECONDS = 60.0
#: So many tell enough: the latest count, and a clip opens without a look at everything that was ever scored.
ENOUGH_SECONDS = 1800.0


@dataclass(frozen=True, slots=True)
class Accuracy:
    """How often the model is expected to be right.

    Attributes
    ----------
    value
        Share of frames, 0 to 1; None where nobody knows.
    how
        What it was measured on, as the end of a sentence.
    """

    value: float | None
    how: str


@dataclass(frozen=True, slots=True)
class Offer:
    """What is shown with a pass.

    Attributes
    ----------
    shown
        The pass of the model whose proposals are shown, or None.
    why
        Why none is shown; empty where one is.
    newer
        What the current model says, where an older one is shown, or none; taken only on request.
    """

    shown: PassRecord | None
    why: str = ""
    newer: PassRecord | None = None


def offer_for(project: Project, pass_id: str, acting: str) -> Offer:
    """Return what is shown with a pass that is opened, and keep to it as long as the pass is open.

    Parameters
    ----------
    project
        The project; may be open for reading only, then nothing new is decided.
    pass_id, acting
        The pass and its annotator.
    """
    pinned = project.pinned_proposals(pass_id, acting)
    if pinned is not None and not project.why_no_proposals(pass_id, acting):
        shown = project.proposal_of(pass_id, acting)
        why = "" if shown is not None else _sentence(pinned.why)
        return Offer(shown, why, newer_for(project, pass_id, acting))
    latest, why = _said_of(project, pass_id, acting)
    if latest is None:
        return Offer(None, why)
    if drawn_for_audit(project, latest.clip):
        project.pin_proposals(pass_id, "", acting, why=AUDIT)
        return Offer(None, _sentence(AUDIT))
    too_weak = why_not_yet(project, latest, acting)
    if too_weak:
        return Offer(None, too_weak)
    project.pin_proposals(pass_id, latest.id, acting)
    return Offer(latest)


def newer_for(project: Project, pass_id: str, acting: str) -> PassRecord | None:
    """Return what a pass that is open may be shown on request, in place of what it is shown; or None.

    What was drawn at random to go without is never offered any.

    Parameters
    ----------
    project
        The project.
    pass_id, acting
        The pass and its annotator.
    """
    latest, _ = _said_of(project, pass_id, acting)
    pinned = project.pinned_proposals(pass_id, acting)
    if latest is None or (pinned is None and drawn_for_audit(project, latest.clip)):
        return None
    if pinned is not None and (pinned.why or pinned.model_pass == latest.id):
        return None
    return None if why_not_yet(project, latest, acting) else latest


def _said_of(project: Project, pass_id: str, acting: str) -> tuple[PassRecord | None, str]:
    """Return what the current model says of a pass that may be shown proposals, or why there is nothing."""
    refusal = project.why_no_proposals(pass_id, acting)
    if refusal:
        return None, refusal
    record = project.get_pass(pass_id)
    latest = current_proposals(project, record.clip, acting)
    if latest is None:
        nobody = project.current_model() is None  # then there is nothing to miss, and nothing to say
        return None, "" if nobody else "The current model has not looked at this clip yet."
    if project.read_only or record.state is not State.OPEN:
        return None, "Proposals are for passes that are open."
    return latest, ""


def why_not_yet(project: Project, model_pass: PassRecord, acting: str) -> str:
    """Return in a sentence why a model is not good enough to be shown unasked; empty where it is.

    Parameters
    ----------
    project
        The project.
    model_pass
        A pass of the model.
    acting
        Who would see it.
    """
    accuracy, least = expected_accuracy(project, model_pass.source, acting), least_accuracy(project)
    if accuracy.value is not None and accuracy.value >= least:
        return ""
    told = "is not known" if accuracy.value is None else f"is {accuracy.value:.0%} {accuracy.how}"
    return f"The accuracy of '{model_pass.annotator}' {told}; proposals are shown from {least:.0%} on."


def current_proposals(project: Project, clip: str, acting: str) -> PassRecord | None:
    """Return the pass of the current model over a clip, where it has looked at it and may be seen."""
    current = project.current_model()
    if current is None:
        return None
    made = [
        record
        for record in project.passes(clip=clip, acting=acting)
        if record.kind is Kind.MODEL and record.source == current.model
    ]
    return made[-1] if made and project.door.allowed(made[-1].id, acting) else None


def least_accuracy(project: Project) -> float:
    """Return from which expected accuracy on proposals are shown, 0 to 1."""
    return float(project.settings.get(GATE_KEY, LEAST_ACCURACY))


def audit_share(project: Project) -> float:
    """Return the share of clips that go without proposals, 0 to 1."""
    return float(project.settings.get(SHARE_KEY, AUDIT_SHARE))


def sure_from(project: Project) -> float:
    """Return the confidence from which a proposal is sure, 0 to 1: what is less sure is looked at first."""
    return float(project.settings.get(SURE_KEY, SURE_FROM))


def set_rules(
    project: Project, accuracy: float | None = None, share: float | None = None, sure: float | None = None
) -> None:
    """Change when proposals are shown, which share of clips goes without, and which proposals are sure.

    Passes that were opened before keep what was decided for them.

    Parameters
    ----------
    project
        The project.
    accuracy, share, sure
        See `least_accuracy`, `audit_share`, `sure_from`; 0 to 1. What is None stays as it is.

    Raises
    ------
    LearnError
        When a number does not lie between 0 and 1, or the project is open for reading only.
    """
    if project.read_only:
        raise LearnError("The project is open for reading only; its settings stay as they are.")
    for key, value in ((GATE_KEY, accuracy), (SHARE_KEY, share), (SURE_KEY, sure)):
        if value is None:
            continue
        if not 0 <= value <= 1:
            raise LearnError(f"{value:g} is no share: give a number between 0 and 1.")
        project.settings.set(key, value)


def drawn_for_audit(project: Project, clip: str) -> bool:
    """Return whether a clip is one of the random share that is scored without proposals; always the same."""
    share = audit_share(project)
    drawn = int.from_bytes(hashlib.blake2b(f"{project.id} {clip}".encode(), digest_size=4).digest())
    return drawn / 2**32 < share


def expected_accuracy(project: Project, model: str, acting: str) -> Accuracy:
    """Return how often a model is expected to be right on a clip that it has not seen.

    Measured on what people scored last, after the model was trained and with no proposals. While that is
    less than a minute, it is what the model said of animals that it had not seen, or what was measured like
    that of the model that it replaced because it is not worse, whichever is more.

    Parameters
    ----------
    project
        The project.
    model
        Id of the model.
    acting
        Who asks: what is closed to them is left out.
    """
    card = _card_of(project, model)
    if card is None:
        return Accuracy(None, "")
    own = _on_unaided(project, card, acting)
    if own is not None:
        return own
    held_out = next((m for m in card.metrics if m.name == "frame accuracy" and m.value is not None), None)
    known = _replaced_accuracy(project, model, acting)
    if held_out is not None:
        known.append(Accuracy(held_out.value, f"on its training labels ({held_out.split})"))
    return max(known, key=lambda each: each.value or 0.0, default=Accuracy(None, ""))


def _on_unaided(project: Project, card: ModelCard, acting: str) -> Accuracy | None:
    """Return how often a model was right where people saw no proposals; None where that tells too little."""
    found = latest_witnesses(project, card, acting, ENOUGH_SECONDS)
    if found.seconds < LEAST_SECONDS:
        return None
    return Accuracy(
        found.right / found.frames, f"on {found.seconds:.0f} s that were scored without proposals"
    )


def _replaced_accuracy(project: Project, model: str, acting: str) -> list[Accuracy]:
    """Return what is known like that of the last model before this one that it is not worse than."""
    replaced = {
        event.model: event.parent for event in project.model_events() if event.act is ModelAct.CURRENT
    }
    seen = {model}
    while (model := replaced.get(model, "")) and model not in seen:
        seen.add(model)
        card = _card_of(project, model)
        found = _on_unaided(project, card, acting) if card is not None else None
        if card is not None and found is not None:
            return [Accuracy(found.value, f"or more, as '{card.name}' before it {found.how}")]
    return []


def _card_of(project: Project, model: str) -> ModelCard | None:
    """Return the card of a model; None where its folder is gone, or holds another one by now."""
    try:
        card = read_card(find_model(model.partition("@")[0], project))
    except LearnError:
        return None
    return card if card.id == model else None


def _sentence(why: str) -> str:
    return f"This clip was {why}." if why else "Proposals for this clip were switched off."
