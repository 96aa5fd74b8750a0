"""The language model: extraction and consolidation by Gemini."""

from __future__ import annotations

import hashlib
import json
import logging
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from functools import partial
from typing import Any

from memorybank.models.chunks import in_chunks
from memorybank.models.gemini.answers import Reply, Unreadable, read
from memorybank.models.gemini.client import GeminiClient
from memorybank.models.gemini.media import accepted
from memorybank.models.gemini.names import GENERATE, ModelName, model_name
from memorybank.models.gemini.provider import Developer, Provider
from memorybank.models.gemini.retry import Retry
from memorybank.models.gemini.splitting import Piece, chunks
from memorybank.models.usage import ModelCall, UnreadableAnswer, check, report
from memorybank.ports.models import (
    Action,
    Decision,
    DecisionRequest,
    ExtractedFact,
    ExtractionRequest,
    Intent,
    Media,
    ProfileField,
    ProfileSchema,
)
from memorybank.prompts.decision import decision_prompt
from memorybank.prompts.extraction import VERSION, FoundFact, FoundField, FoundWithFields, extraction_prompt
from memorybank.prompts.prompt import AnswerT, Prompt
from memorybank.prompts.repair import repair_text
from memorybank.resources.memory import MAX_FACT
from memorybank.resources.profiles import is_valid
from memorybank.text.visible import visible

_TIMEOUT = 120.0
_BYTES_PER_TOKEN = 4
_log = logging.getLogger(__name__)
_VERTEX_URIS = frozenset({"gs", "https"})
_DEVELOPER_URIS = frozenset({"https"})  # it cannot read buckets


class GeminiModel:
    """A `LanguageModel` by Gemini: one call per extraction or decision, one more if an answer cannot be read.

    A conversation of more than 60,000 characters takes a call per chunk, up to twelve. `default_model` is used where
    none is configured. `max_tokens` is what the work at hand may take (`models/usage.py`), 0 for no limit. Errors:
    `ResourceExhausted`, `Unavailable` and `DeadlineExceeded` when retries did not help; `OverBudget`,
    `UnreadableAnswer`, `InvalidArgument` (refused by a safety filter, or too long) and `FailedPrecondition` (model or
    credentials) are final.
    """

    def __init__(
        self,
        provider: Provider,
        *,
        default_model: str | None = None,
        max_tokens: int = 0,
        timeout: float = _TIMEOUT,
        retry: Retry | None = None,
    ) -> None:
        self._client = GeminiClient(provider, timeout=timeout)
        self._uris = _DEVELOPER_URIS if isinstance(provider, Developer) else _VERTEX_URIS
        self._default_model = default_model or GENERATE
        self._max_tokens = max_tokens
        self._retry = retry or Retry()

    @property
    def name(self) -> str:
        """The model that is asked where a bank's configuration names none."""
        return self._default_model

    def extract(self, request: ExtractionRequest) -> list[ExtractedFact]:
        """Return what each chunk of the conversation gives, in order; of what several give, the last."""
        events, left = accepted(request.events, schemes=self._uris)
        if left:
            _log.warning("media that the model does not take were left out", extra={"left": left})
        if not any(visible(event.text).strip() or event.media for event in events):
            return []
        model = model_name(request.model or self._default_model)
        found: dict[tuple[str, Intent, str], ExtractedFact] = {}
        cut = chunks(events)
        asked = extraction_prompt(request, ()).system.encode()
        plan = f"{VERSION} {model.id} {len(cut)} {hashlib.sha256(asked).hexdigest()}"
        read = in_chunks(plan, [partial(self._read, request, chunk, model) for chunk in cut])
        for number, facts in enumerate(read):
            for fact in facts:
                key = (" ".join(fact.fact.casefold().split()), fact.intent, _profile(fact))
                found.pop(key, None)
                found[key] = replace(fact, chunk=number)
        return list(found.values())

    def _read(self, request: ExtractionRequest, chunk: Piece, model: ModelName) -> list[ExtractedFact]:
        answer = self._ask("extract", extraction_prompt(request, chunk.turns), model, media=_media(chunk))
        facts = list(_facts(answer.facts, request, chunk))
        if isinstance(answer, FoundWithFields):
            facts += _fields(answer.fields, request, chunk)
        return facts

    def decide(self, request: DecisionRequest) -> list[Decision]:
        """Return the decisions as the model gives them, numbers unchecked."""
        model = model_name(request.model or self._default_model)
        answer = self._ask("decide", decision_prompt(request), model)
        return [
            Decision(
                made.fact, Action[made.action], made.candidate, visible(made.text or "").strip() or None, made.reason
            )
            for made in answer.decisions
        ]

    def close(self) -> None:
        """Close the connections."""
        self._client.close()

    def _ask(
        self, step: str, prompt: Prompt[AnswerT], model: ModelName, *, media: Sequence[str | Media] = ()
    ) -> AnswerT:
        """Return the answer to a prompt; one that cannot be read is shown to the model, which may try once more."""
        parts = [prompt.user, *media]
        try:
            return read(self._call(step, prompt, model, parts), prompt, model=model.id)
        except Unreadable as first:
            told = {"step": step, "model": model.id, "finish": first.reply.finish}
            _log.warning("a model's answer cannot be used; it is asked once more", extra=told)
            parts.append(repair_text(first.reply.text, first.problem))
        try:
            return read(self._call(step, prompt, model, parts), prompt, model=model.id)
        except Unreadable as second:
            problem = " ".join(second.problem.split())
            raise UnreadableAnswer(
                f"the model {model.id} has twice answered with what cannot be used, also when told so; of the last "
                f"answer: ({problem}) Nothing was stored; send the request again, less at once, or name another model"
            ) from None

    def _call(self, step: str, prompt: Prompt[Any], model: ModelName, parts: Sequence[str | Media]) -> Reply:
        size = len(prompt.system.encode()) + sum(len(part.encode()) for part in parts if isinstance(part, str))
        check(self._max_tokens, expected=size // _BYTES_PER_TOKEN)
        reply = self._retry(
            lambda: self._client.generate(model, system=prompt.system, parts=parts, schema=prompt.answer)
        )
        counts = {"input_tokens": reply.input, "output_tokens": reply.output, "cached_tokens": reply.cached}
        _log.info("model call", extra={"step": step, "model": model.id, "prompt": prompt.version, **counts})
        report(ModelCall(step, model.id, prompt.version, reply.input, reply.output, reply.cached))
        return reply


def _media(chunk: Piece) -> list[str | Media]:
    """Return the media of a chunk, each after the label by which its turn names it."""
    parts: list[str | Media] = []
    for turn in chunk.turns:
        for label, media in zip(turn.media, turn.event.media, strict=True):
            parts += [f"Media {label} of event {turn.number}, which is data as well:", media]
    return parts


def _event(number: int, chunk: Piece) -> int | None:
    """Return the index of the event that the model names, None if it may not be taken from or is not there."""
    if not 0 <= number < len(chunk.turns) or chunk.turns[number].earlier:
        return None
    return chunk.events[number]


def _facts(found: Sequence[FoundFact], request: ExtractionRequest, chunk: Piece) -> Iterator[ExtractedFact]:
    """Yield the facts that name an event of the chunk and a topic of the request, or none if an example does so."""
    keys = {topic.key for topic in request.topics}
    bare = any(not topics for example in request.examples for _, topics in example.facts)
    left = 0
    for each in found:
        topics = tuple(dict.fromkeys(key for key in each.topics if key in keys))
        event = _event(each.event, chunk)
        # What was left out of what they sent proves nothing, as media that are here do.
        shown = event is not None and (each.quote.strip() or chunk.turns[each.event].media)
        if event is None or not shown or not keys or not (topics or (bare and not each.topics)):
            left += 1
            continue
        text, reason = visible(each.fact).strip(), visible(each.reason).strip()
        if text:
            yield ExtractedFact(text, topics, Intent[each.intent], reason, event, each.quote)
    if left:
        _log.warning("facts under no topic or of no event were left out", extra={"left": left})


def _fields(found: Sequence[FoundField], request: ExtractionRequest, chunk: Piece) -> Iterator[ExtractedFact]:
    """Yield the fields that are in a profile of the request and valid there."""
    schemas = {schema.id: schema for schema in request.schemas}
    left = 0
    for each in found:
        schema, event = schemas.get(each.profile), _event(each.event, chunk)
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
        _log.warning("fields that are in no profile, or not valid there, were left out", extra={"left": left})


def _valid_values(text: str, name: str, schema: ProfileSchema) -> list[Any]:
    """Return the readings of a value that are valid: as JSON, or as the text itself where a model forgot its quotes."""
    try:
        readings = [json.loads(text, parse_constant=_no_number), text]
    except ValueError:
        readings = [text]
    rule = schema.schema["properties"][name]
    return [value for value in readings if is_valid(value, rule if isinstance(rule, Mapping) else {})]


def _no_number(text: str) -> None:
    raise ValueError(f"{text} is no JSON")


def _profile(fact: ExtractedFact) -> str:
    return f"{fact.profile.schema}/{fact.profile.name}" if fact.profile else ""
