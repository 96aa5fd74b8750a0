"""The sweep: permanently removes what has expired, and enqueues operations that have stalled."""

from __future__ import annotations

import logging

from memorybank.bank import operation_tasks
from memorybank.bank.ingestion import flush
from memorybank.bank.ports import Ports
from memorybank.errors import Aborted, Internal, MemoryBankError, ResourceExhausted, Unavailable
from memorybank.ports.collections import COLLECTIONS
from memorybank.ports.documents import Delete, Document, Order, Query, Where

_log = logging.getLogger(__name__)
_CHUNK = 200


def sweep(ports: Ports) -> int:
    """Remove everything that has expired, with everything below it; return how many documents were removed.

    Work that was lost from the queue, or never enqueued, is enqueued first. If the queue cannot be reached, expired
    documents are still removed, and the error is raised after that.
    """
    failure: MemoryBankError | None = None
    for resume in (operation_tasks.resume, flush.resume):
        try:
            resume(ports)
        except (Internal, ResourceExhausted, Unavailable) as error:
            _log.warning("stalled work could not be put back into the queue", exc_info=True)
            failure = failure or error
    gone = _remove_expired(ports)
    if failure is not None:
        raise failure
    return gone


def _remove_expired(ports: Ports) -> int:
    gone = 0
    for collection in (each.id for each in COLLECTIONS.values() if each.expires):
        while expired := _expired(ports, collection):
            gone += sum(_remove(ports, document) for document in expired)
    return gone


def _expired(ports: Ports, collection: str) -> list[Document]:
    query = Query(
        collection=collection,
        group=True,
        where=(Where("expire_time", "<=", ports.clock.now()),),
        order=(Order("expire_time"),),
        limit=_CHUNK,
        fields=("expire_time", "deleted"),
    )
    return ports.store.query(query)


def _remove(ports: Ports, document: Document) -> int:
    path = document.path
    if document.data.get("deleted"):
        # The marker of a deletion is removed last, with all the revisions that the deletion was meant to end.
        memory = path.rpartition("/revisions/")[0]
        if ports.store.get(memory, fields=("sequence",)) is None:
            return _remove_below(ports, memory)
    try:
        ports.store.commit([Delete(path, version=document.version)])
    except Aborted:
        return 0  # changed since it was found; the next sweep tells whether it has still expired
    if path.split("/")[-2] == "streams":
        return 1  # whatever is below expires by itself, and may belong to a new document at this path
    return 1 + _remove_below(ports, path)


def _remove_below(ports: Ports, path: str) -> int:
    gone = 0
    while paths := ports.store.below(path, limit=_CHUNK):
        ports.store.commit([Delete(found) for found in paths])
        gone += len(paths)
    return gone
