"""Model usage: adapters report every billed call here, and the code that runs an operation adds them up.

The model port does not mention cost. An adapter calls `report` after each billed call, even if it could not read the
answer, and `check` before each call of a language model. Both find the meter of the current work in a context
variable; without one, calls are only logged by the adapter.

    with metered(Meter(summary_of_earlier_attempts)) as meter:
        ...
    meter.summary()
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from memorybank.errors import Internal, ResourceExhausted


class OverBudget(ResourceExhausted):
    """The operation has used up its token budget. A retry would only cost more."""

    final = True


class UnreadableAnswer(Internal):
    """A model has given two unreadable answers. A retry would cost more and most likely fail again."""

    final = True


@dataclass(frozen=True)
class ModelCall:
    """One billed call.

    `step` is "extract", "decide", "review" or "embed"; `prompt` names the prompt and its version. `cached` tokens are
    part of `input`; `output` includes the model's thoughts.
    """

    step: str
    model: str
    prompt: str = ""
    input: int = 0
    output: int = 0
    cached: int = 0


@dataclass
class Meter:
    """Adds up the calls of one operation, and the seconds of its steps. Thread-safe.

    `earlier` is the summary of earlier attempts, whose `seconds` are given, too.
    """

    earlier: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    seconds: dict[str, float] = field(default_factory=dict)
    calls: list[ModelCall] = field(default_factory=list)
    _lock: threading.Lock = field(default_factory=threading.Lock, repr=False)

    @property
    def tokens(self) -> int:
        """All tokens so far, those of earlier attempts included."""
        return sum(step["inputTokens"] + step["outputTokens"] for step in self.summary().values())

    def add(self, call: ModelCall) -> None:
        """Count a call."""
        with self._lock:
            self.calls.append(call)

    def add_time(self, step: str, passed: timedelta) -> None:
        """Count the time of a step; a clock that is set back meanwhile counts nothing."""
        with self._lock:
            total = self.seconds.get(step, 0.0) + max(0.0, passed.total_seconds())
            self.seconds[step] = round(total, 3)

    def summary(self) -> dict[str, dict[str, Any]]:
        """Return per step: calls, inputTokens, outputTokens, cachedTokens, and model and prompt of its last call."""
        found = {step: dict(told) for step, told in self.earlier.items()}
        with self._lock:
            calls = list(self.calls)
        for call in calls:
            step = found.setdefault(call.step, {"calls": 0, "inputTokens": 0, "outputTokens": 0, "cachedTokens": 0})
            step["calls"] += 1
            step["inputTokens"] += call.input
            step["outputTokens"] += call.output
            step["cachedTokens"] += call.cached
            step |= {"model": call.model} | ({"prompt": call.prompt} if call.prompt else {})
        return found


_METER: ContextVar[Meter | None] = ContextVar("meter", default=None)


@contextmanager
def metered(meter: Meter) -> Iterator[Meter]:
    """Count the model calls that this thread makes inside the block in `meter`."""
    before = _METER.set(meter)
    try:
        yield meter
    finally:
        _METER.reset(before)


def current() -> Meter | None:
    """Return the current meter, or None if there is none or nothing has been billed."""
    meter = _METER.get()
    return meter if meter is not None and meter.calls else None


@contextmanager
def timed(step: str, now: Callable[[], datetime]) -> Iterator[None]:
    """Count the time that the block takes as a step of the current meter, whether or not it succeeds."""
    meter = _METER.get()
    began = now()
    try:
        yield
    finally:
        if meter is not None:
            meter.add_time(step, now() - began)


def seconds() -> dict[str, float]:
    """Return the seconds of each step that the current meter has counted."""
    meter = _METER.get()
    return dict(meter.seconds) if meter is not None else {}


def produced_by(step: str, *, otherwise: str) -> str:
    """Return the prompt and model of the last billed call of a step, or `otherwise` if there was none."""
    meter = current()
    told = meter.summary().get(step) if meter else None
    return otherwise if told is None else " ".join(filter(None, (told.get("prompt"), told["model"])))


def report(call: ModelCall) -> None:
    """Count a billed call in the current meter."""
    meter = _METER.get()
    if meter is not None:
        meter.add(call)


def check(budget: int, *, expected: int) -> None:
    """Raise `OverBudget` if a call of about `expected` tokens would exceed `budget`, where 0 means no limit."""
    meter = _METER.get()
    spent = meter.tokens if meter is not None else 0
    if budget and spent + expected > budget:
        raise OverBudget(
            f"the operation has used {spent} tokens and its next model call needs about {expected} more, where "
            f"MEMORYBANK_MAX_TOKENS_PER_OPERATION allows {budget}: raise it, or send less at once"
        )
