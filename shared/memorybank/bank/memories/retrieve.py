"""Retrieval: the memories of exactly one scope, by similarity or page by page."""

from __future__ import annotations

import itertools
from collections.abc import Sequence

from memorybank.bank import engines
from memorybank.bank.listing import Accept, Cursor, Room, page_of, screen_in, weight
from memorybank.bank.memories import searching
from memorybank.bank.memories.records import MEMORY_FIELDS, NATURAL, lives, record_of
from memorybank.bank.ports import Ports
from memorybank.ports.documents import Document, Nearest, Order, Query, Where
from memorybank.ports.models import Purpose
from memorybank.ports.screens import AllOf, AnyOf, Condition, Screen
from memorybank.resources.names import EngineName
from memorybank.resources.retrieval import DEFAULT_RESULTS, MAX_RESULTS, RetrievedMemory, RetrieveMemoriesRequest
from memorybank.resources.scopes import scope_key


def retrieve_similar(
    ports: Ports, engine: EngineName, request: RetrieveMemoriesRequest, *, accept: Accept | None
) -> list[RetrievedMemory]:
    """Return the memories nearest to the query by Euclidean distance, nearest first.

    They are fewer than asked for where the next one would make the answer too large: a similarity search has no pages.
    """
    model = engines.recent_config(ports, engine).embedding_model
    params = request.similarity_search_params
    query, wanted = (params.search_query, params.top_k) if params else ("", None)
    [vector] = ports.embedder.embed([query], purpose=Purpose.QUERY, model=model)
    limit = min(wanted or DEFAULT_RESULTS, MAX_RESULTS)
    found: list[RetrievedMemory] = []

    def may(document: Document) -> bool:
        return accept is None or accept(document.data)

    for memory_type in _types(request):
        where = (
            Where("scope_key", "==", scope_key(request.scope)),
            Where("embedding_model", "==", ports.embedder.resolve(model)),
            Where("memory_type", "==", memory_type),
        )
        search = Nearest(f"{engine.path}/memories", "embedding", vector, where=where, limit=limit)
        hits = searching.nearest(ports, search, may=may, exhaustive=True, screen=screen_in(accept))
        found += [RetrievedMemory(memory=record.memory, distance=distance) for distance, record in hits]
    nearest = sorted(found, key=lambda hit: hit.distance or 0.0)[:limit]
    room = Room()
    return list(itertools.takewhile(lambda hit: room.take(weight(hit.memory.to_data())), nearest))


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
        screen=AllOf((_screen(types), screen_in(accept) or AllOf(()))),
    )

    def read(document: Document) -> RetrievedMemory | None:
        data = document.data
        seen = lives(data.get("expire_time"), now) and data.get("memory_type") in types
        seen = seen and (accept is None or accept(data))
        return RetrievedMemory(memory=record_of(document).memory) if seen else None

    return page_of(ports.store, query, limit=limit, read=read)


def _screen(types: Sequence[str]) -> Screen:
    return AnyOf(tuple(Condition(("memory_type",), "==", memory_type) for memory_type in types))


def _types(request: RetrieveMemoriesRequest) -> list[str]:
    return list(dict.fromkeys(request.memory_types)) or [NATURAL]
