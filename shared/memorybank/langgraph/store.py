"""A LangGraph store whose items are memories: with revisions, searched like what the bank has extracted itself."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Iterable, Iterator, Sequence
from itertools import islice
from typing import Any

from langgraph.store.base import (
    BaseStore,
    GetOp,
    Item,
    ListNamespacesOp,
    MatchCondition,
    Op,
    PutOp,
    Result,
    SearchItem,
    SearchOp,
)

from memorybank.client.bank import Engine
from memorybank.client.connect import connect
from memorybank.errors import AlreadyExists, InvalidArgument, NotFound, Violation
from memorybank.langgraph.items import fits, memory_id, memory_of, read_item

_ID = re.compile("[A-Za-z0-9-]{1,63}")
_MOST = 100
_PAGE = 1000


class MemoryBankStore(BaseStore):
    """Keeps items as memories of an engine; by default the one that the environment names.

    `keys` name the levels of namespaces: with `("collection", "user_id")`, the namespace `("facts", "ada")` is the
    scope `{"collection": "facts", "user_id": "ada"}`. A shorter namespace has the first of the keys. What the bank has
    extracted from conversations in such a scope is found as well, as `{"fact": ...}` under its memory's id.
    """

    def __init__(self, engine: Engine | None = None, *, keys: Sequence[str]) -> None:
        super().__init__()
        self._engine, self._keys = engine or connect(), tuple(keys)

    def batch(self, ops: Iterable[Op]) -> list[Result]:
        """Run operations in their order."""
        return [self._run(op) for op in ops]

    async def abatch(self, ops: Iterable[Op]) -> list[Result]:
        """Run operations in their order, in a thread."""
        return await asyncio.to_thread(self.batch, list(ops))

    def _run(self, op: Op) -> Result:
        if isinstance(op, PutOp):
            self._put(op)
            return None
        if isinstance(op, GetOp):
            return self._get(op.namespace, op.key)
        if isinstance(op, SearchOp):
            return list(islice(self._search(op), op.offset, op.offset + op.limit))
        if isinstance(op, ListNamespacesOp):
            return self._list_namespaces(op)
        raise InvalidArgument.of(Violation("op", f"{type(op).__name__} is not an operation that this store knows"))

    def _put(self, op: PutOp) -> None:
        identifier = memory_id(op.namespace, op.key)
        if op.value is None:
            self._delete(op.namespace, op.key)
            return
        memory = memory_of(op)
        update = {"updateMask": "fact,metadata"}
        try:
            self._wait("PATCH", f"memories/{identifier}", memory, query=update)
        except NotFound:
            try:
                body = {**memory, "scope": self._scope(op.namespace)}
                self._wait("POST", "memories", body, query={"memoryId": identifier})
            except AlreadyExists:  # another process was faster
                self._wait("PATCH", f"memories/{identifier}", memory, query=update)

    def _delete(self, namespace: tuple[str, ...], key: str) -> None:
        found = self._memory(namespace, key)
        if found is not None:
            self._wait("DELETE", f"memories/{found['name'].rpartition('/')[2]}")

    def _get(self, namespace: tuple[str, ...], key: str) -> Item | None:
        found = self._memory(namespace, key)
        return None if found is None else Item(namespace=namespace, **read_item(found))

    def _memory(self, namespace: tuple[str, ...], key: str) -> dict[str, Any] | None:
        """Return the memory of an item, or the one whose id is the key, if it is of this namespace."""
        scope = self._scope(namespace)
        for identifier in (memory_id(namespace, key), key):
            try:
                found = self._engine.call("GET", f"memories/{identifier}") if _ID.fullmatch(identifier) else {}
            except NotFound:
                continue
            if found.get("scope") == scope:
                return found
        return None

    def _search(self, op: SearchOp) -> Iterator[SearchItem]:
        """Yield the items below a namespace that match: the best first, or without a query the newest of each first.

        Those of one namespace are in the bank's order, and those of several by their similarity.
        """
        found = (
            SearchItem(namespace=namespace, score=score, **read_item(memory))
            for namespace in self._namespaces(op.namespace_prefix)
            for memory, score in self._memories(namespace, op.query)
        )
        matching = (item for item in found if all(fits(item.value, key, to) for key, to in (op.filter or {}).items()))
        if op.query and len(op.namespace_prefix) < len(self._keys):
            return iter(sorted(matching, key=lambda item: -(item.score or 0.0)))
        return matching

    def _memories(self, namespace: tuple[str, ...], query: str | None) -> Iterator[tuple[dict[str, Any], float | None]]:
        body: dict[str, Any] = {"scope": self._scope(namespace)}
        if query:
            search = {"searchQuery": query, "topK": _MOST}
            answer = self._engine.call("POST", "memories:retrieve", {**body, "similaritySearchParams": search})
            for each in answer.get("retrievedMemories", []):
                yield each["memory"], 1 - each["distance"] ** 2 / 2
            return
        token: str | None = None
        while True:
            params = {"pageSize": _MOST, **({"pageToken": token} if token else {})}
            answer = self._engine.call("POST", "memories:retrieve", {**body, "simpleRetrievalParams": params})
            yield from ((each["memory"], None) for each in answer.get("retrievedMemories", []))
            token = answer.get("nextPageToken")
            if not token:
                return

    def _namespaces(self, prefix: tuple[str, ...]) -> Iterator[tuple[str, ...]]:
        """Yield the namespaces at and below a prefix; one of full length is not looked for."""
        if len(prefix) == len(self._keys):
            yield prefix
            return
        wanted = {"prefix": f"{self._keys[len(prefix) - 1]}={prefix[-1]}"} if prefix else {}
        for found in self._engine.list_all("scopes", query={"pageSize": _PAGE, **wanted}):
            namespace = self._namespace(found["scope"])
            if namespace is not None and namespace[: len(prefix)] == prefix:
                yield namespace

    def _list_namespaces(self, op: ListNamespacesOp) -> list[tuple[str, ...]]:
        found = (each for each in self._namespaces(()) if all(_matches(each, to) for to in op.match_conditions or ()))
        cut = sorted({each[: op.max_depth] for each in found})
        return cut[op.offset : op.offset + op.limit]

    def _scope(self, namespace: tuple[str, ...]) -> dict[str, str]:
        if not 1 <= len(namespace) <= len(self._keys):
            right = f"must have 1 to {len(self._keys)} levels, for {', '.join(self._keys)}; it has {len(namespace)}"
            raise InvalidArgument.of(Violation("namespace", right))
        return dict(zip(self._keys, namespace, strict=False))

    def _namespace(self, scope: dict[str, str]) -> tuple[str, ...] | None:
        """Return the namespace that a scope is, None if it is that of no namespace."""
        namespace = tuple(scope[key] for key in self._keys if key in scope)
        return namespace if namespace and self._scope(namespace) == scope else None

    def _wait(self, method: str, path: str, body: Any = None, *, query: Any = None) -> None:
        self._engine.bank.wait(self._engine.call(method, path, body, query=query))


def _matches(namespace: tuple[str, ...], condition: MatchCondition) -> bool:
    path = tuple(condition.path)
    part = namespace[: len(path)] if condition.match_type == "prefix" else namespace[-len(path) :]
    return len(part) == len(path) and all(wanted in ("*", label) for wanted, label in zip(path, part, strict=True))
