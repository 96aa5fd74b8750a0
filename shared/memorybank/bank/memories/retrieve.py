"""Retrieval: the memories of exactly one scope, by similarity or page by page."""

from __future__ import annotations

import itertools
import math
from collections.abc import Sequence
from datetime import datetime

from memorybank.bank import engines
from memorybank.bank.listing import Accept, Cursor, Room, page_of, screen_in, weight
from memorybank.bank.memories import as_of, searching
from memorybank.bank.memories.as_of import Past
from memorybank.bank.memories.found import FoundMemory
from memorybank.bank.memories.ranking import Ranker
from memorybank.bank.memories.records import MEMORY_FIELDS, NATURAL, lives
from memorybank.bank.memories.searching import Hits
from memorybank.bank.ports import Ports
from memorybank.errors import InvalidArgument, Violation
from memorybank.ports.documents import Document, Nearest, Order, Query, Where
from memorybank.ports.models import Purpose
from memorybank.ports.screens import AllOf, AnyOf, Condition, Screen
from memorybank.resources.config import MemoryBankConfig, Ranking
from memorybank.resources.names import EngineName
from memorybank.resources.retrieval import (
    DEFAULT_RESULTS,
    MAX_RESULTS,
    Explanation,
    RetrieveMemoriesRequest,
    SimilaritySearchParams,
)
from memorybank.resources.scopes import scope_key

_ROUNDING = 1e-6
_LISTED = "Listed, newest first: the request searches for nothing."


def retrieve_similar(
    ports: Ports, engine: EngineName, request: RetrieveMemoriesRequest, *, accept: Accept | None
) -> list[FoundMemory]:
    """Return the memories that are like the query, as the engine's configuration ranks them.

    They are fewer than asked for where the next one would make the answer too large: a similarity search has no pages.
    """
    params = request.similarity_search_params or SimilaritySearchParams(search_query=" ")
    config = engines.recent_config(ports, engine)
    past = _past(ports, engine, request, config=config)
    now = ports.clock.now() if past is None else past.time
    ranker = _ranker(config, params, now=now, explain=request.explain)
    model = config.embedding_model
    [vector] = ports.embedder.embed([params.search_query], purpose=Purpose.QUERY, model=model)
    found: Hits = []

    def may(document: Document) -> bool:
        return accept is None or accept(document.data)

    for memory_type in _types(request):
        where = (
            Where("scope_key", "==", scope_key(request.scope)),
            Where("embedding_model", "==", ports.embedder.resolve(model)),
            Where("memory_type", "==", memory_type),
        )
        search = Nearest(
            f"{engine.path}/memories", "embedding", vector, where=where, limit=ranker.candidates, fields=MEMORY_FIELDS
        )
        within, enough = _farthest(params.min_similarity), ranker.limit
        if past is not None:
            found += past.nearest(search, model=model, accept=may, enough=enough, within=within)
            continue
        screen = screen_in(accept)
        found += searching.nearest(ports, search, may=may, enough=enough, within=within, exhaustive=True, screen=screen)
    room = Room()
    return list(itertools.takewhile(lambda hit: room.take(weight(hit.document.data)), ranker.choose(found)))


def _past(
    ports: Ports, engine: EngineName, request: RetrieveMemoriesRequest, *, config: MemoryBankConfig
) -> Past | None:
    """Return the past that a request asks for, None if it asks for the present."""
    if request.read_time is None:
        return None
    return as_of.past(ports, engine, config, scope_key=scope_key(request.scope), time=request.read_time)


def _ranker(config: MemoryBankConfig, params: SimilaritySearchParams, *, now: datetime, explain: bool) -> Ranker:
    if params.recency is not None and config.ranking == Ranking.DISTANCE.name:
        says = "needs an engine whose similaritySearchConfig.ranking is HYBRID or RELEVANCE; this one has DISTANCE"
        raise InvalidArgument.of(Violation("similaritySearchParams.recency", says))
    limit = min(params.top_k or DEFAULT_RESULTS, MAX_RESULTS)
    return Ranker(params.search_query, limit, config.ranking, now, recency=params.recency, explain=explain)


def _farthest(min_similarity: float | None) -> float:
    """Return the largest distance of vectors of length 1 that have at least this cosine, as a float32 may be off."""
    return math.inf if min_similarity is None else math.sqrt(2 - 2 * min_similarity) + _ROUNDING


def retrieve_page(
    ports: Ports,
    engine: EngineName,
    request: RetrieveMemoriesRequest,
    *,
    accept: Accept | None,
    limit: int,
    after: Cursor | None,
) -> tuple[list[FoundMemory], Cursor | None]:
    """Return a page of all memories of the scope, newest first."""
    past = _past(ports, engine, request, config=engines.recent_config(ports, engine))
    now, types = ports.clock.now(), _types(request)
    why = Explanation(matched_terms=[], reason=_LISTED) if request.explain else None
    if past is not None:
        states, cursor = past.page(accept=as_of.accepts(accept, types=types), limit=limit, after=after)
        return [FoundMemory(each, explanation=why) for each in states], cursor
    query = Query(
        collection=f"{engine.path}/memories",
        where=(Where("scope_key", "==", scope_key(request.scope)),),
        order=(Order("create_time", descending=True),),
        after=after,
        fields=MEMORY_FIELDS,
        screen=AllOf((_screen(types), screen_in(accept) or AllOf(()))),
    )

    def read(document: Document) -> FoundMemory | None:
        data = document.data
        seen = lives(data.get("expire_time"), now) and data.get("memory_type") in types
        seen = seen and (accept is None or accept(data))
        return FoundMemory(document, explanation=why) if seen else None

    return page_of(ports.store, query, limit=limit, read=read)


def _screen(types: Sequence[str]) -> Screen:
    return AnyOf(tuple(Condition(("memory_type",), "==", memory_type) for memory_type in types))


def _types(request: RetrieveMemoriesRequest) -> list[str]:
    return list(dict.fromkeys(request.memory_types)) or [NATURAL]
