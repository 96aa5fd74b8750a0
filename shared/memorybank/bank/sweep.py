"""The sweep: removes for good what reads have stopped showing, and takes up operations that nobody works on."""

from __future__ import annotations

import logging

from memorybank.bank import operations
from memorybank.bank.ingestion import flush
from memorybank.bank.ports import Ports
from memorybank.errors import Aborted, Internal, MemoryBankError, ResourceExhausted, Unavailable
from memorybank.ports.collections import COLLECTIONS
from memorybank.ports.documents import Delete, Document, Order, Query, Where

_log = logging.getLogger(__name__)
_CHUNK = 200


def sweep(ports: Ports) -> int:
    """Remove everything whose time is over, with all that hangs on it; return how many documents went.

    Work that fell out of the queue, or never got into it, is put back first. If the queue cannot be reached, what has
    expired is removed all the same, and the error is raised after that.
    """
    failure: MemoryBankError | None = None
    for resume in (operations.resume, flush.resume):
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
        # The mark of a deletion goes last, with every revision that the deletion was meant to end.
        memory = path.rpartition("/revisions/")[0]
        if ports.store.get(memory, fields=("sequence",)) is None:
            return _remove_below(ports, memory)
    try:
        ports.store.commit([Delete(path, version=document.version)])
    except Aborted:
        return 0  # changed since it was found: the next look tells whether its time is over still
    if path.split("/")[-2] == "streams":
        return 1  # what is below ends by itself, and may belong to one that has begun anew meanwhile
    return 1 + _remove_below(ports, path)


def _remove_below(ports: Ports, path: str) -> int:
    gone = 0
    while paths := ports.store.below(path, limit=_CHUNK):
        ports.store.commit([Delete(found) for found in paths])
        gone += len(paths)
    return gone
