"""Guards for decisions to merge or delete: code has the last word on what may be lost."""

from __future__ import annotations

from memorybank.bank.guards.refusals import Refusal
from memorybank.ports.models import Action, Decision, ExtractedFact, Intent
from memorybank.statements.forgetting import forget_is_safe, remainder_is_safe
from memorybank.statements.safety import delete_is_safe, update_is_safe
from memorybank.statements.sameness import keep_is_safe


def refuse_keep(fact: ExtractedFact, candidate: str, decision: Decision) -> Refusal | None:
    """Refuse to treat a fact as already known if it says more, and to keep what is to be forgotten."""
    if decision.action is not Action.KEEP:
        return None
    if fact.intent is Intent.FORGET:
        return Refusal("UNSAFE_KEEP", "What is to be forgotten cannot be kept.", fact.event)
    if keep_is_safe(fact.fact, candidate):
        return None
    return Refusal("UNSAFE_KEEP", "The new fact says something that the known one does not.", fact.event)


def refuse_update(fact: ExtractedFact, candidate: str, decision: Decision) -> Refusal | None:
    """Refuse a text that loses or adds something that the two facts do not allow."""
    if decision.action is not Action.UPDATE or fact.intent is Intent.FORGET:
        return None
    if update_is_safe(fact.fact, decision.text or "", known=candidate):
        return None
    return Refusal("UNSAFE_UPDATE", "The new text loses or adds something that neither fact says.", fact.event)


def refuse_remainder(fact: ExtractedFact, candidate: str, decision: Decision) -> Refusal | None:
    """Refuse a remainder that loses more than is to be forgotten."""
    if decision.action is not Action.UPDATE or fact.intent is not Intent.FORGET:
        return None
    if remainder_is_safe(fact.fact, decision.text or "", known=candidate):
        return None
    return Refusal("UNSAFE_REMAINDER", "The remainder loses or adds more than is to be forgotten.", fact.event)


def refuse_delete(fact: ExtractedFact, candidate: str, decision: Decision) -> Refusal | None:
    """Refuse to delete a fact that the new fact does not end, or that is not what the speaker wants forgotten."""
    if decision.action is not Action.DELETE:
        return None
    if fact.intent is Intent.FORGET:
        if forget_is_safe(fact.fact, candidate):
            return None
        return Refusal("UNSAFE_DELETE", "What is to be forgotten is not what the known fact says.", fact.event)
    if delete_is_safe(fact.fact, candidate):
        return None
    return Refusal("UNSAFE_DELETE", "The new fact does not end the known one.", fact.event)
