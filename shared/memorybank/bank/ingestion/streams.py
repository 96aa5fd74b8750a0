"""Streams of events waiting to be turned into memories: one document each, and the rules for when a stream is due.

The document holds the waiting events while they are few, so that a call is a single commit of it; further events go
into batches below it. Every change of a stream is a compare-and-set of its document. So each event counts exactly once,
whatever runs concurrently.

    engines/{e}/streams/{key}                 the stream: its settings, its timer, its first waiting events
    engines/{e}/streams/{key}/batches/{id}    more waiting events, in the order of `number`
    engines/{e}/streams/{key}/seen/{hash}     an event id that has arrived before
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any, Self

from memorybank.bank.operations import STALLED_AFTER
from memorybank.ports.documents import Create, Data, Document, Put, Version, Write
from memorybank.resources.config import GenerationRule, GenerationTriggerConfig
from memorybank.resources.content import MAX_EVENTS
from memorybank.resources.names import EngineName
from memorybank.resources.scopes import scope_key
from memorybank.resources.wire import parse_timestamp

STREAM_LIFE = timedelta(days=90)
"""How long an unused stream keeps its settings, and how long an event id is remembered."""

UNTOUCHED = timedelta(hours=24)
"""How long after its last event a stream is flushed regardless of its rule: Google's value."""

LONGEST = timedelta(days=28)
"""How long after its first event a buffer is flushed at the latest, because its operation lives for 30 days."""

MAX_WAITING = 8_000_000
"""The most bytes that wait in one stream: those of the largest request."""

MAX_INLINE = 100_000
"""The most bytes of waiting events, and the most of overlapping ones, in the document of the stream itself."""

STATE_FIELDS = (
    *("scope", "stream_id", "operation", "opened", "last", "due", "count", "size", "batches", "overlap_count"),
    *("timer", "timer_at"),
)
"""The fields that say how a stream stands, without what is said in it."""

_CONTENT = ("events", "overlap", "options", "trigger")


def encode(value: Any) -> bytes:
    """Return compact JSON."""
    return json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode()


def path_of(engine: EngineName, scope: Mapping[str, str], stream_id: str) -> str:
    """Return the path of the document of a stream."""
    return engine.child("streams", _digest(f"{scope_key(scope)} {stream_id}"))


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()[:40]


@dataclass(frozen=True)
class Stream:
    """A stream as it is stored; `version` is None if it is not stored yet.

    `count` events of `size` bytes wait, the last of them in `events` and the earlier ones in `batches` batches. They
    have waited since `opened` for the operation with the id `operation`, and are to be flushed at `due`. Events,
    trigger and options have their wire format. `overlap` holds the last events of the previous flush. The task named
    `timer` is scheduled for `timer_at`.
    """

    path: str
    scope: dict[str, str]
    stream_id: str
    version: Version | None = None
    operation: str | None = None
    opened: datetime | None = None
    last: datetime | None = None
    due: datetime | None = None
    count: int = 0
    size: int = 0
    batches: int = 0
    overlap_count: int = 0
    timer: str | None = None
    timer_at: datetime | None = None
    events: list[Data] = field(default_factory=list)
    overlap: list[Data] = field(default_factory=list)
    options: Data = field(default_factory=dict)
    trigger: Data | None = None

    @classmethod
    def read(cls, document: Document) -> Self:
        """Read a stored stream."""
        data, content = document.data, json.loads(document.data["content"])
        return cls(document.path, version=document.version, **{name: data[name] for name in STATE_FIELDS}, **content)

    def write(self, now: datetime) -> Write:
        """Return the write that stores the stream, provided that it has not changed since it was read."""
        data: Data = {name: getattr(self, name) for name in STATE_FIELDS}
        data |= {
            "scope_key": scope_key(self.scope),
            "content": encode({name: getattr(self, name) for name in _CONTENT}),
            "stalled_at": self.due and self.due + STALLED_AFTER,
            "expire_time": now + STREAM_LIFE,
        }
        return Create(self.path, data) if self.version is None else Put(self.path, data, version=self.version)

    def seen_path(self, event_id: str) -> str:
        """Return the path of the document that records an event id as seen."""
        return f"{self.path}/seen/{_digest(event_id)}"

    def with_settings(self, trigger: GenerationTriggerConfig | None, options: Data) -> Self:
        """Return the stream with the settings of a call applied; the latest value of each field wins.

        A trigger without a rule removes the stream's own rule, so that the engine's applies again.
        """
        kept = dict(self.options)
        if options.keys() & {"revisionTtl", "revisionExpireTime"}:
            kept.pop("revisionTtl", None)
            kept.pop("revisionExpireTime", None)
        rule = trigger and trigger.generation_rule
        own = self.trigger if trigger is None else rule and rule.to_wire()
        return replace(self, trigger=own or None, options={**kept, **options})

    def rule(self, default: GenerationTriggerConfig | None) -> GenerationRule | None:
        """Return the effective rule: the stream's own, or else the engine's; None if there is no reason to wait."""
        rule = default.generation_rule if default else None
        if self.trigger is not None:
            rule = GenerationRule.model_validate(self.trigger)
        return rule

    def with_events(self, events: Sequence[Data], rule: GenerationRule | None, *, now: datetime) -> Self:
        """Return the stream with more waiting events, and its due time according to its rule."""
        last = now if events else self.last
        opened = self.opened or now
        return replace(
            self,
            events=[*self.events, *events],
            count=self.count + len(events),
            size=self.size + size_of(events),
            opened=opened if self.count or events else None,
            last=last,
            due=_due(rule, opened=opened, last=last) if last and (self.count or events) else None,
            overlap_count=(rule.overlap_event_count if rule else None) or 0,
        )

    def takes(self, events: Sequence[Data]) -> bool:
        """Tell whether there is room for more waiting events."""
        fits = self.count + len(events) <= MAX_EVENTS and self.size + size_of(events) <= MAX_WAITING
        return not self.count or fits

    def is_due(self, now: datetime) -> bool:
        """Tell whether there are waiting events that are due."""
        return self.due is not None and self.due <= now

    def timed(self, timer: str | None) -> Self:
        """Return the stream with a task of that name scheduled for its due time; None for no task."""
        return replace(self, timer=timer, timer_at=self.due if timer else None)

    def has_timer(self, now: datetime) -> bool:
        """Tell whether a task is already scheduled early enough."""
        return self.timer_at is not None and self.due is not None and now < self.timer_at <= self.due

    def reading(self, waiting: Sequence[Data]) -> list[Data]:
        """Return the events for a generation: the waiting ones, preceded by as many earlier ones as the rule says."""
        room = min(self.overlap_count, MAX_EVENTS - len(waiting))
        before = self.overlap[-room:] if room > 0 else []
        return sorted([*before, *waiting], key=lambda event: parse_timestamp(event["eventTime"]))

    def flushed(self, reading: Sequence[Data]) -> Self:
        """Return the stream after its events have been handed over; the timer stays, as its task arrives anyway."""
        return replace(
            self,
            operation=None,
            opened=None,
            last=None,
            due=None,
            count=0,
            size=0,
            batches=0,
            events=[],
            overlap=_tail(reading, self.overlap_count),
            options={},
        )


def enough(rule: GenerationRule | None, count: int) -> bool:
    """Tell whether `count` events are to be flushed at once, as also when no rule gives a reason to wait."""
    if rule is None or not any((rule.event_count, rule.idle_duration, rule.fixed_interval)):
        return True
    return rule.event_count is not None and count >= rule.event_count


def size_of(events: Sequence[Data]) -> int:
    """Return the size of events in bytes."""
    return sum(len(encode(event)) for event in events)


def _due(rule: GenerationRule | None, *, opened: datetime, last: datetime) -> datetime:
    ends = [last + UNTOUCHED, opened + LONGEST]
    if rule is not None and rule.idle_duration is not None:
        ends.append(last + rule.idle_duration)
    if rule is not None and rule.fixed_interval is not None:
        ends.append(opened + rule.fixed_interval)
    return min(ends)


def _tail(events: Sequence[Data], count: int) -> list[Data]:
    """Return the last `count` events, fewer if they would be too large for the document of the stream."""
    kept: list[Data] = []
    room = MAX_INLINE
    for event in reversed(events[-count:] if count else []):
        room -= size_of([event])
        if room < 0:
            break
        kept.insert(0, event)
    return kept
