"""Exports of an engine as lines of JSON, and records that are created in another, in batches.

for line in export_lines(engine):
    file.write(line)

for counts in create_records(engine, records):
    print(counts["createdCount"])
"""

from __future__ import annotations

import json
import time
from collections import deque
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from threading import Event
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from memorybank.client.bank import Engine
from memorybank.errors import Aborted, DeadlineExceeded, InvalidArgument, Unavailable, Violation
from memorybank.hosts import is_this_machine

if TYPE_CHECKING:
    from concurrent.futures import Future

FORMAT, VERSION = "open-memory-bank", 1
"""What the first line of an export names."""

MAX_LINE = 7_500_000
"""The most bytes of a line: what fits the body of one request."""

_MOST_RECORDS, _MOST_BYTES, _MOST_VALUES = 500, 4_000_000, 80_000
"""How much one request carries; a bank takes twice as much."""

_AT_ONCE = 4
"""Requests under way at once: while one waits for its store, the bank reads and checks the next."""

_OUTPUT_ONLY = ("name", "createTime", "updateTime", "etag")
_TRIES, _PAUSE, _PATIENCE = 5, 1.0, 3600.0
_LOOK = 5.0
"""Seconds after which a request looks whether the import has been stopped."""


@dataclass(frozen=True)
class Record:
    """A memory or a session, the number of its line in a file, and its bytes as JSON, 0 if they are not known."""

    kind: str
    body: Mapping[str, Any]
    line: int = 0
    size: int = 0


def export_lines(engine: Engine, *, vectors: bool = True) -> Iterator[str]:
    """Yield the lines of an export: a head, the engine, its memories by id, its sessions by id.

    They are the same, byte for byte, as long as nothing changes in the bank, and for any bank that was made of them.
    """
    yield _line({"kind": "head", "format": FORMAT, "version": VERSION})
    resource = engine.get()
    yield _line({"kind": "engine", **{key: value for key, value in resource.items() if key not in _OUTPUT_ONLY}})
    query = {"pageSize": 500, "includeEmbeddings": vectors}
    for memory in engine.list_all("memories:export", query=query):
        yield _line({"kind": "memory", **memory})
    sessions = list(engine.list_all("sessions", query={"pageSize": 1000}))
    for session in sorted(sessions, key=lambda each: str(each["name"])):
        yield _line(_session(engine, session))


def _session(engine: Engine, session: dict[str, Any]) -> dict[str, Any]:
    identifier = session["name"].rpartition("/")[2]
    events = [
        {"id": event["name"].rpartition("/")[2], "event": _unnamed(event)}
        for event in engine.list_all(f"sessions/{identifier}/events", query={"pageSize": 1000})
    ]
    record: dict[str, Any] = {"kind": "session", "id": identifier, "session": _unnamed(session)}
    return {**record, "events": events} if events else record


def _unnamed(resource: Mapping[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in resource.items() if key != "name"}


def _line(record: Mapping[str, Any]) -> str:
    # Free maps keep the order of their keys: a state and the arguments of a function come back as they were sent.
    return json.dumps(record, ensure_ascii=False, separators=(",", ":")) + "\n"


@dataclass
class _Batch:
    records: list[Record] = field(default_factory=list)
    size: int = 0
    values: int = 0

    def takes(self, size: int, values: int) -> bool:
        """Tell whether a record fits; the first always does."""
        return not self.records or (
            len(self.records) < _MOST_RECORDS
            and self.size + size <= _MOST_BYTES
            and self.values + values <= _MOST_VALUES
        )


def create_records(
    engine: Engine, records: Iterable[Record], *, validate_only: bool = False
) -> Iterator[dict[str, Any]]:
    """Create records in an engine and yield the counts of each request; what is there already stays as it is.

    A bank on another machine is sent several requests at once.
    """
    from concurrent.futures import ThreadPoolExecutor  # noqa: PLC0415 - only imports pay for it

    stopped = Event()
    at_once = 1 if is_this_machine(urlsplit(engine.bank.url).hostname or "") else _AT_ONCE
    with ThreadPoolExecutor(at_once) as pool:
        begun: deque[Future[dict[str, Any]]] = deque()
        try:
            for batch in _batches(records):
                if len(begun) == at_once:
                    yield begun.popleft().result()
                begun.append(pool.submit(_create, engine, batch, validate_only=validate_only, stopped=stopped))
            while begun:
                yield begun.popleft().result()
        finally:
            stopped.set()
            for request in begun:
                request.cancel()


def _batches(records: Iterable[Record]) -> Iterator[list[Record]]:
    batch = _Batch()
    for record in records:
        size, values = record.size or len(json.dumps(record.body)), _values(record.body)
        if not batch.takes(size, values) or (batch.records and batch.records[-1].kind != record.kind):
            yield batch.records
            batch = _Batch()
        batch.records.append(record)
        batch.size, batch.values = batch.size + size, batch.values + values
    if batch.records:
        yield batch.records


def _values(body: Mapping[str, Any]) -> int:
    """Return how many values an object of JSON holds."""
    level: list[Any] = [body]
    count = 0
    while level:
        count += sum(map(len, level))
        level = [
            child
            for node in level
            for child in (node.values() if type(node) is dict else node)
            if type(child) is dict or type(child) is list
        ]
    return count


def _create(engine: Engine, records: list[Record], *, validate_only: bool, stopped: Event) -> dict[str, Any]:
    field_name = "memories" if records[0].kind == "memory" else "sessions"
    body = {field_name: [dict(record.body) for record in records], "validateOnly": validate_only}
    for left in reversed(range(_TRIES)):
        try:
            operation = engine.call("POST", "memories:batchCreate", body)
            done = _until_done(engine, operation, stopped)
        except (Unavailable, DeadlineExceeded, Aborted):  # what was created is found, and nothing is created twice
            if not left or stopped.wait(_PAUSE * (_TRIES - left)):
                raise
        except InvalidArgument as error:
            raise InvalidArgument.of(*(_with_line(each, records) for each in error.violations[:5])) from error
        else:
            if "error" in done:
                engine.bank.wait(done)
            counts: dict[str, Any] = done["metadata"]["value"]
            return counts
    raise AssertionError  # the last try returns or raises


def _until_done(engine: Engine, operation: Mapping[str, Any], stopped: Event) -> dict[str, Any]:
    """Return the operation when it is done; soon after a stop nobody waits for it any longer."""
    end = time.monotonic() + _PATIENCE
    while True:
        try:
            return engine.bank.until_done(operation, deadline=_LOOK)
        except DeadlineExceeded:
            if stopped.is_set() or time.monotonic() > end:
                raise


def _with_line(violation: Violation, records: list[Record]) -> Violation:
    """Return a violation with the line of the record that it is about, in place of its index."""
    head, bracket, rest = violation.field.partition("]")
    index = head.rpartition("[")[2]
    if bracket and index.isdecimal() and int(index) < len(records):
        line = records[int(index)].line
        return Violation(f"line {line}{': ' + rest.lstrip('.') if rest else ''}", violation.description)
    return violation
