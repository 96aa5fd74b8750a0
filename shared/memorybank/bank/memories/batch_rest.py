"""What a BatchCreateMemories has left: it is stored with an operation, and an erasure takes things out.

While its call works on a request, the operation has no request of its own: the call keeps it. When its time is over, it
hands the rest over to a worker. Either way, every commit writes the operation, too, provided that it is as it was when
the rest was read. So a record is counted once, however often a worker gets it, and an erasure cannot miss one: it
writes the operation as well (`batch_erasure`). Either it comes first, and the next commit fails and is repeated without
what was erased; or the commit does, and the erasure finds what was created.
"""

from __future__ import annotations

import contextlib
import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from itertools import compress

from memorybank.bank import engines, operations, payloads
from memorybank.bank.conflict_retry import retry_on_conflict
from memorybank.bank.memories.batch_records import Counts, Records
from memorybank.bank.operation_tasks import task_of
from memorybank.bank.packing import stored_response
from memorybank.bank.ports import Ports
from memorybank.bank.sessions import scope_of
from memorybank.errors import Aborted, AlreadyExists, MemoryBankError, NotFound
from memorybank.ports.documents import Create, Data, Delete, Document, Patch, Version, Write
from memorybank.resources.config import MemoryBankConfig
from memorybank.resources.names import engine_of
from memorybank.resources.operation_kinds import BATCH_CREATE_MEMORIES
from memorybank.resources.scopes import scope_key
from memorybank.resources.transfer import BatchCreateMemoriesRequest
from memorybank.resources.wire import parse

KEY = "batch"
"""Stands in the place of a scope's key, for the records are of many scopes: so the index of keys finds them all."""

FIELDS = (
    *("done", "retryable", "next", "total", "counts", "request", "parts", "parts_name"),
    *("storing", "erased", "error", "update_time"),
)
_REPEAT = "repeat the call: what it has created stays, and is not created twice"


class Changed(Exception):
    """The operation is no longer as it was when the rest was read."""


@dataclass
class Held:
    """An operation as it was read at a `version`, or as it was after one's own last commit."""

    ports: Ports
    path: str
    version: Version | None

    def commit(self, fields: Data | None, writes: Sequence[Write] = ()) -> None:
        """Commit writes with fields of the operation, None to remove it; raise `Changed` if others have written it."""
        store, path, version = self.ports.store, self.path, self.version
        own = Delete(path, version=version) if fields is None else Patch(path, fields, version=version)
        try:
            self.version, *_ = store.commit([own, *writes])
        except (Aborted, AlreadyExists, NotFound) as conflict:
            present = store.get(path, fields=("done",))
            if present is None or present.version != version:
                raise Changed from conflict
            raise Aborted("memories changed during the import") from conflict

    def store(self, request: Mapping[str, object]) -> Data:
        """Store a request, and return the fields that refer to it.

        The operation says that somebody is `storing`, from the first part on and until it has these fields. So parts
        that nothing refers to are found if a crash comes between.
        """
        name, end = self.ports.ids.new(), self.ports.clock.now() + payloads.OPERATION_LIFE
        fields, parts = payloads.in_writes(
            self.path,
            json.dumps(request, ensure_ascii=False).encode(),
            owner={"scope": None, "scope_key": None, "expire_time": end},
            name=name,
        )
        for number, part in enumerate(parts):
            self.commit({"storing": f"{name}-{number}"}, [part])
        return {"parts_name": None, "storing": None, **fields}


@dataclass
class Rest:
    """The rest of a request as it was read."""

    state: Document
    records: Records
    held: Held
    removed: bool = False

    @property
    def total(self) -> int:
        """How many records the request had."""
        data, request = self.state.data, self.records.request
        # Operations of earlier versions do not say it, and no erasure took anything out of them.
        return int(data.get("total") or len(request.memories) + len(request.sessions))

    def save(self, writes: Sequence[Write], done: int, counts: Counts) -> None:
        """Commit writes with the progress; raise `Changed` if somebody else has written the operation."""
        request = self.records.request
        if is_of_call(self.state) and done == len(request.memories) + len(request.sessions):
            self.remove(writes)
        else:
            self.held.commit(_progress(self.held.ports, done=done, counts=counts, total=self.total), writes)

    def end(self) -> None:
        """Finish the operation."""
        ports = self.held.ports
        outcome = operations.Outcome(response=self.records.counts.told(self.total)).data(ports)
        gone = [*payloads.removals(self.state), *payloads.left_over(ports, self.state)]
        self.held.commit(outcome | {"counts": None}, gone)

    def remove(self, writes: Sequence[Write] = ()) -> None:
        """Remove the operation of a call that has done everything, with the last writes."""
        self.held.commit(None, writes)
        self.removed = True

    def abandon(self) -> None:
        """Remove the operation of a call that has failed; a worker ends it if that fails, too."""
        if self.removed:
            return
        with contextlib.suppress(MemoryBankError, Changed):
            ports, state = self.held.ports, replace(self.state, data=self.state.data | {"storing": "perhaps"})
            self.remove(payloads.left_over(ports, state))

    def hand_over(self) -> Document:
        """Store what the call has left for a worker, and return the operation."""
        fields = self.held.store(self.records.request.to_wire())
        counted = _progress(self.held.ports, done=self.records.done, counts=self.records.counts, total=self.total)
        fields |= {**counted, "erased": None}
        self.held.commit(fields)
        return Document(self.state.path, self.state.data | fields, self.held.version)

    def read_again(self) -> None:
        """Take out of a call's request what was erased meanwhile; raise if there is nothing to go on with."""
        ports, path = self.held.ports, self.state.path
        found = ports.store.get(path, fields=FIELDS)
        if found is None:
            engines.get(ports, engine_of(path))
            raise Aborted(f"the import was stopped; {_REPEAT}")
        if found.data["done"]:
            raise Aborted(f"{(found.data.get('error') or {}).get('message', 'the import was stopped')}; {_REPEAT}")
        self.held.version = found.version
        erased = found.data.get("erased") or []
        self.records = _without(
            self.records,
            memories={each["scope_key"] for each in erased},
            sessions={each["scope_key"] for each in erased if each["sessions"]},
        )


def begin(ports: Ports, records: Records) -> Rest:
    """Store the operation of a request that a call works on."""
    identifier, data = operations.start(ports, BATCH_CREATE_MEMORIES, parent=str(records.engine))
    progress = _progress(ports, done=0, counts=records.counts, total=records.left)
    data |= {"scope_key": KEY, "total": records.left, "request": None, "parts": 0, **progress}
    path = records.engine.child("operations", identifier)
    [version] = ports.store.commit([Create(path, data)])
    return Rest(Document(path, data, version), records, Held(ports, path, version))


def is_of_call(operation: Document) -> bool:
    """Tell whether an operation is of a request that its call still has, or had when it died."""
    return operation.data.get("request") is None and not operation.data.get("parts")


def end_call(ports: Ports, operation: Document) -> None:
    """End an operation whose call has died, or look again when it has made no progress for long enough."""

    def attempt() -> None:
        state = ports.store.get(operation.path, fields=FIELDS)
        if state is None or state.data["done"] or not is_of_call(state):
            return
        moment = state.data["update_time"] + operations.STALLED_AFTER
        if moment > ports.clock.now():
            ports.queue.enqueue(task_of(operation, "stalled", int(moment.timestamp()), run_at=moment))
            return
        outcome = operations.Outcome(error=Aborted(f"the call of this import was interrupted; {_REPEAT}")).data(ports)
        gone = payloads.left_over(ports, state)
        with again_if_changed():
            Held(ports, state.path, state.version).commit(outcome | {"counts": None}, gone)

    retry_on_conflict(attempt)


@contextlib.contextmanager
def again_if_changed() -> Iterator[None]:
    """Have an attempt repeated if the operation has changed since it was read."""
    try:
        yield
    except Changed as error:
        raise Aborted("the operation was changed meanwhile") from error


def load(ports: Ports, path: str, config: MemoryBankConfig) -> Rest | None:
    """Return what the operation at a path has left; None if it is done, or gone."""
    found = retry_on_conflict(lambda: _read(ports, path))
    if found is None:
        return None
    state, payload = found
    request = parse(BatchCreateMemoriesRequest, json.loads(payload))
    counts = Counts(**json.loads(state.data["counts"]))
    records = Records(ports, engine_of(path), config, request, counts=counts, done=state.data["next"])
    return Rest(state, records, Held(ports, path, state.version))


def _read(ports: Ports, path: str) -> tuple[Document, bytes] | None:
    """Return the operation with its payload, if it is there and not done."""
    state = ports.store.get(path, fields=FIELDS)
    if state is None or state.data["done"]:
        return None
    return state, payload_of(ports, state)


def payload_of(ports: Ports, state: Document) -> bytes:
    """Return the stored request of an operation; `Aborted` if it was rewritten meanwhile."""
    try:
        return payloads.load(ports, state)
    except NotFound as error:
        present = ports.store.get(state.path, fields=("done",))
        if present is None or present.version != state.version:
            raise Aborted("the rest was rewritten while it was read") from error
        raise


def kept_of(
    scopes: Iterable[Mapping[str, str]], users: Iterable[str], *, memories: set[str], sessions: set[str]
) -> list[bool]:
    """Tell of each record, by the scope of its memory or the user of its session, whether it stays.

    `memories` and `sessions` are the keys of the scopes that are erased.
    """
    return [
        *(scope_key(scope) not in memories for scope in scopes),
        *(scope_key(scope_of(user)) not in sessions for user in users),
    ]


def _without(records: Records, *, memories: set[str], sessions: set[str]) -> Records:
    """Return the records without those of erased scopes."""
    request, done, counts = records.request, records.done, records.counts.copy()
    scopes = (each.memory.scope or {} for each in request.memories)
    users = (each.session.user_id or "" for each in request.sessions)
    kept = kept_of(scopes, users, memories=memories, sessions=sessions)
    counts.erased += kept[done:].count(False)
    left = {
        "memories": list(compress(request.memories, kept)),
        "sessions": list(compress(request.sessions, kept[len(request.memories) :])),
    }
    request = request.model_copy(update=left)
    return Records(records.ports, records.engine, records.config, request, counts=counts, done=sum(kept[:done]))


def _progress(ports: Ports, *, done: int, counts: Counts, total: int) -> Data:
    now = ports.clock.now()
    return {
        "next": done,
        "counts": json.dumps(asdict(counts)),
        "response": stored_response(counts.told(total)),
        "update_time": now,
        "stalled_at": now + operations.STALLED_AFTER,
    }
