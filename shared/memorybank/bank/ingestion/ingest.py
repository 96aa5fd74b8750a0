"""Ingest events: each call adds new events to its stream, and flushes the stream if it becomes due."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from functools import partial

from memorybank.bank import engines, payloads
from memorybank.bank.conflict_retry import retry_on_conflict
from memorybank.bank.ingestion import streams
from memorybank.bank.ingestion.flush import Work, begin, flush
from memorybank.bank.ingestion.streams import Stream
from memorybank.bank.operation_tasks import enqueue_or_leave
from memorybank.bank.payloads import OPERATION_LIFE
from memorybank.bank.ports import Ports
from memorybank.ports.documents import Create, Data, Document, Put, Write
from memorybank.ports.tasks import Task
from memorybank.resources.config import GenerationTriggerConfig
from memorybank.resources.content import ContentEvent
from memorybank.resources.ingestion import IngestEventsRequest
from memorybank.resources.names import EngineName, name_of
from memorybank.resources.operation import Operation
from memorybank.resources.operation_kinds import INGEST_EVENTS
from memorybank.resources.scopes import scope_key

DEFAULT_STREAM = "default"
"""The stream of calls that do not name one."""

_MOST_SEEN = 300
"""The most event ids that one commit records as seen."""

_SEEN_BYTES = 2**20
"""The most bytes of event ids in one commit; each is stored with its scope."""

_SEEN_BESIDE_SCOPE = 300


@dataclass(frozen=True)
class _Piece:
    """The part of a call that goes into one commit; only the last part may flush."""

    engine: EngineName
    request: IngestEventsRequest
    default: GenerationTriggerConfig | None
    events: Sequence[Data]
    last: bool

    def stream(self) -> Stream:
        """Return the stream in its initial state."""
        identifier = self.request.stream_id or DEFAULT_STREAM
        path = streams.path_of(self.engine, self.request.scope, identifier)
        return Stream(path, self.request.scope, identifier)


def ingest(ports: Ports, engine: EngineName, request: IngestEventsRequest) -> Operation:
    """Add the events of a call to their stream, and flush it if they make it due.

    The operation belongs to all waiting events: every call gets the same one until the flush, which finishes it. If no
    events wait, the operation is already finished and has done nothing.
    """
    config = engines.get(ports, engine).config.generation_config
    default = config.generation_trigger_config if config else None
    events = list(_said(request.events, now=ports.clock.now()))
    size = _piece_size(request)
    starts = range(0, len(events), size) or range(1)
    for start in starts:
        piece = _Piece(engine, request, default, events[start : start + size], last=start == starts[-1])
        operation = retry_on_conflict(partial(_take, ports, piece))
    return operation


def _said(events: Sequence[ContentEvent], *, now: datetime) -> Iterator[Data]:
    """Return events as they are stored, each with a time: its own, or the previous event's, or the time of arrival.

    An event with a time of its own but without an id gets one: the same event at the same time is a repeated call.
    """
    time = next((event.event_time for event in events if event.event_time), now)
    same: Counter[str] = Counter()
    for event in events:
        time = event.event_time or time
        said = event.model_copy(update={"event_time": time}).to_wire()
        if event.event_time and not event.event_id:
            digest = hashlib.sha256(streams.encode(said)).hexdigest()
            same[digest] += 1  # a call may hold the same event twice on purpose
            said["eventId"] = f"{digest}-{same[digest]}"
        yield said


def _piece_size(request: IngestEventsRequest) -> int:
    """Return how many events go into one commit, within its limits of size and number of writes."""
    each = len(streams.encode(request.scope)) + _SEEN_BESIDE_SCOPE
    return max(1, min(_MOST_SEEN, _SEEN_BYTES // each))


def _take(ports: Ports, piece: _Piece) -> Operation:
    now, request = ports.clock.now(), piece.request
    found, fresh, seen = _look(ports, piece, now)
    if found.is_due(now) or not found.takes(fresh):
        # The waiting events are one conversation; the new ones begin the next.
        _flush(ports, piece, found, work=Work())
        return _take(ports, piece)
    updated = found.with_settings(request.generation_trigger_config, request.given_options())
    rule = updated.rule(piece.default)
    stream = updated.with_events(fresh, rule, now=now)
    work = Work(writes=seen)
    if stream.count and piece.last and (request.force_flush or streams.enough(rule, stream.count)):
        return _flush(ports, piece, stream, work=work)
    if stream.operation is not None and stream == found:
        return _operation_of(piece.engine, stream)
    if stream.count:
        operation = _wait(ports, piece.engine, stream, work=work)
    else:
        operation = begin(ports, piece.engine, stream, work=work, response={})
        work.writes.append(stream.write(now))
    _carry_out(ports, work)
    return operation


def _look(ports: Ports, piece: _Piece, now: datetime) -> tuple[Stream, list[Data], list[Write]]:
    """Return the stream, the events that are new to it, and the writes that record them as seen."""
    stream = piece.stream()
    paths = [stream.seen_path(event["eventId"]) if event.get("eventId") else None for event in piece.events]
    asked = list(dict.fromkeys(path for path in paths if path))
    document, *found = ports.store.get_many([stream.path, *asked])
    unasked = dict(zip(asked, found, strict=True))
    data = {"scope": stream.scope, "expire_time": now + streams.STREAM_LIFE}
    fresh: list[Data] = []
    writes: list[Write] = []
    for path, event in zip(paths, piece.events, strict=True):
        if path is None:
            fresh.append(event)
        elif path in unasked:  # otherwise the call has the same id twice
            known = unasked.pop(path)
            if known is None or known.data["expire_time"] <= now:
                fresh.append(event)
                writes.append(Create(path, data) if known is None else Put(path, data, version=known.version))
    return Stream.read(document) if document else stream, fresh, writes


def _operation_of(engine: EngineName, stream: Stream) -> Operation:
    """Return the operation of a stream with waiting events."""
    if stream.operation is None or stream.opened is None:
        raise AssertionError("a stream without waiting events has no operation")
    name = name_of(engine.child("operations", stream.operation))
    return Operation(name, INGEST_EVENTS.name, create_time=stream.opened, update_time=stream.opened, scope=stream.scope)


def _wait(ports: Ports, engine: EngineName, stream: Stream, *, work: Work) -> Operation:
    """Add the writes for a stream that keeps waiting: its operation, its timer, and a batch if its document is full."""
    now = ports.clock.now()
    if stream.operation is None:
        begun = begin(ports, engine, stream, work=work)
        stream = replace(stream, operation=begun.name.rpartition("/")[2])
    operation = _operation_of(engine, stream)
    if not stream.has_timer(now):
        stream = stream.timed(ports.ids.new())
        work.tasks.append(Task(str(stream.timer), operation.name, run_at=stream.timer_at))
    if streams.size_of(stream.events) > streams.MAX_INLINE:
        stream = _spill(ports, stream, work=work)
    work.writes.append(stream.write(now))
    return operation


def _spill(ports: Ports, stream: Stream, work: Work) -> Stream:
    """Move the events in a stream's document into a batch."""
    path, key = f"{stream.path}/batches/{ports.ids.new()}", scope_key(stream.scope)
    data = payloads.store(ports, path, streams.encode(stream.events), scope_key=key, scope=stream.scope)
    data |= {"scope": stream.scope, "number": stream.batches, "expire_time": ports.clock.now() + OPERATION_LIFE}
    work.parted.append(Document(path, data, None))
    work.writes.append(Create(path, data))
    return replace(stream, events=[], batches=stream.batches + 1)


def _flush(ports: Ports, piece: _Piece, stream: Stream, *, work: Work) -> Operation:
    operation = flush(ports, piece.engine, stream, work=work)
    _carry_out(ports, work)
    return operation


def _carry_out(ports: Ports, work: Work) -> None:
    """Commit, then enqueue. The caller does not see a failure to enqueue, or it would send everything again."""
    work.commit(ports)
    for task in work.tasks:
        enqueue_or_leave(ports, task)
