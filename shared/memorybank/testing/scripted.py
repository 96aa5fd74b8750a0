"""A scripted language model that counts its calls and can be slow."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Sequence

from memorybank.ports.models import Decision, DecisionRequest, ExtractedFact, ExtractionRequest, ReviewRequest
from memorybank.text.visible import visible

Extract = Callable[[ExtractionRequest], Sequence[ExtractedFact]]
Decide = Callable[[DecisionRequest], Sequence[Decision]]
Review = Callable[[ReviewRequest], Sequence[bool]]


def sentences(request: ExtractionRequest) -> list[ExtractedFact]:
    """Return every line of every user turn as a fact."""
    lines = [(index, line) for index, event in enumerate(request.events) for line in event.text.splitlines()]
    return [
        ExtractedFact(line.strip(), context="The user said so.", event=index, quote=line)
        for index, line in lines
        if visible(line).strip() and request.events[index].role == "user"
    ]


def nothing(request: DecisionRequest) -> list[Decision]:
    """Decide that every fact is new."""
    del request
    return []


def agrees(request: ReviewRequest) -> list[bool]:
    """Find every change right."""
    return [True] * len(request.changes)


class ScriptedModel:
    """Answers by the given functions; `requests` holds all requests, in order of arrival.

    `seconds` is how long each call takes, outside any lock, like a real model's.
    """

    name = "scripted"

    def __init__(
        self,
        *,
        extract: Extract = sentences,
        decide: Decide = nothing,
        review: Review = agrees,
        seconds: float = 0.0,
    ) -> None:
        self._extract, self._decide, self._review, self._seconds = extract, decide, review, seconds
        self._lock = threading.Lock()
        self.requests: list[ExtractionRequest | DecisionRequest | ReviewRequest] = []

    @property
    def extractions(self) -> int:
        """The number of extraction calls."""
        return sum(isinstance(request, ExtractionRequest) for request in list(self.requests))

    @property
    def decisions(self) -> int:
        """The number of decision calls."""
        return sum(isinstance(request, DecisionRequest) for request in list(self.requests))

    @property
    def reviews(self) -> int:
        """The number of second opinions."""
        return sum(isinstance(request, ReviewRequest) for request in list(self.requests))

    def extract(self, request: ExtractionRequest) -> list[ExtractedFact]:
        """Answer as scripted."""
        self._take(request)
        return list(self._extract(request))

    def decide(self, request: DecisionRequest) -> list[Decision]:
        """Answer as scripted."""
        self._take(request)
        return list(self._decide(request))

    def review(self, request: ReviewRequest) -> list[bool]:
        """Answer as scripted."""
        self._take(request)
        return list(self._review(request))

    def _take(self, request: ExtractionRequest | DecisionRequest | ReviewRequest) -> None:
        with self._lock:
            self.requests.append(request)
        if self._seconds:
            time.sleep(self._seconds)
