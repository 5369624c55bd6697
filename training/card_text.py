"""The model card for people: Markdown beside ``model.json``."""

from __future__ import annotations

from typing import Any

from .cards import Metric, ModelCard

_UNKNOWN = "unknown: figures may come from animals that the backbone has seen (split unknown)"


def card_text(card: ModelCard) -> str:
    """Return the card as Markdown."""
    parts = [f"# Model {card.name}", "", _opening(card), ""]
    parts += ["## What it tells apart", ""]
    for group in card.groups:
        parts.append(f"- {group.name}: {', '.join(name for _, name in group.behaviors)}")
    parts += ["", "## Where it comes from", ""]
    backbone = card.backbone
    parts += [
        f"- learned from {', '.join(card.subjects) or 'no subject of a project'}",
        f"- data {card.data[:12] or 'unknown'}{_facts(card.data_summary)}",
        f"- features: {backbone.name}, {backbone.dimension} a step"
        + (f", weights {backbone.weights_sha256[:12]}" if backbone.weights_sha256 else ", no learned weights")
        + (f", license {backbone.license}" if backbone.license else ""),
        f"- animals that the backbone learned from: {_seen(backbone.subjects)}",
        f"- network: {_plain(card.architecture)}",
        f"- seed {card.seed}, {card.device}, {card.threads} threads, {card.created}",
        f"- versions: {_plain(card.versions)}",
        f"- parent: {card.parent or 'none, trained from scratch'}",
    ]
    parts += ["", "## How well it does", "", f"Split: {card.split or 'none'} ({card.split_hash[:12]})", ""]
    if card.smoothing:
        parts += [
            "Calibration and smoothing were fitted on the same held-out labels that are scored here.",
            "",
        ]
    if card.metrics:
        parts += ["| figure | group | value | 95 % interval | split |", "|---|---|---|---|---|"]
        parts += [_row(metric) for metric in card.metrics]
    else:
        parts.append("Nothing was measured.")
    return "\n".join(parts) + "\n"


def _opening(card: ModelCard) -> str:
    pace = f"{card.rate:g} steps a second" if card.rate else f"one step every {card.stride} frames"
    return f"Id `{card.id}`, {card.tier} tier, {pace}."


def _row(metric: Metric) -> str:
    value = f"not defined: {metric.why}" if metric.value is None else f"{metric.value:.3f} {metric.unit}"
    interval = "" if metric.low is None or metric.high is None else f"{metric.low:.3f} to {metric.high:.3f}"
    return f"| {metric.name} | {metric.group} | {value} | {interval} | {metric.split} |"


def _facts(summary: dict[str, Any]) -> str:
    return f" ({_plain(summary)})" if summary else ""


def _plain(data: dict[str, Any]) -> str:
    return ", ".join(f"{key} {value}" for key, value in data.items() if not isinstance(value, (dict, list)))


def _seen(subjects: tuple[str, ...] | None) -> str:
    return _UNKNOWN if subjects is None else ", ".join(subjects) or "none of a project"
