"""Parses a language model's answer: the data of the prompt's schema, or the reason why it is unusable."""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import Enum

from pydantic import ValidationError

from memorybank.errors import InvalidArgument
from memorybank.models.salvage import repeats_a_key, salvaged
from memorybank.prompts.prompt import Answer, AnswerT, Prompt

_FENCE = re.compile(r"```(?:json)?[^\S\n]*+\n(.*)\n[^\S\n]*+```", re.DOTALL | re.IGNORECASE)
_MOST_PROBLEMS = 10


class End(Enum):
    """Why an answer ended."""

    COMPLETE = "complete"
    CUT_OFF = "cut off"
    """It reached the longest answer allowed."""
    REFUSED = "refused"
    """The provider will not answer this request, however often it is asked."""
    EARLY = "early"
    """For any other reason."""


@dataclass(frozen=True)
class Reply:
    """The result of one call: text without thoughts, why it ended, and the tokens that were billed.

    `finish` is the provider's own finish reason. `cached` tokens are part of `input`, and thoughts of `output`.
    """

    text: str
    end: End = End.COMPLETE
    finish: str = ""
    input: int = 0
    output: int = 0
    cached: int = 0


class Unreadable(Exception):
    """An answer that cannot be used. `problem` is written for the model and quotes nothing from the answer.

    `partial` is the part of it that can be used, if there is any.
    """

    def __init__(self, problem: str, reply: Reply, *, partial: Answer | None = None) -> None:
        super().__init__(problem)
        self.problem, self.reply, self.partial = problem, reply, partial


def read(reply: Reply, prompt: Prompt[AnswerT], *, model: str) -> AnswerT:
    """Return the answer. Raise `Unreadable` if another try may help, `InvalidArgument` if the request was refused."""
    if reply.end is End.REFUSED:
        raise InvalidArgument(
            f"the safety filter of the model {model} refuses the conversation ({reply.finish}). Nothing was stored. "
            "Remove what it objects to, or name another model in the bank's configuration"
        )
    if reply.end is End.CUT_OFF:
        raise Unreadable("It was cut off: it was longer than the longest answer allowed.", reply)
    if not reply.text.strip():
        raise Unreadable(f"It was empty ({reply.finish}).", reply)
    if reply.end is End.EARLY:
        raise Unreadable(f"It ended early ({reply.finish}).", reply)
    fence = _FENCE.fullmatch(reply.text.strip())
    text, problem = fence[1] if fence else reply.text, "An object gives one key two values."
    if not repeats_a_key(text):
        try:
            return prompt.answer.model_validate_json(text)
        except ValidationError as error:
            problem = _problem(error)
    found = salvaged(reply.text, prompt.answer)
    if found is None:
        raise Unreadable(problem, reply)
    if found.problems:
        raise Unreadable("\n".join(found.problems[:_MOST_PROBLEMS]), reply, partial=found.answer)
    return found.answer


def _problem(error: ValidationError) -> str:
    """Return what is wrong, by field. Values are left out because they may quote the conversation."""
    found = error.errors(include_url=False, include_input=False, include_context=False)
    lines = [f"{'.'.join(map(str, each['loc'])) or 'the answer'}: {each['msg']}" for each in found[:_MOST_PROBLEMS]]
    more = [f"and {len(found) - _MOST_PROBLEMS} more"] if len(found) > _MOST_PROBLEMS else []
    return "\n".join([*lines, *more])
