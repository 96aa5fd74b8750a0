"""The ordered lists of guards: to add one, write a function with the right signature and put it into its list."""

from __future__ import annotations

from collections.abc import Sequence

from memorybank.bank.guards import merges
from memorybank.bank.guards.claims import refuse_contradiction
from memorybank.bank.guards.fact_check import drop_unfounded
from memorybank.bank.guards.monologue import drop_addressed
from memorybank.bank.guards.profile_values import drop_invalid_profiles
from memorybank.bank.guards.prompt_injection import drop_injections
from memorybank.bank.guards.quote_check import drop_unsupported
from memorybank.bank.guards.refusals import DecisionGuard, FactGuard, Judged, Refusal
from memorybank.bank.guards.secrets import drop_secrets
from memorybank.ports.models import Decision, ExtractedFact, ExtractionRequest

FACT_GUARDS: list[FactGuard] = [
    drop_invalid_profiles,
    drop_unsupported,
    drop_unfounded,
    drop_addressed,
    drop_secrets,
    drop_injections,
]
"""The guards for extracted facts; each sees the facts that those before it passed."""

DECISION_GUARDS: list[DecisionGuard] = [
    refuse_contradiction,
    merges.refuse_keep,
    merges.refuse_update,
    merges.refuse_remainder,
    merges.refuse_delete,
]
"""The guards for a model's decisions; the first refusal counts."""


def judge_facts(request: ExtractionRequest, facts: Sequence[ExtractedFact]) -> Judged:
    """Return the facts that pass all guards, and why the others did not."""
    kept, refused = list(facts), list[Refusal]()
    for guard in FACT_GUARDS:
        kept, more = guard(request, kept)
        refused += more
    return Judged(kept, refused)


def judge_decision(fact: ExtractedFact, candidate: str, decision: Decision) -> Refusal | None:
    """Return why a decision on a candidate's text is refused, None if it is allowed."""
    refusals = (guard(fact, candidate, decision) for guard in DECISION_GUARDS)
    return next((refusal for refusal in refusals if refusal is not None), None)
