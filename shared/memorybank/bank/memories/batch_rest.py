"""What a BatchCreateMemories has left for a worker: it is stored with its operation, and an erasure takes things out.

Every commit of the worker writes the operation, too, provided that it is as it was when the rest was read. So it is
counted once, however often it is delivered. An erasure rewrites the operation: either it comes first, and the worker's
commit fails and is repeated with what is left, or the commit does, and the erasure finds what was created.
"""

from __future__ import annotations

import contextlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from functools import partial
from itertools import compress
from typing import Any

from memorybank.bank import operations, payloads
from memorybank.bank.conflict_retry import retry_on_conflict
from memorybank.bank.listing import documents_of
from memorybank.bank.memories.batch_records import Counts, Records
from memorybank.bank.packing import stored_response
from memorybank.bank.ports import Ports
from memorybank.bank.sessions import scope_of
from memorybank.errors import Aborted, AlreadyExists, MemoryBankError, NotFound
from memorybank.ports.documents import Create, Data, Document, Patch, Query, Version, Where, Write
from memorybank.resources.config import MemoryBankConfig
from memorybank.resources.names import EngineName, engine_of
from memorybank.resources.operation_kinds import BATCH_CREATE_MEMORIES
from memorybank.resources.scopes import scope_key
from memorybank.resources.transfer import BatchCreateMemoriesRequest
from memorybank.resources.wire import parse

_KEY = "batch"
"""Stands in the place of a scope's key, for the records are of many scopes: so the index of keys finds them all."""

_AT_ONCE = 100
_FIELDS = ("done", "retryable", "next", "total", "counts", "request", "parts", "parts_name")


class Changed(Exception):
    """The operation is no longer as it was when the rest was read."""


def store(ports: Ports, engine: EngineName, records: Records, *, total: int) -> Document:
    """Store what is left of a request of `total` records, and return its operation."""
    identifier, data = operations.start(ports, BATCH_CREATE_MEMORIES, parent=str(engine))
    path = engine.child("operations", identifier)
    payload = json.dumps(records.request.to_wire(), ensure_ascii=False).encode()
    stored = payloads.store(ports, path, payload, scope_key=None)
    progress = _progress(ports, done=records.done, counts=records.counts, total=total)
    begun = Document(path, {**data, "scope_key": _KEY, "total": total, **stored, **progress}, None)
    ports.store.commit([Create(path, begun.data)])
    return begun


def load(ports: Ports, path: str, config: MemoryBankConfig) -> Rest | None:
    """Return what the operation at a path has left; None if it is done, or gone."""
    found = retry_on_conflict(lambda: _read(ports, path))
    if found is None:
        return None
    state, payload = found
    request = parse(BatchCreateMemoriesRequest, json.loads(payload))
    counts = Counts(**json.loads(state.data["counts"]))
    records = Records(ports, engine_of(path), config, request, counts=counts, done=state.data["next"])
    return Rest(ports, state, records, state.version)


def _read(ports: Ports, path: str) -> tuple[Document, bytes] | None:
    """Return the operation with its payload, if it is there and not done."""
    state = ports.store.get(path, fields=_FIELDS)
    if state is None or state.data["done"]:
        return None
    return state, _payload(ports, state)


def _payload(ports: Ports, state: Document) -> bytes:
    try:
        return payloads.load(ports, state)
    except NotFound as error:
        present = ports.store.get(state.path, fields=("done",))
        if present is None or present.version != state.version:
            raise Aborted("the rest was rewritten while it was read") from error
        raise


def _progress(ports: Ports, *, done: int, counts: Counts, total: int) -> Data:
    now = ports.clock.now()
    return {
        "next": done,
        "counts": json.dumps(asdict(counts)),
        "response": stored_response(counts.told(total)),
        "update_time": now,
        "stalled_at": now + operations.STALLED_AFTER,
    }


@dataclass
class Rest:
    """The rest of a request as it was read; `version` is that of its operation after the last commit."""

    ports: Ports
    state: Document
    records: Records
    version: Version | None

    @property
    def total(self) -> int:
        """How many records the request had."""
        data, request = self.state.data, self.records.request
        # Operations of earlier versions do not say it, and no erasure took anything out of them.
        return int(data.get("total") or len(request.memories) + len(request.sessions))

    def save(self, writes: Sequence[Write], done: int, counts: Counts) -> None:
        """Commit writes with the progress; raise `Changed` if somebody else has written the operation."""
        self._commit(_progress(self.ports, done=done, counts=counts, total=self.total), writes)

    def end(self) -> None:
        """Finish the operation."""
        outcome = operations.Outcome(response=self.records.counts.told(self.total)).data(self.ports)
        self._commit(outcome | {"counts": None}, payloads.removals(self.state))

    def _commit(self, fields: Data, writes: Sequence[Write]) -> None:
        store, path = self.ports.store, self.state.path
        try:
            self.version, *_ = store.commit([Patch(path, fields, version=self.version), *writes])
        except (Aborted, AlreadyExists, NotFound) as conflict:
            present = store.get(path, fields=("done",))
            if present is None or present.version != self.version:
                raise Changed from conflict
            raise Aborted("memories changed during the import") from conflict


def erase(ports: Ports, engine: EngineName, key: str, *, sessions: bool) -> int:
    """Take the records of the scope with that key out of all that waits in an engine, and return how many there were.

    Those of operations that have failed are taken out, too: somebody may retry them.
    """
    query = Query(f"{engine.path}/operations", where=(Where("scope_key", "==", _KEY),), fields=("done", "retryable"))
    waiting = [found for found, _ in documents_of(ports.store, query, at_once=_AT_ONCE) if _has_rest(found)]
    return sum(
        retry_on_conflict(partial(_take_out, ports, document.path, key, sessions=sessions)) for document in waiting
    )


def _has_rest(operation: Document) -> bool:
    return not operation.data["done"] or bool(operation.data.get("retryable"))


def _take_out(ports: Ports, path: str, key: str, *, sessions: bool) -> int:
    state = ports.store.get(path, fields=_FIELDS)
    if state is None or not _has_rest(state):
        return 0
    try:
        request = json.loads(_payload(ports, state))
    except NotFound:  # parts of it have expired, so nobody can use the others
        ports.store.commit(payloads.removals(state))
        return 0
    memories, others = request.get("memories", []), request.get("sessions", [])
    kept = [scope_key(each["memory"]["scope"]) != key for each in memories]
    kept += [not sessions or scope_key(scope_of(each["session"]["userId"])) != key for each in others]
    if all(kept):
        return 0
    done = state.data["next"]
    counts = Counts(**json.loads(state.data["counts"]))
    counts.erased += kept[done:].count(False)
    rest = {
        **request,
        "memories": list(compress(memories, kept)),
        "sessions": list(compress(others, kept[len(memories) :])),
    }
    _rewrite(ports, state, rest, progress={"next": sum(kept[:done]), "counts": json.dumps(asdict(counts))})
    return kept.count(False)


def _rewrite(ports: Ports, state: Document, request: Mapping[str, Any], *, progress: Data) -> None:
    """Put another request in place of an operation's, and nothing of the old one is left."""
    payload = json.dumps(request, ensure_ascii=False).encode()
    stored = {"parts_name": None} | payloads.store(ports, state.path, payload, scope_key=None, name=ports.ids.new())
    try:
        patch = Patch(state.path, stored | progress, version=state.version)
        ports.store.commit([patch, *payloads.removals(state)])
    except (Aborted, NotFound) as error:  # after any other error, the operation may refer to the new parts already
        with contextlib.suppress(MemoryBankError):
            ports.store.commit(payloads.removals(replace(state, data=stored)))
        raise Aborted("the operation was changed meanwhile") from error
