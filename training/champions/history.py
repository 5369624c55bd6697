"""The models of a project: which is the current one, what became of the others, and why."""

from __future__ import annotations

from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ...annotation.errors import LearnError, ProjectError
from ...annotation.project.model_events import ModelAct, ModelEvent
from ..cards import ModelCard
from ..fitting import Cancelled
from ..models import find_model, list_models, model_folder, models_folder, read_card
from .holdout import holdout_snapshot, note_reading
from .judging import Verdict, judge
from .paired import Figure

if TYPE_CHECKING:
    from ...annotation.project import Project

CURRENT, BEFORE, ASIDE, UNJUDGED = "current", "was current", "kept aside", "not judged"


@dataclass(frozen=True)
class ModelRow:
    """One model in the history.

    Attributes
    ----------
    id, name
        The model.
    fate
        ``current``, ``was current``, ``kept aside`` or ``not judged``.
    at
        When it was trained, or got into the history (UTC).
    parent
        Id of the model that was the current one when it was judged last; empty for none.
    data
        Hash of the labels that it learned from.
    clips, minutes
        How much that was; None where nobody knows.
    macro_f1, split
        Its figure from cross-validation or a test of its own, and the division that it comes from.
    verdict
        What was decided about it last; None where it was not judged.
    present
        Whether its folder is there, so that it can be used.
    events
        What became of it, oldest first.
    """

    id: str
    name: str
    fate: str
    at: str
    parent: str = ""
    data: str = ""
    clips: int | None = None
    minutes: float | None = None
    macro_f1: Figure = field(default_factory=lambda: Figure(None, why="its folder is gone"))
    split: str = ""
    verdict: Verdict | None = None
    present: bool = True
    events: tuple[ModelEvent, ...] = ()

    @property
    def parent_name(self) -> str:
        """Name of the model that it was compared with; empty where it was with none, or was not judged."""
        return _name(self.parent)

    @property
    def sentence(self) -> str:
        """Why it is what it is."""
        last = self.events[-1] if self.events else None
        if last is not None and last.act is ModelAct.ROLLED_BACK:
            who = f" by {last.author}" if last.author else ""
            return f"Made the current model by hand{who}, in place of {_name(last.parent) or 'none'}."
        if self.verdict is not None:
            return self.verdict.sentence
        return "It was not compared with the current model yet."

    def to_dict(self) -> dict[str, Any]:
        """Return plain data for JSON."""
        plain = asdict(replace(self, verdict=None, events=()))
        plain["verdict"] = None if self.verdict is None else self.verdict.to_dict()
        plain["events"] = [{"act": e.act.value, "at": e.at, "by": e.author} for e in self.events]
        return plain | {"sentence": self.sentence}


def history(project: Project) -> list[ModelRow]:
    """Return every model of a project, newest first: those in its history, and those that nobody judged."""
    events: dict[str, list[ModelEvent]] = {}
    for event in project.model_events():
        events.setdefault(event.model, []).append(event)
    cards = {card.id: card for card in list_models(project)}
    current = project.current_model()
    rows = [
        _row(model, cards.get(model), tuple(events.get(model, ())), current)
        for model in dict.fromkeys([*events, *cards])
    ]
    return sorted(rows, key=lambda row: row.at, reverse=True)


def settle(project: Project, name: str, verdict: Verdict, acting: str | None = None) -> ModelEvent:
    """Note what was decided about a model that lies in ``models/NAME``; a second call changes nothing.

    Parameters
    ----------
    project
        The project.
    name
        Name of the model's folder.
    verdict
        What `judge` returned about it.
    acting
        Who had it trained.

    Returns
    -------
    ModelEvent
        The line that says whether it is the current model or kept aside.

    Raises
    ------
    LearnError
        When the folder is not the model that was judged.
    """
    folder = model_folder(project, name)
    card = read_card(folder)
    if card.id != verdict.challenger:
        raise LearnError(f"The model in {folder} is {card.id}, not {verdict.challenger}, which was judged.")
    before = project.current_model()
    parent, author = before.model if before is not None else "", acting or ""
    _note_trained(project, name, card, author)
    act = ModelAct.CURRENT if verdict.replaces else ModelAct.ASIDE
    done = [e for e in project.model_events() if e.model == card.id and e.verdict == verdict.to_dict()]
    if done:
        return done[-1]
    if verdict.read_holdout:
        figures = {
            model: None if figure is None else figure.value
            for model, figure in (
                (verdict.challenger, verdict.challenger_f1), (verdict.champion, verdict.champion_f1)
            )
            if model
        }  # fmt: skip
        note_reading(project, acting, list(figures), verdict.data, "champion and challenger", figures)
    return project.note_model(
        card.id, name, act, parent=parent, data=card.data, verdict=verdict.to_dict(), author=author
    )


def judge_in_project(
    project: Project,
    name: str,
    acting: str | None = None,
    *,
    seed: int = 0,
    cancelled: Cancelled | None = None,
) -> Verdict:
    """Compare a model of the project with the current one, and let it take its place if it is not worse.

    Raises
    ------
    LearnError
        When there is no such model, it is the current one, or it has learned from holdout animals.
    """
    folder = model_folder(project, name)
    if not folder.is_dir():
        find_model(name, project)
    if project.read_only:
        raise ProjectError("The project is open for reading only; nothing can be decided about its models.")
    verdict = judge(
        folder, champion_folder(project), holdout_snapshot(project, acting), project.cache_folder,
        seed=seed, cancelled=cancelled,
    )  # fmt: skip
    settle(project, name, verdict, acting)
    return verdict


def champion_folder(project: Project) -> Path | None:
    """Return the folder of the current model; None while there is no current model.

    Where that folder is gone, or holds another model by now, the returned one does not exist.
    """
    current = project.current_model()
    if current is None:
        return None
    folder = models_folder(project) / current.name
    try:
        known = read_card(folder).id == current.model
    except LearnError:
        known = False
    return folder if known else models_folder(project) / current.model


def roll_back(project: Project, name: str, acting: str | None = None) -> ModelEvent:
    """Make a model the current one by hand: one from before, or one that was kept aside.

    Raises
    ------
    LearnError
        When there is no such model, or it is the current one already.
    ProjectError
        When the project is open for reading only.
    """
    folder = model_folder(project, name)
    if not folder.is_dir():
        known = [row.name for row in history(project) if row.present]
        raise LearnError(
            f"The folder of the model '{name}' is not there; the project has {', '.join(known) or 'none'}."
        )
    card, current = read_card(folder), project.current_model()
    if current is not None and current.model == card.id:
        raise LearnError(f"'{name}' is the current model already.")
    author = acting or ""
    _note_trained(project, name, card, author)
    parent = current.model if current is not None else ""
    return project.note_model(
        card.id, name, ModelAct.ROLLED_BACK, parent=parent, data=card.data, author=author
    )


def _note_trained(project: Project, name: str, card: ModelCard, author: str) -> None:
    facts = {
        "created": card.created,
        "split": card.split,
        "macro_f1": asdict(figure_of(card)),
        "clips": card.data_summary.get("clips"),
        "minutes": card.data_summary.get("labeled minutes"),
    }
    project.note_model(
        card.id, name, ModelAct.TRAINED, parent=card.parent or "", data=card.data, verdict=facts,
        author=author, once=True,
    )  # fmt: skip


def figure_of(card: ModelCard) -> Figure:
    """Return the macro F1 of a model from its own test; of several groups the mean, without interval."""
    found = [metric for metric in card.metrics if metric.name == "macro F1"]
    values = [metric.value for metric in found if metric.value is not None]
    if not values:
        return Figure(None, why=found[0].why if found else "it was not measured")
    if len(found) == 1:
        return Figure(found[0].value, found[0].low, found[0].high)
    return Figure(sum(values) / len(values), why="it is the mean over several groups of behaviors")


def _row(
    model: str, card: ModelCard | None, events: tuple[ModelEvent, ...], current: ModelEvent | None
) -> ModelRow:
    facts: dict[str, Any] = {}
    verdict = None
    for event in events:
        if event.act is ModelAct.TRAINED:
            facts = event.verdict
        elif event.verdict:
            verdict = Verdict.from_dict(event.verdict)
    judged = [event for event in events if event.act is not ModelAct.TRAINED]
    if current is not None and current.model == model:
        fate = CURRENT
    elif any(event.act.makes_current for event in judged):
        fate = BEFORE
    else:
        fate = ASIDE if judged else UNJUDGED
    compared = [event.parent for event in judged if event.act is not ModelAct.ROLLED_BACK]
    kept = Figure(**facts["macro_f1"]) if facts.get("macro_f1") else Figure(None, why="its folder is gone")
    return ModelRow(
        id=model,
        name=card.name if card is not None else events[0].name,
        fate=fate,
        at=card.created if card is not None else facts.get("created") or events[0].at,
        parent=compared[-1] if compared else "",
        data=card.data if card is not None else events[0].data,
        clips=(card.data_summary if card is not None else facts).get("clips"),
        minutes=card.data_summary.get("labeled minutes") if card is not None else facts.get("minutes"),
        macro_f1=figure_of(card) if card is not None else kept,
        split=card.split if card is not None else facts.get("split", ""),
        verdict=verdict,
        present=card is not None,
        events=events,
    )


def _name(model: str) -> str:
    return model.partition("@")[0]
