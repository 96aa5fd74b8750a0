"""A second opinion: unlikely changes are asked about once more, in other words, if the deployment wants that."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from memorybank.bank.guards.doubt import is_doubtful
from memorybank.bank.ports import Ports
from memorybank.errors import InvalidArgument
from memorybank.models.usage import OverBudget, UnreadableAnswer, timed
from memorybank.ports.models import Decision, ExtractedFact, ProposedChange, Reviewer, ReviewRequest

_log = logging.getLogger(__name__)


class Proposal(NamedTuple):
    """A decision that the guards allow, with the fact and the memory that it is about."""

    fact: ExtractedFact
    known: str
    decision: Decision

    @property
    def change(self) -> ProposedChange:
        """What the model is asked about."""
        return ProposedChange(self.fact.fact, self.fact.intent, self.known, self.decision.text)


@dataclass
class SecondOpinion:
    """Asks the model again about doubtful changes, at most once about each, so that a conflict costs no second call."""

    ports: Ports
    model: str | None
    _verdicts: dict[ProposedChange, bool] = field(default_factory=dict)

    def refused(self, proposals: Sequence[Proposal]) -> set[ProposedChange]:
        """Return the changes that the model does not stand by."""
        reviewer = self.ports.model
        if not self.ports.rules.second_opinion or not isinstance(reviewer, Reviewer):
            return set()
        doubtful = [each.change for each in proposals if is_doubtful(each.fact, each.known, each.decision)]
        asked = tuple(change for change in dict.fromkeys(doubtful) if change not in self._verdicts)
        if asked:
            with timed("review", self.ports.clock.now):
                verdicts = _review(reviewer, ReviewRequest(asked, self.model))
            self._verdicts.update(zip(asked, verdicts, strict=True))
        return {change for change in doubtful if not self._verdicts[change]}


def _review(reviewer: Reviewer, request: ReviewRequest) -> list[bool]:
    """Return which changes are right: none if there is no answer, for the facts are kept without it, too."""
    try:
        return reviewer.review(request)
    except (InvalidArgument, OverBudget, UnreadableAnswer) as error:
        _log.warning("there is no second opinion: doubtful changes are not made", extra={"error": type(error).__name__})
        return [False] * len(request.changes)
