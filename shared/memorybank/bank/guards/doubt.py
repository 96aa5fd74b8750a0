"""Which decisions that the guards allow are still unlikely: such a change can be asked about a second time."""

from __future__ import annotations

from memorybank.languages.meanings.sentence import Sentence, sentence_of
from memorybank.languages.meanings.values import same_in
from memorybank.ports.models import Action, Decision, ExtractedFact
from memorybank.statements.comparison import OVER, lacking, predicates, speaking
from memorybank.statements.safety import adds_only

_CHANGE = frozenset({"now", "change"}) | OVER
_LITTLE = 0.5
"""The part of the shorter statement below which two statements have little in common."""


def is_doubtful(fact: ExtractedFact, candidate: str, decision: Decision) -> bool:
    """Tell whether a decision loses something of the known fact although the two statements have little in common.

    That is so if no word says that something changed or is over, they share no value, and few words.
    """
    if not _loses(candidate, decision):
        return False
    new, old = sentence_of(fact.fact, candidate), sentence_of(candidate, fact.fact)
    if new.senses & _CHANGE or any(same_in(value, old.values) for value in new.values):
        return False
    return _overlap(new, old) < _LITTLE


def _loses(candidate: str, decision: Decision) -> bool:
    if decision.action is Action.UPDATE:
        return not adds_only(decision.text or "", known=candidate)
    return decision.action is Action.DELETE


def _overlap(new: Sentence, old: Sentence) -> float:
    """Return how much of the shorter statement the other one has, from 0 to 1."""
    parts = [(speaking(each), predicates(each) - {"have"}) for each in (new, old)]
    (words, senses), (known, other) = parts
    said = len(words) - len(lacking(words, old)) + len(senses & other)
    return said / max(min(len(words) + len(senses), len(known) + len(other)), 1)
