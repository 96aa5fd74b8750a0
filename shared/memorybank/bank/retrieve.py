"""Retrieval: the memories of exactly one scope, by similarity or page by page."""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import replace

from memorybank.bank import engines, memories
from memorybank.bank.listing import Accept, Cursor, page_of
from memorybank.bank.ports import Ports
from memorybank.bank.records import MEMORY_FIELDS, NATURAL, record_of
from memorybank.models.port import Purpose
from memorybank.resources.names import EngineName
from memorybank.resources.retrieval import DEFAULT_RESULTS, MAX_RESULTS, RetrievedMemory, RetrieveMemoriesRequest
from memorybank.resources.scopes import scope_key
from memorybank.storage.documents import MAX_NEAREST, Document, Nearest, Order, Query, Vector, Where

_CHUNK = 500


def retrieve_similar(
    ports: Ports, engine: EngineName, request: RetrieveMemoriesRequest, *, accept: Accept | None
) -> list[RetrievedMemory]:
    """Return the memories nearest to the query by Euclidean distance, nearest first."""
    model = memories.embedding_model(engines.recent_config(ports, engine))
    params = request.similarity_search_params
    query, wanted = (params.search_query, params.top_k) if params else ("", None)
    [vector] = ports.embedder.embed([query], purpose=Purpose.QUERY, model=model)
    limit = min(wanted or DEFAULT_RESULTS, MAX_RESULTS)
    found: list[RetrievedMemory] = []
    for memory_type in _types(request):
        where = (
            Where("scope_key", "==", scope_key(request.scope)),
            Where("embedding_model", "==", ports.embedder.resolve(model)),
            Where("memory_type", "==", memory_type),
        )
        search = Nearest(f"{engine.path}/memories", "embedding", vector, where=where, limit=limit, fields=MEMORY_FIELDS)
        found += _search(ports, search, accept=accept)
    return sorted(found, key=lambda hit: hit.distance or 0.0)[:limit]


def _search(ports: Ports, search: Nearest, *, accept: Accept | None) -> Iterable[RetrievedMemory]:
    """Search wider until enough of what is found may be shown: what has expired or is filtered out takes room."""
    now, limit = ports.clock.now(), search.limit
    while True:
        hits = ports.store.nearest(replace(search, limit=limit))
        records = [(record_of(hit.document), hit.distance) for hit in hits]
        found = [
            RetrievedMemory(memory=record.memory, distance=distance)
            for record, distance in records
            if record.alive(now) and (accept is None or accept(record.memory.to_data()))
        ]
        if len(found) >= search.limit or len(hits) < limit:
            return found[: search.limit]
        if limit == MAX_NEAREST:
            return _scan(ports, search, accept=accept)
        limit = min(limit * 8, MAX_NEAREST)


def _scan(ports: Ports, search: Nearest, *, accept: Accept | None) -> list[RetrievedMemory]:
    """Compare with every memory that may be shown, where too few of the nearest thousand may be.

    This alone reads vectors: of a scope of more than a thousand memories, for a filter that hardly any of them meets.
    """
    [scope, *others] = search.where
    query = Query(
        search.collection,
        where=(scope,),
        order=(Order("create_time", descending=True),),
        limit=_CHUNK,
        fields=(*MEMORY_FIELDS, search.field),
    )
    now = ports.clock.now()
    found: list[RetrievedMemory] = []
    while True:
        documents = ports.store.query(query)
        for document in documents:
            record = record_of(document)
            like = all(document.data.get(other.field) == other.value for other in others)
            if like and record.alive(now) and (accept is None or accept(record.memory.to_data())):
                distance = _distance(search.vector, record.embedding)
                found.append(RetrievedMemory(memory=record.memory, distance=distance))
        if len(documents) < _CHUNK:
            return sorted(found, key=lambda hit: hit.distance or 0.0)[: search.limit]
        query = replace(query, after=(documents[-1].data["create_time"], documents[-1].path))


def _distance(one: Vector, other: Vector | None) -> float:
    return math.inf if other is None else math.dist(one.values, other.values)


def retrieve_page(
    ports: Ports,
    engine: EngineName,
    request: RetrieveMemoriesRequest,
    *,
    accept: Accept | None,
    limit: int,
    after: Cursor | None,
) -> tuple[list[RetrievedMemory], Cursor | None]:
    """Return a page of all memories of the scope, newest first."""
    engines.recent_config(ports, engine)
    now, types = ports.clock.now(), _types(request)
    query = Query(
        collection=f"{engine.path}/memories",
        where=(Where("scope_key", "==", scope_key(request.scope)),),
        order=(Order("create_time", descending=True),),
        after=after,
        fields=MEMORY_FIELDS,
    )

    def read(document: Document) -> RetrievedMemory | None:
        record = record_of(document)
        seen = record.alive(now) and record.memory.memory_type in types
        seen = seen and (accept is None or accept(record.memory.to_data()))
        return RetrievedMemory(memory=record.memory) if seen else None

    return page_of(ports.store, query, limit=limit, read=read)


def _types(request: RetrieveMemoriesRequest) -> list[str]:
    return list(dict.fromkeys(request.memory_types)) or [NATURAL]
