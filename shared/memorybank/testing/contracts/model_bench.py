"""A provider under test, and the ways in which its calls fail: what the contract of prompted models asks for."""

from __future__ import annotations

from enum import Enum
from typing import Protocol

from memorybank.errors import DeadlineExceeded, FailedPrecondition, ResourceExhausted, Unavailable
from memorybank.ports.models import LanguageModel


class Fault(Enum):
    """How a call fails, and which error that is."""

    DOWN = "the provider cannot serve now"
    EXHAUSTED = "the quota is used up"
    SILENT = "no answer comes in time"
    GARBLED = "the answer is none of the provider's"
    DENIED = "the caller may not use the model"
    MISSING = "the model is not there"


PASSING = {
    Fault.DOWN: Unavailable,
    Fault.EXHAUSTED: ResourceExhausted,
    Fault.SILENT: DeadlineExceeded,
    Fault.GARBLED: Unavailable,
}
LASTING = {Fault.DENIED: FailedPrecondition, Fault.MISSING: FailedPrecondition}


class ModelBench(Protocol):
    """A provider under test. Calls without a scripted answer get JSON that finds nothing.

    Waits take no time; a model tries each call at most `attempts` times. Scripted answers are billed with 100 tokens
    in, 40 of them cached, and 20 out.
    """

    attempts: int
    takes_pictures: bool

    def model(self, *, max_tokens: int = 0) -> LanguageModel:
        """Return a model that calls the provider; closed by the bench."""
        ...

    def answer(self, text: str, *, cut_off: bool = False) -> None:
        """Script one answer."""
        ...

    def refuse(self) -> None:
        """Script a refusal by a safety filter."""
        ...

    def fail(self, fault: Fault, *, retry_after: float | None = None) -> None:
        """Script a failure, before the model is made; `retry_after` is sent in the provider's own form."""
        ...

    @property
    def asked(self) -> list[str]:
        """The texts of all calls so far, system instruction included."""
        ...

    @property
    def pictures(self) -> list[int]:
        """How many images each call had."""
        ...

    @property
    def waits(self) -> list[float]:
        """The waits between calls, in seconds."""
        ...
