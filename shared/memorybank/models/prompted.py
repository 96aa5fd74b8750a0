"""A language model built on prompts: everything but the call that sends one prompt and returns one reply.

A provider supplies that call as a `Transport`. Splitting, media, retries, repair, budget and usage are shared here.
"""

from __future__ import annotations

import difflib
import hashlib
import logging
from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING, Any, Protocol, cast

from memorybank.models.answers import Reply, Unreadable, read
from memorybank.models.chunks import in_chunks
from memorybank.models.media import MediaRules, accepted
from memorybank.models.reading import decision_of, facts_of, fields_of, is_quoted, media_parts
from memorybank.models.retry import Retry
from memorybank.models.splitting import Piece, chunks
from memorybank.models.usage import ModelCall, UnreadableAnswer, check, report
from memorybank.ports.models import (
    Decision,
    DecisionRequest,
    ExtractedFact,
    ExtractionRequest,
    Intent,
    Media,
    ReviewRequest,
)
from memorybank.prompts.decision import decision_prompt
from memorybank.prompts.extraction import VERSION, Found, FoundFact, FoundWithFields, extraction_prompt
from memorybank.prompts.prompt import AnswerT, Prompt
from memorybank.prompts.repair import repair_text
from memorybank.prompts.review import approved, review_prompt
from memorybank.text.visible import visible

if TYPE_CHECKING:
    from pydantic import BaseModel

_BYTES_PER_TOKEN = 4
_log = logging.getLogger(__name__)


class Transport(Protocol):
    """Sends prompts to a provider's models. Thread-safe; does not retry."""

    @property
    def media(self) -> MediaRules:
        """The media that may be sent with text."""
        ...

    def model_id(self, model: str) -> str:
        """Return the id under which a configured model is billed; raise `FailedPrecondition` for an invalid name."""
        ...

    def send(self, model: str, *, system: str, parts: Sequence[str | Media], schema: type[BaseModel]) -> Reply:
        """Send `parts` to a model and return its reply, which should be JSON of `schema`.

        Raises the errors of `memorybank.errors`, with the driver's error as the cause. Their class decides whether to
        retry (`retrying.py`), their `retry_after` when.
        """
        ...

    def close(self) -> None:
        """Close the connections."""
        ...


class PromptedModel:
    """A `LanguageModel` on a transport: one call per extraction or decision, one more if an answer cannot be read.

    A conversation of more than 60,000 characters takes a call per chunk, up to twelve. `default_model` is used if none
    is configured. `max_tokens` is the token budget of an operation (`models/usage.py`), 0 for no limit. Errors:
    `ResourceExhausted`, `Unavailable` and `DeadlineExceeded` when retries did not help; `OverBudget`,
    `UnreadableAnswer`, `InvalidArgument` (refused by a safety filter, or too long) and `FailedPrecondition` (model or
    credentials) are final.
    """

    def __init__(
        self, transport: Transport, *, default_model: str, max_tokens: int = 0, retry: Retry | None = None
    ) -> None:
        self._transport = transport
        self._default_model = default_model
        self._max_tokens = max_tokens
        self._retry = retry or Retry()

    @property
    def name(self) -> str:
        """The model that is used if the bank's configuration names none."""
        return self._default_model

    def extract(self, request: ExtractionRequest) -> list[ExtractedFact]:
        """Return what is read from each chunk of the conversation, in order; later values replace earlier ones."""
        events, left = accepted(request.events, self._transport.media)
        if left:
            _log.warning("media that the model does not accept were left out", extra={"left": left})
        if not any(visible(event.text).strip() or event.media for event in events):
            return []
        model = request.model or self._default_model
        found: dict[tuple[str, Intent, str], ExtractedFact] = {}
        cut = chunks(events)
        asked = extraction_prompt(request, ()).system.encode()
        plan = f"{VERSION} {self._transport.model_id(model)} {len(cut)} {hashlib.sha256(asked).hexdigest()}"
        read = in_chunks(plan, [partial(self._read, request, chunk, model) for chunk in cut])
        for number, facts in enumerate(read):
            for fact in facts:
                key = (" ".join(fact.fact.casefold().split()), fact.intent, _profile(fact))
                found.pop(key, None)
                found[key] = replace(fact, chunk=number)
        return list(found.values())

    def _read(self, request: ExtractionRequest, chunk: Piece, model: str) -> list[ExtractedFact]:
        prompt = extraction_prompt(request, chunk.turns)
        answer = self._ask("extract", prompt, model, media=media_parts(chunk), check=partial(_unquoted, chunk))
        facts = list(facts_of(answer.facts, request, chunk))
        if isinstance(answer, FoundWithFields):
            facts += fields_of(answer.fields, request, chunk)
        return facts

    def decide(self, request: DecisionRequest) -> list[Decision]:
        """Return the decisions as the model gives them; indexes are not checked."""
        model = request.model or self._default_model
        answer = self._ask("decide", decision_prompt(request), model)
        return [decision_of(made) for made in answer.decisions]

    def review(self, request: ReviewRequest) -> list[bool]:
        """Return which changes are right in a second opinion; what has no verdict is not."""
        answer = self._ask("review", review_prompt(request), request.model or self._default_model)
        return approved(answer, request.changes)

    def ask(self, step: str, prompt: Prompt[AnswerT], *, model: str | None = None) -> AnswerT:
        """Return the answer to a prompt that is not part of the port; `step` is what it is billed as."""
        return self._ask(step, prompt, model or self._default_model)

    def close(self) -> None:
        """Close the connections."""
        self._transport.close()

    def _ask(
        self,
        step: str,
        prompt: Prompt[AnswerT],
        model: str,
        *,
        media: Sequence[str | Media] = (),
        check: Callable[[AnswerT, Reply], None] = lambda _answer, _reply: None,
    ) -> AnswerT:
        """Return the answer to a prompt. An unreadable answer is shown to the model, which gets one more try.

        `check` may raise `Unreadable` for the first answer, too.
        """
        parts = [prompt.user, *media]
        name = self._transport.model_id(model)
        try:
            reply = self._call(step, prompt, model=model, parts=parts)
            answer = read(reply, prompt, model=name)
            check(answer, reply)
        except Unreadable as first:
            told = {"step": step, "model": name, "finish": first.reply.finish}
            _log.warning("the model's answer cannot be used; asking once more", extra=told)
            parts.append(repair_text(first.reply.text, first.problem))
            failed = first
        else:
            return answer
        try:
            answer = read(self._call(step, prompt, model=model, parts=parts), prompt, model=name)
        except Unreadable as second:
            if (found := second.partial or failed.partial) is not None:
                _log.warning("parts of the model's answer were left out", extra=told)
                return cast("AnswerT", found)
            problem = " ".join(second.problem.split())
            raise UnreadableAnswer(
                f"the model {name} gave two answers that cannot be used, the second after being told what was wrong. "
                "Nothing was stored. Send the request again, send less at once, or name another model. "
                f"Last problem: {problem}"
            ) from None
        return _with_earlier(answer, failed)

    def _call(self, step: str, prompt: Prompt[Any], *, model: str, parts: Sequence[str | Media]) -> Reply:
        size = len(prompt.system.encode()) + sum(len(part.encode()) for part in parts if isinstance(part, str))
        check(self._max_tokens, expected=size // _BYTES_PER_TOKEN)
        reply = self._retry(
            lambda: self._transport.send(model, system=prompt.system, parts=parts, schema=prompt.answer)
        )
        name = self._transport.model_id(model)
        counts = {"input_tokens": reply.input, "output_tokens": reply.output, "cached_tokens": reply.cached}
        _log.info("model call", extra={"step": step, "model": name, "prompt": prompt.version, **counts})
        report(ModelCall(step, name, prompt.version, reply.input, reply.output, reply.cached))
        return reply


class _Unquoted(Unreadable):
    """An answer with facts whose quotes were not said; `facts` are these facts, `partial` has the others."""

    def __init__(self, facts: Sequence[FoundFact], partial: Found, reply: Reply) -> None:
        super().__init__("\n".join(f"facts.{each}: {_NOT_SAID}" for each in range(len(facts))), reply, partial=partial)
        self.facts = facts


_NOT_SAID = "quote: is not in the conversation; copy the words that prove the fact, or leave the fact out"
_SAME = 0.6
_SHORTEST_QUOTE = 8
"""A quote of fewer characters is no attempt to quote that a second call could mend."""


def _unquoted(chunk: Piece, answer: Found, reply: Reply) -> None:
    """Raise if an answer has facts whose quotes were not said."""
    long = [each for each in answer.facts if len(each.quote) >= _SHORTEST_QUOTE]
    wrong = [each for each in long if not is_quoted(each.event, each.quote, chunk)]
    if wrong:
        rest = [each for each in answer.facts if each not in wrong]
        raise _Unquoted(wrong, answer.model_copy(update={"facts": rest}), reply)


def _with_earlier(answer: AnswerT, failed: Unreadable) -> AnswerT:
    """Return an answer with the facts of an earlier one that it lacks; other answers stand for themselves.

    Where only quotes were wrong, no facts but those are taken from the second answer.
    """
    if isinstance(answer, Found) and isinstance(failed.partial, Found):
        if isinstance(failed, _Unquoted):
            answer.facts = [each for each in answer.facts if any(_is_same(each, other) for other in failed.facts)]
        known = {_key(each.fact) for each in answer.facts}
        answer.facts += [each for each in failed.partial.facts if _key(each.fact) not in known]
    return answer


def _is_same(one: FoundFact, other: FoundFact) -> bool:
    return difflib.SequenceMatcher(None, _key(one.fact), _key(other.fact)).ratio() >= _SAME


def _key(fact: str) -> str:
    return " ".join(fact.casefold().rstrip(" .!。").split())


def _profile(fact: ExtractedFact) -> str:
    return f"{fact.profile.schema}/{fact.profile.name}" if fact.profile else ""
