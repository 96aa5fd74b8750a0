"""Retrieval: the memories of exactly one scope, by similarity or page by page."""

from __future__ import annotations

import itertools
import math
from collections.abc import Sequence

from memorybank.bank import engines
from memorybank.bank.listing import Accept, Cursor, Room, page_of, screen_in, weight
from memorybank.bank.memories import searching
from memorybank.bank.memories.ranking import Ranker
from memorybank.bank.memories.records import MEMORY_FIELDS, NATURAL, lives, record_of
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
    RetrievedMemory,
    RetrieveMemoriesRequest,
    SimilaritySearchParams,
)
from memorybank.resources.scopes import scope_key

_ROUNDING = 1e-6
_LISTED = "Listed, newest first: the request searches for nothing."


def retrieve_similar(
    ports: Ports, engine: EngineName, request: RetrieveMemoriesRequest, *, accept: Accept | None
) -> list[RetrievedMemory]:
    """Return the memories that are like the query, as the engine's configuration ranks them.

    They are fewer than asked for where the next one would make the answer too large: a similarity search has no pages.
    """
    params = request.similarity_search_params or SimilaritySearchParams(search_query=" ")
    config = engines.recent_config(ports, engine)
    ranker = _ranker(ports, config, params, explain=request.explain)
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
        search = Nearest(f"{engine.path}/memories", "embedding", vector, where=where, limit=ranker.candidates)
        found += searching.nearest(
            ports,
            search,
            may=may,
            enough=ranker.limit,
            within=_farthest(params.min_similarity),
            exhaustive=True,
            screen=screen_in(accept),
        )
    room = Room()
    return list(itertools.takewhile(lambda hit: room.take(weight(hit.memory.to_data())), ranker.choose(found)))


def _ranker(ports: Ports, config: MemoryBankConfig, params: SimilaritySearchParams, *, explain: bool) -> Ranker:
    if params.recency is not None and config.ranking == Ranking.DISTANCE.name:
        says = "needs an engine whose similaritySearchConfig.ranking is HYBRID or RELEVANCE; this one has DISTANCE"
        raise InvalidArgument.of(Violation("similaritySearchParams.recency", says))
    limit = min(params.top_k or DEFAULT_RESULTS, MAX_RESULTS)
    query, now = params.search_query, ports.clock.now()
    return Ranker(query, limit, config.ranking, now, recency=params.recency, explain=explain)


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
) -> tuple[list[RetrievedMemory], Cursor | None]:
    """Return a page of all memories of the scope, newest first."""
    engines.recent_config(ports, engine)
    now, types = ports.clock.now(), _types(request)
    why = Explanation(matched_terms=[], reason=_LISTED) if request.explain else None
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
        return RetrievedMemory(memory=record_of(document).memory, explanation=why) if seen else None

    return page_of(ports.store, query, limit=limit, read=read)


def _screen(types: Sequence[str]) -> Screen:
    return AnyOf(tuple(Condition(("memory_type",), "==", memory_type) for memory_type in types))


def _types(request: RetrieveMemoriesRequest) -> list[str]:
    return list(dict.fromkeys(request.memory_types)) or [NATURAL]
