"""What a memory takes over from a new fact besides its words, and what a revision records about the fact."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from memorybank.bank.generation.decide import Choice
from memorybank.bank.generation.match import Pending
from memorybank.bank.guards.refusals import LeftOut
from memorybank.bank.guards.secrets import holds_secret
from memorybank.bank.memories.origin import Origin
from memorybank.errors import FailedPrecondition
from memorybank.ports.models import Intent
from memorybank.resources.explanation import Quote, RefusedDecision
from memorybank.resources.memory import MAX_PAIRS, ExtractedMemory, MetadataValue
from memorybank.resources.profiles import StructuredContent
from memorybank.text.visible import visible

_LEFT_OUT = "(omitted: looks like a secret)"
"""Replaces a secret in the revision that deletes it; otherwise the revision would keep the secret."""

_MOST_REASON = 500
"""The most characters that a revision keeps of a model's reason."""


def origin_of(
    new: Pending, *, decided_by: str | None, refused: Sequence[LeftOut], choice: Choice | None = None
) -> Origin:
    """Return what a revision records about the fact behind a change, and which models extracted and decided.

    If decisions on the fact were `refused`, the context of the extracted memory says why. `choice` is the decision that
    is carried out.
    """
    field = new.fact.profile
    data = None if field is None or new.fact.intent is Intent.FORGET else {field.name: field.value}
    secret = new.fact.intent is Intent.FORGET and holds_secret(new.fact.fact)
    reasons = dict.fromkeys(f"A decision was refused: {each.reason}" for each in refused)
    extracted = ExtractedMemory(
        fact=_LEFT_OUT if secret else new.fact.fact,
        context=" ".join(filter(None, [new.fact.context, *reasons])) or None,
        structured_data=data,
    )
    steps = {"extraction": new.produced_by, "consolidation": decided_by}
    produced_by = {step: model for step, model in steps.items() if model}
    operation = new.operation.rpartition("/")[2]
    return Origin(
        new.request,
        (extracted,),
        operation=operation,
        produced_by=produced_by,
        said=new.said,
        quotes=(Quote(event=new.fact.event, text=new.fact.quote),) if new.fact.quote and not secret else (),
        relation=choice.relation if choice else None,
        reason=visible(choice.reason)[:_MOST_REASON] or None if choice and not secret else None,
        refused=tuple(RefusedDecision(kind=each.kind, reason=each.reason) for each in refused),
    )


def marked_earlier(origin: Origin) -> Origin:
    """Return an origin whose extracted memory is marked as said before the memory that it belongs to."""
    when = f" on {origin.said:%Y-%m-%d}" if origin.said else ""
    note = f"Said earlier{when}: part of the history."
    marked = [
        each.model_copy(update={"context": " ".join(filter(None, [note, each.context]))}) for each in origin.extracted
    ]
    return replace(origin, extracted=tuple(marked), change="RECORDED")


def content_of(new: Pending) -> StructuredContent | None:
    """Return the value of a profile field, None for other facts."""
    field = new.fact.profile
    return None if field is None else StructuredContent(schema_id=field.schema, data={field.name: field.value})


def metadata_of(new: Pending, known: dict[str, MetadataValue]) -> dict[str, MetadataValue]:
    """Return the metadata of an updated memory; a request without metadata leaves it unchanged."""
    given = new.request.metadata
    if given is None:
        return known
    if new.request.metadata_merge_strategy != "MERGE":
        return given
    merged = {**known, **given}
    if len(merged) > MAX_PAIRS:
        raise FailedPrecondition(f"a memory would have {len(merged)} metadata entries; at most {MAX_PAIRS} are allowed")
    return merged
