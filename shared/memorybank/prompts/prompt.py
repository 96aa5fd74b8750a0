"""What every prompt module makes: the final text, and how to read what comes back."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from pydantic import BaseModel, ConfigDict


def _bare(schema: dict[str, Any]) -> None:
    """Take out what pydantic writes into a schema for people: it would be part of the prompt."""
    for part in (schema, *schema.get("properties", {}).values()):
        part.pop("title", None)
        part.pop("description", None)


class Answer(BaseModel):
    """What a model answers, or a part of it. Fields have no defaults: Gemini is to fill all, in this order."""

    # Values are not cached: pydantic would keep short ones in the process, also when they are erased.
    model_config = ConfigDict(json_schema_extra=_bare, cache_strings="keys")


AnswerT = TypeVar("AnswerT", bound=Answer)


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
