"""Turns an answer into facts; keeps those that name an event that was shown and a requested topic or profile."""

from __future__ import annotations

import json
import logging
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from memorybank.models.splitting import Piece
from memorybank.ports.models import (
    Action,
    Claim,
    Decision,
    ExtractedFact,
    ExtractionRequest,
    Intent,
    Media,
    ProfileField,
    ProfileSchema,
    Relation,
)
from memorybank.prompts.decision import Made
from memorybank.prompts.extraction import FoundFact, FoundField
from memorybank.resources.memory import MAX_FACT
from memorybank.resources.profile_schemas import is_valid
from memorybank.text.visible import visible

_log = logging.getLogger(__name__)


def media_parts(chunk: Piece) -> list[str | Media]:
    """Return the media of a chunk, each after the label that its turn uses for it."""
    parts: list[str | Media] = []
    for turn in chunk.turns:
        for label, media in zip(turn.media, turn.event.media, strict=True):
            parts += [f"Media {label} of event {turn.number}, which is data as well:", media]
    return parts


def decision_of(made: Made) -> Decision:
    """Return a decision as the model gives it; indexes are not checked."""
    relation, text = Relation[made.relation], visible(made.text or "").strip() or None
    action = relation.action
    claim = _claim_of(made, relation)
    if action is Action.DELETE and text and claim:
        action = Action.UPDATE  # something is left of the memory
    elif action is not Action.UPDATE:
        text = None
    return Decision(made.fact, action, made.candidate, text, claim=claim)


def _claim_of(made: Made, relation: Relation) -> Claim | None:
    """Return the reasons of a decision, None if the model states none."""
    if made.same_subject is None or made.both_true is None:
        return None
    words = visible(made.old_words or ""), visible(made.new_words or "")
    return Claim(relation, made.same_subject, made.both_true, *words)


def is_quoted(number: int, quote: str, chunk: Piece) -> bool:
    """Tell whether a quote is in a turn that gives facts, or the turn that the model names proves or gives nothing."""
    named = chunk.turns[number] if 0 <= number < len(chunk.turns) else None
    return bool(named and (named.media or named.earlier)) or _place(quote, chunk) is not None


def _place(quote: str, chunk: Piece) -> int | None:
    """Return the number of the first turn that gives facts and contains a quote."""
    found = (n for n, turn in enumerate(chunk.turns) if not turn.earlier and turn.said.has(quote))
    return next(found, None)


def _turn(number: int, quote: str, chunk: Piece) -> int | None:
    """Return the number of the turn that the model means; None if it does not exist or gives no facts.

    Models count from one, too: for a number that is too high the quote tells.
    """
    if number == len(chunk.turns):
        return _place(quote, chunk)
    return number if 0 <= number < len(chunk.turns) and not chunk.turns[number].earlier else None


def facts_of(found: Sequence[FoundFact], request: ExtractionRequest, chunk: Piece) -> Iterator[ExtractedFact]:
    """Yield the facts that name an event of the chunk and a topic of the request (or none, if an example has none)."""
    keys = {topic.key for topic in request.topics}
    bare = any(not topics for example in request.examples for _, topics in example.facts)
    left = 0
    for each in found:
        topics = tuple(dict.fromkeys(key for key in each.topics if key in keys))
        turn = _turn(each.event, each.quote, chunk)
        event = None if turn is None else chunk.events[turn]
        # Media that were left out prove nothing; media that were sent do.
        shown = turn is not None and (each.quote.strip() or chunk.turns[turn].media)
        if event is None or not shown or not keys or not (topics or (bare and not each.topics)):
            left += 1
            continue
        text, reason = visible(each.fact).strip(), visible(each.reason).strip()
        if text:
            yield ExtractedFact(text, topics, Intent[each.intent], reason, event, each.quote)
    if left:
        _log.warning("facts without a valid topic or event were left out", extra={"left": left})


def fields_of(found: Sequence[FoundField], request: ExtractionRequest, chunk: Piece) -> Iterator[ExtractedFact]:
    """Yield the fields that belong to a profile of the request and are valid there."""
    schemas = {schema.id: schema for schema in request.schemas}
    left = 0
    for each in found:
        schema, turn = schemas.get(each.profile), _turn(each.event, each.quote, chunk)
        event = None if turn is None else chunk.events[turn]
        if schema is None or event is None or each.field not in (schema.schema.get("properties") or {}):
            left += 1
            continue
        intent = Intent[each.intent]
        values = [None] if intent is Intent.FORGET else _valid_values(each.value, each.field, schema)
        for value in values[:1]:
            field = ProfileField(schema.id, each.field, value)
            said = f"{each.field}: {value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)}"
            if len(said) > MAX_FACT:
                left += 1
                continue
            yield ExtractedFact(said, (), intent, visible(each.reason).strip(), event, each.quote, field)
        left += not values
    if left:
        _log.warning("fields that belong to no profile, or are not valid there, were left out", extra={"left": left})


def _valid_values(text: str, name: str, schema: ProfileSchema) -> list[Any]:
    """Return the valid readings of a value: as JSON, or as plain text if the model forgot the quotes."""
    try:
        readings = [json.loads(text, parse_constant=_no_number), text]
    except (ValueError, RecursionError):
        readings = [text]
    rule = schema.schema["properties"][name]
    return [value for value in readings if is_valid(value, rule if isinstance(rule, Mapping) else {})]


def _no_number(text: str) -> None:
    raise ValueError(f"{text} is no JSON")
