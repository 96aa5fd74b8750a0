"""The collections of the bank: whether their documents belong to scopes, and which indexes they need.

Stores create the indexes, and access control uses the scopes to decide what a caller may see. An undeclared collection
has no index and belongs to no scope.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True)
class Index:
    """A composite index that some query needs: equality and order fields of one collection id."""

    collection: str
    fields: tuple[str, ...]
    group: bool = False


@dataclass(frozen=True)
class VectorIndex:
    """A vector index: the equality fields that partition it, and the field that holds the vector."""

    collection: str
    equality: tuple[str, ...]
    field: str = field(default="embedding")


@dataclass(frozen=True)
class Collection:
    """One collection id. `lists` are the fields of its indexes, `groups` and `group_lists` those of its group's.

    Documents of a `scoped` collection name their scope in the field `scope`; others are only for callers who are not
    limited to scopes. `by_scope` means that every listing has an index that begins with `scope_key`, so that a listing
    for a caller with few scopes reads no documents of others.

    With `stops_at_hidden`, a listing ends at the first page that contains something hidden from the caller: continuing
    would take longer and so reveal that something is there. With `precedes_owner`, documents are written before their
    parent document, whose id nobody else can know yet. With `chosen_ids`, people choose ids, so others may guess them.
    """

    id: str
    lists: tuple[tuple[str, ...], ...] = ()
    groups: tuple[str, ...] = ()
    group_lists: tuple[tuple[str, ...], ...] = ()
    vectors: tuple[tuple[str, ...], ...] = ()
    scoped: bool = True
    by_scope: bool = False
    stops_at_hidden: bool = False
    precedes_owner: bool = False
    chosen_ids: bool = False

    @property
    def expires(self) -> bool:
        """Whether its documents may expire, so that the sweep has to look for expired ones."""
        return "expire_time" in self.groups


_DECLARED = (
    Collection("engines", lists=(("parent", "create_time"),), scoped=False),
    Collection(
        "memories",
        lists=(
            ("scope_key", "create_time"),
            ("scope_key", "update_time"),
            ("scope_key", "fact_hash"),
            ("create_time",),
            ("update_time",),
            ("embedding_model",),
        ),
        groups=("expire_time",),
        vectors=(("scope_key", "embedding_model", "memory_type"),),
        by_scope=True,
        chosen_ids=True,
    ),
    Collection(
        "revisions",
        lists=(("sequence",),),
        groups=("expire_time", "scope_key"),
        # Only revisions that record a deletion have these fields.
        group_lists=(("deleted_from", "memory_create_time"),),
        stops_at_hidden=True,
    ),
    Collection("scopes", scoped=False),
    Collection(
        "sessions",
        lists=(
            ("scope_key", "create_time"),
            ("scope_key", "update_time"),
            ("create_time",),
            ("update_time",),
        ),
        groups=("expire_time",),
        by_scope=True,
        chosen_ids=True,
    ),
    Collection("events", lists=(("timestamp", "sequence"),)),
    Collection(
        "operations",
        lists=(
            ("parent", "create_time"),
            ("waiting_scope", "create_time"),
            ("scope_key", "done", "create_time"),
            ("scope_key",),
            ("create_time",),
        ),
        groups=("expire_time", "stalled_at", "operation_id"),
    ),
    Collection("parts", groups=("expire_time", "scope_key"), precedes_owner=True),
    Collection("seen", groups=("expire_time",)),
    Collection("batches", lists=(("number",),), groups=("expire_time",)),
    Collection("streams", lists=(("scope_key",),), groups=("expire_time", "stalled_at")),
    Collection("tasks", lists=(("run_at",),), scoped=False),
)

COLLECTIONS: Mapping[str, Collection] = {each.id: each for each in _DECLARED}
"""Every collection of the bank, by its id."""

INDEXES: tuple[Index, ...] = (
    *(Index(each.id, fields) for each in _DECLARED for fields in each.lists),
    *(Index(each.id, (name,), group=True) for each in _DECLARED for name in each.groups),
    *(Index(each.id, fields, group=True) for each in _DECLARED for fields in each.group_lists),
)
"""Every index that the bank's queries use."""

VECTOR_INDEXES: tuple[VectorIndex, ...] = tuple(
    VectorIndex(each.id, equality) for each in _DECLARED for equality in each.vectors
)
"""Every vector index that the bank's searches use."""


def collection_of(path: str) -> Collection:
    """Return the collection that a path names or that the document at it is in."""
    segments = path.split("/")
    identifier = segments[-1] if len(segments) % 2 else segments[-2]
    return COLLECTIONS.get(identifier) or Collection(identifier, scoped=False)
