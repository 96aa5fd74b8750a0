"""A scripted transport for tests of `PromptedModel`."""

from __future__ import annotations

import json
import threading
from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from memorybank.models.answers import Reply
from memorybank.models.media import MediaRules
from memorybank.ports.models import Media

if TYPE_CHECKING:
    from pydantic import BaseModel

EMPTY = Reply(json.dumps({"facts": [], "fields": [], "decisions": []}))
"""An answer that finds nothing, valid for every prompt."""


@dataclass(frozen=True)
class Sent:
    """One prompt as it was sent."""

    system: str
    texts: tuple[str, ...]
    media: tuple[Media, ...]


class ScriptedTransport:
    """Replies by `script`, in order (an error is raised), then by `otherwise`; `sent` are the prompts in order."""

    def __init__(self, *, media: MediaRules | None = None, otherwise: Callable[[Sent], Reply] | None = None) -> None:
        self.media = media or MediaRules()
        self.script: deque[Reply | Exception] = deque()
        self.sent: list[Sent] = []
        self._otherwise = otherwise or (lambda _: EMPTY)
        self._lock = threading.Lock()

    def model_id(self, model: str) -> str:
        """Return the name as it is."""
        return model

    def send(self, model: str, *, system: str, parts: Sequence[str | Media], schema: type[BaseModel]) -> Reply:
        """Reply as scripted."""
        del model, schema
        texts = tuple(part for part in parts if isinstance(part, str))
        sent = Sent(system, texts, tuple(part for part in parts if isinstance(part, Media)))
        with self._lock:
            self.sent.append(sent)
            reply: Any = self.script.popleft() if self.script else self._otherwise(sent)
        if isinstance(reply, Exception):
            raise reply
        answer: Reply = reply
        return answer

    def close(self) -> None:
        """Hold nothing."""
