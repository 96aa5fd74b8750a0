"""Refusals by guards, as values: the kind, a fixed reason and the event, never the refused text itself."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import NamedTuple, Protocol

from memorybank.ports.models import Decision, ExtractedFact, ExtractionRequest


@dataclass(frozen=True)
class Refusal:
    """One fact or decision that was refused.

    `kind` is a short name in capitals ("SECRET"). `reason` is a fixed sentence that says what was wrong. `event` is the
    index of the event that the fact names, among those shown to the model; None if it names none.
    """

    kind: str
    reason: str
    event: int | None = None


@dataclass(frozen=True)
class LeftOut:
    """The number of facts or decisions refused for the same reason at the same event."""

    kind: str
    reason: str
    event: int | None
    count: int


class Judged(NamedTuple):
    """The facts that pass a guard, perhaps with parts removed, and those that it refuses."""

    kept: list[ExtractedFact]
    refused: list[Refusal]


class FactGuard(Protocol):
    """A guard for the facts that a model extracted from a conversation."""

    def __call__(self, request: ExtractionRequest, facts: Sequence[ExtractedFact], /) -> Judged:
        """Return the facts that pass, in order, and one refusal for every other one."""
        ...


class DecisionGuard(Protocol):
    """A guard for a model's decision about a known fact, `candidate`, because of a new one."""

    def __call__(self, fact: ExtractedFact, candidate: str, decision: Decision, /) -> Refusal | None:
        """Return why the decision must not be carried out, None if this guard does not object."""
        ...


def tally(refused: Iterable[Refusal]) -> tuple[LeftOut, ...]:
    """Count equal refusals, in the order in which they first occurred."""
    counts = Counter(refused)
    return tuple(LeftOut(each.kind, each.reason, each.event, count) for each, count in counts.items())


def counts_by_kind(left_out: Iterable[LeftOut]) -> dict[str, int]:
    """Return the number of refusals of each kind, in the form used in logs."""
    counts: Counter[str] = Counter()
    for each in left_out:
        counts[each.kind] += each.count
    return dict(counts)
