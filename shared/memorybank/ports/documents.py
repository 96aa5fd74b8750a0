"""The storage port: only what both Firestore and SQLite do well.

A document lives at a path of alternating collection ids and document ids, `engines/e1/memories/m1`. It is a map of
top-level fields, named `[a-z_]+`, to typed values. There are no interactive transactions: `commit` applies a list of
writes atomically, each with its own precondition, and compare-and-set by version is the only concurrency control.

Adapters translate their driver's errors into `memorybank.errors` (a locked or unreachable store is `Unavailable`) and
keep the driver's error as the cause. Every method may be called from any thread.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, Literal, Protocol, TypeAlias

from memorybank.ports.screens import Screen

MAX_NEAREST = 1000
"""The largest limit of a nearest-neighbour search: Firestore's own."""

MAX_DIMENSIONS = 2048
"""The longest vector a store must take: Firestore's own."""

MAX_IN = 30
"""The most values one `in` condition may have: Firestore's own."""

Version: TypeAlias = object
"""An opaque version of one document, comparable for equality only.

A write that changes nothing may keep it.
"""

Data: TypeAlias = dict[str, Any]
"""Top-level fields: None, bool, int, float, str, bytes, aware datetime (kept to the microsecond), `Vector` (top level
only), and lists and maps of these."""


@dataclass(frozen=True)
class Vector:
    """An embedding. Stores keep it in at least single precision.

    `packed` are the same values as little-endian float32, where it was made of them: then no store need pack it again.
    """

    values: tuple[float, ...]
    packed: bytes | None = field(default=None, compare=False, repr=False, kw_only=True)


@dataclass(frozen=True)
class Document:
    """A document as it was read. `data` holds only the fields that were asked for."""

    path: str
    data: Data
    version: Version

    @property
    def id(self) -> str:
        """The last segment of the path."""
        return self.path.rpartition("/")[2]


Operator: TypeAlias = Literal["==", "<", "<=", ">", ">=", "in"]


@dataclass(frozen=True)
class Where:
    """One condition on one top-level field. `in` takes a list of at most `MAX_IN` values.

    A document without the field, or with null in it, never matches. A range is of a field that the query orders by, or
    the query has neither order nor cursor.
    """

    field: str
    op: Operator
    value: Any


@dataclass(frozen=True)
class Order:
    """Sort by one top-level field; documents without it are left out, as in Firestore."""

    field: str
    descending: bool = False


@dataclass(frozen=True)
class Query:
    """Documents of one collection that meet every condition, in order, after a cursor.

    `collection` is a path such as `engines/e1/memories`, or with `group` a bare collection id such as `memories`,
    meaning
    every collection of that id. Ties are broken by path, in the direction of the last order (ascending when there is
    none; a range without an order may order by its own field first).
    `after` holds the values of the `order` fields of the last document seen, followed by that document's path.
    `fields` names the fields to read; None reads all, vectors included, so name them when you can. `screen` is a hint
    for `query` only (see `ports.screens`): `limit` counts the documents that are left.
    """

    collection: str
    group: bool = False
    where: tuple[Where, ...] = ()
    order: tuple[Order, ...] = ()
    after: tuple[Any, ...] | None = None
    limit: int = 100
    fields: tuple[str, ...] | None = None
    screen: Screen | None = None


@dataclass(frozen=True)
class Nearest:
    """The documents nearest to a vector by Euclidean distance, among those that meet every equality.

    The fields of `where` must be exactly those of the collection's vector index (see `ports.collections`).
    Documents whose vector has a different length from `vector` are skipped. `screen` is a hint, as in `Query`.
    """

    collection: str
    field: str
    vector: Vector
    where: tuple[Where, ...]
    limit: int
    fields: tuple[str, ...] | None = None
    screen: Screen | None = None


@dataclass(frozen=True)
class Hit:
    """One document found by `nearest`, with its Euclidean distance."""

    document: Document
    distance: float


@dataclass(frozen=True)
class Create:
    """Write a document that must not exist yet, or the commit fails with `AlreadyExists`."""

    path: str
    data: Data


@dataclass(frozen=True)
class Put:
    """Write a whole document, replacing what was there; with `version`, only if it is still at that version."""

    path: str
    data: Data
    version: Version | None = None


@dataclass(frozen=True)
class Patch:
    """Replace the given top-level fields of a document.

    It fails with `NotFound` where there is none, and with `Aborted` where it is not at `version`, if given.
    """

    path: str
    data: Data
    version: Version | None = None


@dataclass(frozen=True)
class Delete:
    """Remove a document, which may be absent; with `version`, anything but that version is `Aborted`."""

    path: str
    version: Version | None = None


Write: TypeAlias = Create | Put | Patch | Delete


class DocumentStore(Protocol):
    """A store of documents. See the module's docstring for what every adapter promises."""

    def get(self, path: str, *, fields: Sequence[str] | None = None) -> Document | None:
        """Return the document at `path`, or None. `fields` as in `Query`."""
        ...

    def get_many(self, paths: Sequence[str], *, fields: Sequence[str] | None = None) -> list[Document | None]:
        """Return the documents at `paths`, in that order, None for each that does not exist."""
        ...

    def query(self, query: Query) -> list[Document]:
        """Return at most `query.limit` documents."""
        ...

    def count(self, query: Query) -> int:
        """Return how many documents match, regardless of `limit`, `after` and `fields`."""
        ...

    def nearest(self, search: Nearest) -> list[Hit]:
        """Return at most `search.limit` (1 to `MAX_NEAREST`, else `InvalidArgument`) hits, nearest first."""
        ...

    def below(self, path: str, *, limit: int) -> list[str]:
        """Return the paths of at most `limit` documents below a document or collection path, at any depth.

        Whether there is a document at `path` itself makes no difference, and it is not among them.
        """
        ...

    def scrub(self) -> None:
        """Remove all traces of deleted documents from this store's own files; `Unavailable` if that must be retried.

        What a service keeps beyond the store (backups, old versions) expires by that service's own rules.
        """
        ...

    def commit(self, writes: Sequence[Write]) -> list[Version]:
        """Apply all writes or none; return each document's new version, in order.

        Preconditions are checked against the state before the commit. A path may occur in `writes` only once, and all
        writes together have at most 4 MiB in Firestore's encoding (`InvalidArgument`).
        """
        ...

    def close(self) -> None:
        """Release connections and files; the store is not used afterwards."""
        ...
