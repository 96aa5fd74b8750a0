"""An erasure of a scope takes its records out of all imports that are not done (`batch_rest`)."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass
from functools import partial
from itertools import compress
from typing import TypeAlias

from memorybank.bank import payloads
from memorybank.bank.conflict_retry import retry_on_conflict
from memorybank.bank.listing import documents_of
from memorybank.bank.memories import batch_rest
from memorybank.bank.memories.batch_records import Counts
from memorybank.bank.memories.batch_rest import FIELDS, Held
from memorybank.bank.ports import Ports
from memorybank.errors import NotFound
from memorybank.ports.documents import Data, Document, Query, Where
from memorybank.resources.names import EngineName

_AT_ONCE = 100
_NO_PROGRESS = 0.5
"""How many seconds without a new part until whoever stores a rest counts as dead. If not, it only has to begin again,
but two erasures must not do that to each other again and again."""


RequireTime: TypeAlias = Callable[[float], None]
"""Raises an error unless there are more than so many seconds left."""


def erase(ports: Ports, engine: EngineName, key: str, *, sessions: bool, require_time: RequireTime) -> Iterator[int]:
    """Take the records of the scope with that key out of all imports of an engine that are not done.

    Those that have failed count as not done if somebody may retry them. The numbers, one for each import, are of the
    records that were stored; a call that still has its request is told to leave the scope out.
    """
    query = Query(
        f"{engine.path}/operations", where=(Where("scope_key", "==", batch_rest.KEY),), fields=("done", "retryable")
    )
    waiting = [found for found, _ in documents_of(ports.store, query, at_once=_AT_ONCE) if _has_rest(found)]
    erased = _Erased(ports, key, sessions=sessions, require_time=require_time)
    for document in waiting:
        require_time(0)
        yield retry_on_conflict(partial(_take_out, erased, document.path))


@dataclass(frozen=True)
class _Erased:
    ports: Ports
    key: str
    sessions: bool
    require_time: RequireTime


def _has_rest(operation: Document) -> bool:
    return not operation.data["done"] or bool(operation.data.get("retryable"))


def _take_out(erased: _Erased, path: str) -> int:
    with batch_rest.again_if_changed():
        state = erased.ports.store.get(path, fields=FIELDS)
        if state is None or not _has_rest(state):
            return 0
        if batch_rest.is_of_call(state):
            _tell_call(erased, state)
            return 0
        if state.data.get("storing"):
            state = _without_leftovers(erased, state)
        return _rewrite(erased, state)


def _tell_call(erased: _Erased, state: Document) -> None:
    """Have the next commit of a call fail, after which it leaves the scope out. What it was storing is removed."""
    told = state.data.get("erased") or []
    mark = {"scope_key": erased.key, "sessions": erased.sessions}
    if mark in told:
        return
    gone = payloads.left_over(erased.ports, state)
    Held(erased.ports, state.path, state.version).commit({"erased": [*told, mark], "storing": None}, gone)


def _without_leftovers(erased: _Erased, state: Document) -> Document:
    """Wait for whoever stores a rest, and remove what they have left if they have died; return the operation then."""
    ports = erased.ports
    while state.data.get("storing"):
        erased.require_time(_NO_PROGRESS)
        time.sleep(_NO_PROGRESS)
        later = ports.store.get(state.path, fields=FIELDS)
        if later is None:
            raise batch_rest.Changed
        if later.version == state.version:
            held = Held(ports, state.path, state.version)
            held.commit({"storing": None}, payloads.left_over(ports, state))
            return Document(state.path, state.data | {"storing": None}, held.version)
        state = later
    return state


def _rewrite(erased: _Erased, state: Document) -> int:
    """Put a request without the scope in place of an operation's; return how many records of it there were."""
    ports, held = erased.ports, Held(erased.ports, state.path, state.version)
    try:
        request = json.loads(batch_rest.payload_of(ports, state))
    except NotFound:  # parts of it have expired, so nobody can use the others
        ports.store.commit(payloads.removals(state))
        return 0
    memories, sessions = request.get("memories", []), request.get("sessions", [])
    kept = batch_rest.kept_of(
        (each["memory"]["scope"] for each in memories),
        (each["session"]["userId"] for each in sessions),
        memories={erased.key},
        sessions={erased.key} if erased.sessions else set(),
    )
    if all(kept):
        return 0
    left = {"memories": list(compress(memories, kept)), "sessions": list(compress(sessions, kept[len(memories) :]))}
    stored = held.store({**request, **left})
    held.commit(stored | _progress(state, kept), payloads.removals(state))
    return kept.count(False)


def _progress(state: Document, kept: list[bool]) -> Data:
    done = state.data["next"]
    counts = Counts(**json.loads(state.data["counts"]))
    counts.erased += kept[done:].count(False)
    return {"next": sum(kept[:done]), "counts": json.dumps(asdict(counts))}
