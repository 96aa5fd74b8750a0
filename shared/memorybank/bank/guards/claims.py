"""The guard against answers that contradict themselves, or that quote words which nobody said."""

from __future__ import annotations

from memorybank.bank.guards.refusals import Refusal
from memorybank.languages.meanings.sentence import sentence_of
from memorybank.languages.meanings.spelling import plain
from memorybank.ports.models import Claim, Decision, ExtractedFact, Intent, Relation
from memorybank.statements.comparison import lacking, speaking


def refuse_contradiction(fact: ExtractedFact, candidate: str, decision: Decision) -> Refusal | None:
    """Refuse a decision whose reasons do not fit together: "both are true", and yet one replaces the other."""
    claim = decision.claim
    if claim is None or claim.relation is Relation.SEPARATE:
        return None
    if not _fits(claim, fact.intent):
        return Refusal("CONTRADICTION", "The reasons given do not fit the relation.", fact.event)
    if claim.relation is Relation.REPLACES and not _quoted(claim, fact.fact, candidate):
        return Refusal("WORDS_NOT_SAID", "The words said to change are not those of the two facts.", fact.event)
    if claim.relation is Relation.REPLACES and not _keeps_the_rest(claim, candidate, decision.text or ""):
        return Refusal("UNSAFE_UPDATE", "The new text loses more than the words said to change.", fact.event)
    return None


def _fits(claim: Claim, intent: Intent) -> bool:
    if claim.relation is Relation.ENDS:
        return intent is Intent.FORGET or (claim.same_subject and not claim.both_true)
    return claim.same_subject and claim.both_true is (claim.relation is not Relation.REPLACES)


def _quoted(claim: Claim, fact: str, candidate: str) -> bool:
    pairs = ((claim.old_words, candidate), (claim.new_words, fact))
    return all(words.strip() and _folded(words) in _folded(text) for words, text in pairs)


def _keeps_the_rest(claim: Claim, candidate: str, text: str) -> bool:
    """Tell whether a text loses nothing of the known fact but the words that are replaced."""
    merged = sentence_of(text, candidate)
    before, found, after = candidate.casefold().partition(claim.old_words.strip().casefold())
    if found and len(before + found + after) == len(candidate):  # so that the letters have their places
        rest = f"{candidate[: len(before)]} {candidate[len(before) + len(found) :]}"
        return not lacking(speaking(sentence_of(rest, candidate)), merged)
    lost = lacking(speaking(sentence_of(candidate, text)), merged)
    return not lacking(lost, sentence_of(claim.old_words, candidate))


def _folded(text: str) -> str:
    return " ".join("".join(each if each.isalnum() else " " for each in plain(text)).split())
