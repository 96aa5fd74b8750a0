"""Asks a language model for decisions on the labelled pairs, and counts what the guards make of its answers."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import groupby

from memorybank.bank.guards.judge import judge_decision
from memorybank.commands.decision_scoring import Confusion, Labelled, labelled
from memorybank.ports.models import Action, Candidate, Decision, DecisionRequest, LanguageModel, NewFact

AT_ONCE = 20
"""How many pairs one call asks about; each fact is offered the one memory of its pair."""


@dataclass(frozen=True)
class Answer:
    """What a model decided on a pair; `good` is None where the decision has no label, as with a text of its own."""

    pair: Labelled
    decision: Decision
    good: bool | None

    @property
    def passes(self) -> bool:
        """Whether the guards let it pass."""
        return judge_decision(self.pair.fact, self.pair.known, self.decision) is None


@dataclass
class Answers:
    """The counts of a model's decisions."""

    pairs: int = 0
    apart: int = 0
    """Facts that became a memory of their own, as the model decided."""
    unlabelled: int = 0
    confusion: Confusion = field(default_factory=Confusion)
    mistakes: list[str] = field(default_factory=list)

    def add(self, answer: Answer) -> None:
        """Count a decision."""
        if answer.good is None:
            self.unlabelled += 1
            return
        passes, action = answer.passes, answer.decision.action.value
        self.confusion.add(action, good=answer.good, passes=passes)
        if passes != answer.good:
            why = "passed" if passes else "refused"
            self.mistakes.append(f"{why}: {action} {answer.pair.known!r}, {answer.pair.fact.fact!r}")

    @property
    def bad_passed(self) -> float:
        """The part of all pairs in which a bad decision of the model passed."""
        return self.confusion.passed.total() / max(self.pairs, 1)

    @property
    def good_refused(self) -> float:
        """The part of the model's good decisions that the guards refused."""
        return self.confusion.refused.total() / max(self.confusion.good.total(), 1)

    def lines(self) -> Iterator[str]:
        """Return the report."""
        yield f"{'action':>10}  bad passed  good refused"
        yield from self.confusion.lines()
        yield f"{self.pairs} pairs: {self.apart} kept apart by the model, {self.unlabelled} decisions without a label"
        yield f"bad decisions that passed: {self.bad_passed:.1%} of pairs; good ones refused: {self.good_refused:.1%}"
        yield from self.mistakes


def ask(model: LanguageModel, decisions: Iterable[Labelled] | None = None) -> Answers:
    """Ask a model about the labelled pairs and count its decisions."""
    found = Answers()
    pairs = [list(group) for _, group in groupby(labelled() if decisions is None else decisions, key=_pair)]
    for start in range(0, len(pairs), AT_ONCE):
        _ask(model, pairs[start : start + AT_ONCE], found)
    return found


def _pair(each: Labelled) -> tuple[str, str, str, str]:
    return each.language, each.known, each.fact.fact, each.fact.intent.name


def _ask(model: LanguageModel, pairs: Sequence[Sequence[Labelled]], found: Answers) -> None:
    request = DecisionRequest(
        tuple(NewFact(pair[0].fact.fact, pair[0].fact.intent, (number,)) for number, pair in enumerate(pairs)),
        tuple(Candidate(number, pair[0].known) for number, pair in enumerate(pairs)),
    )
    answered = Counter[int]()
    for made in model.decide(request):
        mine = made.fact in range(len(pairs)) and made.candidate in (None, made.fact)
        if mine and made.action is not Action.CREATE:
            answered[made.fact] += 1
            pair = pairs[made.fact]
            found.add(Answer(pair[0], made, _label(made, pair)))
    found.pairs += len(pairs)
    found.apart += len(pairs) - len(answered)


def _label(made: Decision, pair: Sequence[Labelled]) -> bool | None:
    same = [each.good for each in pair if _key(each.decision) == _key(made)]
    return same[0] if same else None


def _key(decision: Decision) -> tuple[Action, str]:
    return decision.action, " ".join((decision.text or "").casefold().rstrip(" .!。").split())
