"""Translates a commit into a Firestore request."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta

from memorybank.errors import InvalidArgument
from memorybank.ports.documents import Create, Delete, Patch, Put, Version, Write
from memorybank.ports.sizes import MAX_COMMIT
from memorybank.storage.firestore import messages
from memorybank.storage.firestore.codec import fill
from memorybank.storage.firestore.messages import Message
from memorybank.storage.firestore.query import split

_NANOS = timedelta(seconds=1) // timedelta(microseconds=1) * 1000


def prepare(writes: Sequence[Write], *, database: str, root: str) -> Message:
    """Return the request of a commit; raise `InvalidArgument` if it could not succeed in any state of the store."""
    if len({write.path for write in writes}) < len(writes):
        raise InvalidArgument("a path may occur only once in a commit")
    request = messages.CommitRequest(database=database)
    for write in writes:
        split(write.path)
        _add(request.writes.add(), write, f"{root}/{write.path}")
    size = request.ByteSize()
    if size > MAX_COMMIT:
        raise InvalidArgument(f"a commit has at most {MAX_COMMIT} bytes, this one has {size}: split it")
    return request


def is_conditional(writes: Sequence[Write]) -> bool:
    """Say whether a commit cannot be applied twice: it is atomic, so one condition that then fails is enough.

    A versioned write that changes nothing would pass again, with all the rest; the bank makes none.
    """
    return any(isinstance(write, Create) or write.version is not None for write in writes)


def version_of(time: Message) -> Version:
    """Return the version of a document that was last changed at that time."""
    return time.seconds * _NANOS + time.nanos


def _add(target: Message, write: Write, name: str) -> None:
    if isinstance(write, Delete):
        target.delete = name
    else:
        target.update.name = name
        fill(target.update.fields, write.data)
    match write:
        case Create():
            target.current_document.exists = False
        case Patch():
            target.update_mask.SetInParent()  # no field at all is not the same as no mask
            target.update_mask.field_paths.extend(write.data)
            if write.version is None:
                target.current_document.exists = True
    if isinstance(write, Put | Patch | Delete) and write.version is not None:
        _require(target.current_document.update_time, write.version)


def _require(time: Message, version: Version) -> None:
    if not isinstance(version, int):
        raise InvalidArgument("this is not a document version of this store")
    time.seconds, time.nanos = divmod(version, _NANOS)
