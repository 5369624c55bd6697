"""An evaluation, as its command answers, in the words of a table."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any


def columns_of(answer: Mapping[str, Any]) -> list[str]:
    """Return the titles: the figure, its value and interval, and one for every trivial guess."""
    return ["Figure", "Value", "95 %", *answer["baselines"]]


def rows_of(answer: Mapping[str, Any]) -> list[list[str]]:
    """Return a row for every figure of every group of behaviors."""
    several = len(answer["groups"]) > 1
    rows = []
    for number, group in enumerate(answer["groups"]):
        guesses = [
            {metric["name"]: metric for metric in groups[number]["metrics"]}
            for groups in answer["baselines"].values()
        ]
        for metric in group["metrics"]:
            name = f"{group['group']}: {metric['name']}" if several else metric["name"]
            others = [_value(guess[metric["name"]]) if metric["name"] in guess else "" for guess in guesses]
            rows.append([name, _value(metric), _interval(metric), *others])
    return rows


def remarks_of(answer: Mapping[str, Any]) -> list[str]:
    """Return what must be known beside the figures: people, warnings, what the protocol says."""
    found = [answer["sentence"]]
    for each in answer["human_agreement"]:
        kind = "blind" if each["blind"] else "separate, not all blind"
        figures = ", ".join(f"{name} {_value(figure)}" for name, figure in each["figures"].items())
        found.append(f"Two people on {each['clips']} of these clips ({kind}): {figures}.")
    if answer["human_agreement_missing"]:
        found.append(f"No human ceiling: {answer['human_agreement_missing']}")
    found += answer["warnings"]
    found.append(
        f"Labels {answer['data'][:12]}, division {answer['split_hash'][:12]}, seed {answer['seed']}."
    )
    return found


def _value(metric: Mapping[str, Any]) -> str:
    if metric["value"] is None:
        return f"not defined because {metric['why']}" if metric.get("why") else "not defined"
    return f"{metric['value']:.3f}"


def _interval(metric: Mapping[str, Any]) -> str:
    if metric.get("low") is None or metric.get("high") is None:
        return ""
    return f"{metric['low']:.3f} to {metric['high']:.3f}"
