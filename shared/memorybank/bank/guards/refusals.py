"""What a guard refuses and why, as a value: the kind, a fixed reason and the event, never the words themselves."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import NamedTuple, Protocol

from memorybank.ports.models import Decision, ExtractedFact, ExtractionRequest


@dataclass(frozen=True)
class Refusal:
    """One fact or decision that was refused.

    `kind` is a short name in capitals ("SECRET"). `reason` says in a fixed sentence what was wrong. `event` is the
    index of the event that the fact names, among those that the model was shown; None where it names none.
    """

    kind: str
    reason: str
    event: int | None = None


@dataclass(frozen=True)
class LeftOut:
    """How many facts or decisions were refused for the same reason at the same event."""

    kind: str
    reason: str
    event: int | None
    count: int


class Judged(NamedTuple):
    """The facts that pass a guard, perhaps with parts removed, and those that it refuses."""

    kept: list[ExtractedFact]
    refused: list[Refusal]


class FactGuard(Protocol):
    """Judges what a model extracted from a conversation."""

    def __call__(self, request: ExtractionRequest, facts: Sequence[ExtractedFact], /) -> Judged:
        """Return the facts that pass, in order, and one refusal for every other one."""
        ...


class DecisionGuard(Protocol):
    """Judges what a model decided to do to a known fact, `candidate`, because of a new one."""

    def __call__(self, fact: ExtractedFact, candidate: str, decision: Decision, /) -> Refusal | None:
        """Return why the decision must not be carried out; None where this guard has nothing against it."""
        ...


def tally(refused: Iterable[Refusal]) -> tuple[LeftOut, ...]:
    """Count refusals that are alike, in the order in which they first occurred."""
    counts = Counter(refused)
    return tuple(LeftOut(each.kind, each.reason, each.event, count) for each, count in counts.items())


def counts_by_kind(left_out: Iterable[LeftOut]) -> dict[str, int]:
    """Return how many were refused of each kind, as logs show it."""
    counts: Counter[str] = Counter()
    for each in left_out:
        counts[each.kind] += each.count
    return dict(counts)
