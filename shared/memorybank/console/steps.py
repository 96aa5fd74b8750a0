"""The steps of an operation: what each was billed, and how the time was spent."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from memorybank.console.operation import seconds_of, tokens_of_step

_ORDER = ("extract", "embed", "match", "decide", "review")
REST = "waiting and storing"
"""The step that stands for all time that no other one took."""


@dataclass(frozen=True)
class Step:
    """One step. `calls` is None if no model was billed.

    `tokens_share` is in percent of the step with most tokens, `begins` and `seconds_share` are in percent of all time.
    """

    name: str
    calls: int | None
    tokens_in: int
    tokens_out: int
    tokens_share: float
    seconds: float | None
    begins: float
    seconds_share: float
    made_by: str


def steps_of(operation: Mapping[str, Any]) -> list[Step]:
    """Return the steps of an operation in their order, each bar of time beginning where the one before it ends."""
    metadata = operation["metadata"]
    usage: Mapping[str, Mapping[str, Any]] = metadata.get("usage", {})
    seconds = {name: float(told.removesuffix("s")) for name, told in metadata.get("stepDurations", {}).items()}
    total = max(seconds_of(operation), sum(seconds.values()))
    if seconds and operation.get("done"):
        seconds[REST] = round(total - sum(seconds.values()), 3)
    most = max(map(tokens_of_step, usage.values()), default=0)
    found, begins = [], 0.0
    for name in sorted(dict.fromkeys([*usage, *seconds]), key=_place):
        billed, share = usage.get(name, {}), _share(seconds.get(name, 0.0), total)
        found.append(
            Step(
                name=name,
                calls=billed.get("calls"),
                tokens_in=billed.get("inputTokens", 0),
                tokens_out=billed.get("outputTokens", 0),
                tokens_share=_share(tokens_of_step(billed), most),
                seconds=seconds.get(name),
                begins=round(begins, 1),
                seconds_share=share,
                made_by=" ".join(filter(None, (billed.get("model"), billed.get("prompt")))),
            )
        )
        begins += share
    return found


def _place(name: str) -> int:
    """Return where a step stands; a step of a later version stands before the rest."""
    return _ORDER.index(name) if name in _ORDER else len(_ORDER) + (name == REST)


def _share(value: float, whole: float) -> float:
    return round(100 * value / whole, 1) if whole else 0.0
