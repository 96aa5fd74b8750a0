"""The guard for structured profiles: a field must be in one of the bank's schemas, with a value that fits it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from memorybank.bank.guards.refusals import Judged, Refusal
from memorybank.ports.models import ExtractedFact, ExtractionRequest, Intent, ProfileField
from memorybank.resources.profile_schemas import is_valid

_REASON = "The field is not one of the bank's profile schemas, or its value does not fit the schema."


def drop_invalid_profiles(request: ExtractionRequest, facts: Sequence[ExtractedFact]) -> Judged:
    """Refuse profile facts whose field is in none of the request's schemas, or whose value does not fit its schema."""
    fields = {(each.id, name): rule for each in request.schemas for name, rule in each.schema["properties"].items()}
    judged = Judged([], [])
    for fact in facts:
        if fact.profile is None or _fits(fact.profile, fact.intent, fields):
            judged.kept.append(fact)
        else:
            judged.refused.append(Refusal("INVALID_PROFILE_FIELD", _REASON, fact.event))
    return judged


def _fits(field: ProfileField, intent: Intent, fields: Mapping[tuple[str, str], Any]) -> bool:
    rule = fields.get((field.schema, field.name))
    if rule is None or intent is Intent.FORGET:
        return rule is not None
    return is_valid(field.value, rule if isinstance(rule, Mapping) else {})
