"""An evaluation, as its command answers, in the words of a table."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

#: Titles of the table of published figures.
PUBLISHED_COLUMNS = ("Method", "Protocol", "Frame", "Macro", "Source")


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


def published_rows(answer: Mapping[str, Any]) -> list[list[str]]:
    """Return a row for this evaluation and one for every published figure; none without published ones."""
    if not answer.get("published"):
        return []
    own = {metric["name"]: metric for metric in answer["groups"][0]["metrics"]}
    frame, macro = (_share(own[name]["value"]) for name in ("frame accuracy", "macro accuracy"))
    return [
        [answer["learner"], answer["split"], frame, macro, "this evaluation"],
        *(
            [each["method"], each["protocol"], _share(each["frame"]), _share(each["macro"]), each["source"]]
            for each in answer["published"]
        ),
    ]


def remarks_of(answer: Mapping[str, Any]) -> list[str]:
    """Return what must be known beside the figures: people, warnings, what the protocol says."""
    found = [answer["sentence"]]
    for each in answer["human_agreement"]:
        kind = "blind" if each["blind"] else "separate, not all blind"
        figures = ", ".join(f"{name} {_value(figure)}" for name, figure in each["figures"].items())
        found.append(f"Two people on {each['clips']} of these clips ({kind}): {figures}.")
    if answer["human_agreement_missing"]:
        found.append(f"No human ceiling: {answer['human_agreement_missing']}")
    for reading in answer.get("final_readings", ()):
        who = reading["by"] or "nobody named"
        found.append(f"The test set was read on {reading['at'][:16]} by {who}: {reading['model']}.")
    found += answer["warnings"]
    found.append(
        f"Labels {answer['data'][:12]}, division {answer['split_hash'][:12]}, seed {answer['seed']}."
    )
    return found


def _value(metric: Mapping[str, Any]) -> str:
    if metric["value"] is None:
        return f"not defined because {metric['why']}" if metric.get("why") else "not defined"
    return f"{metric['value']:.3f}"


def _share(value: float | None) -> str:
    return "" if value is None else f"{100 * value:.1f} %"


def _interval(metric: Mapping[str, Any]) -> str:
    if metric.get("low") is None or metric.get("high") is None:
        return ""
    return f"{metric['low']:.3f} to {metric['high']:.3f}"
