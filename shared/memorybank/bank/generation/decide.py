"""The fourth step of a generation: one model call decides on all new facts, and code checks its decisions."""

from __future__ import annotations

import logging
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime

from memorybank.bank.generation.match import CANDIDATES, Matcher, Pending
from memorybank.bank.generation.second_opinion import Proposal, SecondOpinion
from memorybank.bank.guards.judge import judge_decision
from memorybank.bank.guards.refusals import LeftOut, Refusal, counts_by_kind, tally
from memorybank.bank.memories.records import MemoryRecord, fact_hash
from memorybank.models import usage
from memorybank.ports.documents import Order, Query
from memorybank.ports.models import Action, Candidate, Decision, DecisionRequest, Intent, NewFact, Relation
from memorybank.statements.safety import adds_only, update_is_safe

_log = logging.getLogger(__name__)

_NOT_AGAIN = "Asked once more, the model does not stand by the decision."


@dataclass(frozen=True)
class Choice:
    """A change to the memory at `path` because of a new fact, decided when the memory's text was `shown`.

    With `earlier`, the fact was said before the memory and is only recorded in its history. `relation` is how the fact
    relates to the memory, and `reason` why, as the model said.
    """

    path: str
    action: Action
    shown: str
    text: str | None = None
    earlier: bool = False
    relation: Relation | None = None
    reason: str = ""


@dataclass(frozen=True)
class Decided:
    """The choices for new facts, by the fact's path, and the refused decisions; a fact without a choice is new."""

    choices: dict[str, tuple[Choice, ...]]
    left_out: dict[str, tuple[LeftOut, ...]] = field(default_factory=dict)


@dataclass(frozen=True)
class _Shown:
    path: str
    fact: str
    said: datetime | None = None


@dataclass
class Decider:
    """Asks the model for decisions. Answers are cached, so asking the same again costs nothing."""

    matcher: Matcher
    _answers: dict[DecisionRequest, tuple[list[Decision], str]] = field(default_factory=dict)
    _makers: dict[str, str] = field(default_factory=dict)
    _opinion: SecondOpinion = field(init=False)

    def __post_init__(self) -> None:
        """Ask for second opinions what is asked for decisions."""
        config = self.matcher.config.generation_config
        self._opinion = SecondOpinion(self.matcher.ports, config.model if config else None)

    def produced_by(self, new: Pending) -> str | None:
        """Return the prompt and the model of the last decision on a new fact, None if no model was asked."""
        return self._makers.get(new.path)

    def decide(
        self,
        pending: Sequence[Pending],
        *,
        known: dict[str, MemoryRecord | None],
        changed: Sequence[MemoryRecord],
    ) -> Decided:
        """Return the choices for each new fact, and the model's decisions that were refused.

        `known` holds the current state of memories, None for deleted ones; memories found here are added to it.
        `changed` holds the memories changed in this attempt, whose new state the store's search does not see yet.
        """
        near = {
            new.path: self._candidates(new, pending[:i], known=known, changed=changed) for i, new in enumerate(pending)
        }
        numbers: dict[_Shown, int] = {}
        for shown in (one for found in near.values() for one in found):
            numbers.setdefault(shown, len(numbers))
        choices: dict[str, tuple[Choice, ...]] = {new.path: () for new in pending}
        asked = [new for new in pending if near[new.path]]
        if not asked:
            return Decided(choices)
        decisions, produced_by = self._ask(asked, near, numbers)
        refused: dict[str, list[Refusal]] = {}
        self._makers |= dict.fromkeys((new.path for new in asked), produced_by)
        for index, new in enumerate(asked):
            allowed = {numbers[shown]: shown for shown in near[new.path]}
            own = [decision for decision in decisions if decision.fact == index]
            choices[new.path], refused[new.path] = _checked(new, own, allowed)
        self._ask_again(asked, choices, refused)
        return _logged(Decided(choices, {path: tally(each) for path, each in refused.items() if each}))

    def _ask(
        self, asked: Sequence[Pending], near: Mapping[str, Sequence[_Shown]], numbers: Mapping[_Shown, int]
    ) -> tuple[list[Decision], str]:
        """Return the decisions, and the prompt and model that made them."""
        config = self.matcher.config.generation_config
        request = DecisionRequest(
            facts=tuple(
                NewFact(new.fact.fact, new.fact.intent, tuple(numbers[shown] for shown in near[new.path]), new.said)
                for new in asked
            ),
            candidates=tuple(
                Candidate(number, shown.fact, history=self._history(shown, asked), said=shown.said)
                for shown, number in numbers.items()
            ),
            model=config.model if config else None,
        )
        if request not in self._answers:
            model = self.matcher.ports.model
            with usage.timed("decide", self.matcher.ports.clock.now):
                decisions = model.decide(request)
            self._answers[request] = decisions, usage.produced_by("decide", otherwise=model.name)
        return self._answers[request]

    def _ask_again(
        self,
        asked: Sequence[Pending],
        choices: dict[str, tuple[Choice, ...]],
        refused: Mapping[str, list[Refusal]],
    ) -> None:
        """Take out the choices that a second opinion refuses."""
        proposals = {
            new.path: [(each, _proposal(new, each)) for each in choices[new.path] if not each.earlier] for new in asked
        }
        wrong = self._opinion.refused([proposal for found in proposals.values() for _, proposal in found])
        for new in asked:
            gone = [choice for choice, proposal in proposals[new.path] if proposal.change in wrong]
            choices[new.path] = tuple(choice for choice in choices[new.path] if choice not in gone)
            refused[new.path].extend(Refusal("SECOND_OPINION", _NOT_AGAIN, new.fact.event) for _ in gone)

    def _candidates(
        self,
        new: Pending,
        earlier: Sequence[Pending],
        *,
        known: dict[str, MemoryRecord | None],
        changed: Sequence[MemoryRecord],
    ) -> list[_Shown]:
        """Return the candidates for a new fact: stored memories, ones just changed, and facts extracted separately.

        Facts that one operation extracted from the same chunk are already distinct.
        """
        stored = [known.setdefault(record.path, record) for record in self.matcher.nearest(new)]
        found = [
            _Shown(record.path, record.fact, record.said)
            for record in stored
            if record is not None and record.path not in new.siblings and new.may_touch(record.memory.metadata)
        ]
        beside = [
            _Shown(record.path, record.fact, record.said) for record in changed if new.may_touch(record.memory.metadata)
        ]
        beside += [
            _Shown(other.path, other.fact.fact, other.said)
            for other in earlier
            if (other.operation, other.fact.chunk) != (new.operation, new.fact.chunk)
            and other.fact.intent is Intent.REMEMBER
            and new.may_touch(other.request.metadata or {})
        ]
        if len(beside) > CANDIDATES:
            beside.sort(key=lambda shown: self.matcher.distance(new.fact.fact, shown.fact))
        return list(dict.fromkeys([*found, *beside[:CANDIDATES]]))

    def _history(self, shown: _Shown, asked: Sequence[Pending]) -> tuple[str, ...]:
        """Return as many earlier wordings of a candidate as the bank's configuration asks for."""
        config = self.matcher.config.customization_for(asked[0].request.scope or {}).consolidation_config
        count = (config.revisions_per_candidate_count if config else None) or 1
        if count == 1:
            return ()
        query = Query(
            f"{shown.path}/revisions",
            order=(Order("sequence", descending=True),),
            limit=count,
            fields=("sequence", "snapshot"),
        )
        found = [document.data.get("snapshot") or {} for document in self.matcher.ports.store.query(query)]
        facts = [snapshot["fact"] for snapshot in found if snapshot.get("fact") not in (None, shown.fact)]
        return tuple(dict.fromkeys(facts))


def _logged(decided: Decided) -> Decided:
    if decided.left_out:
        counts = counts_by_kind(each for refused in decided.left_out.values() for each in refused)
        _log.info("decisions were refused", extra={"left_out": counts})
    return decided


def _checked(
    new: Pending, decisions: Sequence[Decision], allowed: Mapping[int, _Shown]
) -> tuple[tuple[Choice, ...], list[Refusal]]:
    """Return the valid decisions, and why others were refused. Valid ones are safe and use each offered candidate once.

    At most one of them keeps or updates a memory. A fact without a valid decision is new, so nothing is lost.
    """
    choices: dict[str, Choice] = {}
    refused: list[Refusal] = []
    merged = False
    for decision in decisions:
        if decision.action is Action.CREATE:
            continue
        shown = _candidate(decision, allowed)
        merges = decision.action is not Action.DELETE
        if shown is None:
            refused.append(Refusal("UNKNOWN_CANDIDATE", "The candidate was not offered.", new.fact.event))
            continue
        choice = _choice(new, decision, shown)
        if isinstance(choice, Refusal):
            refused.append(choice)
        elif shown.path in choices or (merges and merged):
            refused.append(Refusal("SECOND_DECISION", "Another decision on the fact was accepted.", new.fact.event))
        else:
            merged = merged or merges
            choices[shown.path] = choice
    return tuple(choices.values()), refused


def _candidate(decision: Decision, allowed: Mapping[int, _Shown]) -> _Shown | None:
    """Return the candidate that a decision names; one that names none means the only one that was offered."""
    if decision.candidate is None and len(allowed) == 1:
        return next(iter(allowed.values()))
    return None if decision.candidate is None else allowed.get(decision.candidate)


def _choice(new: Pending, decision: Decision, shown: _Shown) -> Choice | Refusal:
    """Return what is to be done for a decision, or why it is refused."""
    if _is_older(new, shown) and decision.action is not Action.KEEP:
        return _earlier(new, decision, shown)
    if decision.action is Action.UPDATE and fact_hash(decision.text or "") == fact_hash(shown.fact):
        claim = decision.claim and replace(decision.claim, relation=Relation.SAME, both_true=True)
        decision = replace(decision, action=Action.KEEP, text=None, claim=claim)  # an update that changes nothing
    refusal = judge_decision(new.fact, shown.fact, decision)
    return refusal or _accepted(decision, shown)


def _accepted(decision: Decision, shown: _Shown) -> Choice:
    relation = decision.claim.relation if decision.claim else None
    reason, action = decision.reason, decision.action
    return Choice(shown.path, action, shown=shown.fact, text=decision.text, relation=relation, reason=reason)


def _proposal(new: Pending, choice: Choice) -> Proposal:
    return Proposal(new.fact, choice.shown, Decision(0, choice.action, 0, choice.text))


def _is_older(new: Pending, shown: _Shown) -> bool:
    return new.said is not None and shown.said is not None and new.said < shown.said


def _earlier(new: Pending, decision: Decision, shown: _Shown) -> Choice | Refusal:
    """Return what is to be done for a decision on a fact that was said before the memory.

    The memory may be completed, but not changed: what it has replaced since becomes part of its history.
    """
    if new.fact.intent is Intent.FORGET:
        return Refusal("OLDER", "What is to be forgotten was said again after that.", new.fact.event)
    refusal = judge_decision(new.fact, shown.fact, decision)
    if refusal is None and decision.action is Action.UPDATE and adds_only(decision.text or "", known=shown.fact):
        return _accepted(decision, shown)
    if refusal is None or update_is_safe(shown.fact, shown.fact, known=new.fact.fact):
        return replace(_accepted(decision, shown), action=Action.KEEP, text=None, earlier=True)
    return refusal
