"""What a store still holds of a scope."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from memorybank.ports.documents import DocumentStore, Query
from memorybank.resources.scopes import scope_key

ROOTS = ("engines", "tasks")


def traces(store: DocumentStore, scope: Mapping[str, str], *words: str) -> list[str]:
    """Return the paths of the documents that name a value of a scope, its key, or one of these words.

    Path and fields are looked at, to any depth, and bytes as text; parts of one payload also as the one that they are.
    """
    sought = [scope_key(scope), *scope.values(), *words]
    documents = dict(_documents(store))
    parted: dict[str, str] = {}
    for path, text in sorted(documents.items()):
        if path.split("/")[-2] == "parts":
            whole = path.rpartition("/")[0]
            parted[whole] = parted.get(whole, "") + text
    return [path for path, text in (documents | parted).items() if any(word in path + text for word in sought)]


def _documents(store: DocumentStore) -> Iterator[tuple[str, str]]:
    paths = [document.path for root in ROOTS for document in store.query(Query(root, limit=1000, fields=()))]
    paths += [path for root in ROOTS for path in store.below(root, limit=10_000)]
    for document in store.get_many(sorted(set(paths))):
        if document is not None:
            yield document.path, "".join(_texts(document.data))


def _texts(value: Any) -> Iterator[str]:
    if isinstance(value, Mapping):
        for key, item in value.items():
            yield from (str(key), *_texts(item))
    elif isinstance(value, list):
        for item in value:
            yield from _texts(item)
    else:
        yield value.decode(errors="replace") if isinstance(value, bytes) else str(value)
