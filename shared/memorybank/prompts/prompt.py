"""What every prompt module makes: the final text, and how to read what comes back."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Generic, TypeVar

from pydantic import BaseModel

AnswerT = TypeVar("AnswerT", bound=BaseModel)


@dataclass(frozen=True)
class Prompt(Generic[AnswerT]):
    """A prompt as it is sent.

    `version` names the prompt and changes with its text. `system` is the same for all calls of one bank's
    configuration, so that providers can cache it; `user` is what differs. `answer` gives the JSON schema of the answer.
    """

    version: str
    system: str
    user: str
    answer: type[AnswerT]
