"""The messages of RetrieveMemories and RollbackMemory."""

from __future__ import annotations

import re
from typing import Annotated, Any, Self

from pydantic import BeforeValidator, Field, model_validator

from memorybank.resources.filter_groups import FilterGroups
from memorybank.resources.memory import Memory, MemoryType
from memorybank.resources.scopes import Scope
from memorybank.resources.wire import (
    Bool,
    Double,
    Int64,
    PositiveDuration,
    Timestamp,
    WireModel,
    at_most_one,
    named_enum,
    parse_int64,
    refuse,
    refuse_any,
)

MAX_RESULTS = 100
"""The most memories in one response; larger values are coerced, not refused."""

DEFAULT_RESULTS = 3
"""The default number of memories in a response."""

_Size = Annotated[Int64, Field(ge=0)]


class RecencyParams(WireModel):
    """How much recent facts are preferred: recency halves with every half-life. Beyond Google's API."""

    half_life: PositiveDuration
    weight: Annotated[Double, Field(gt=0, le=1)] = 0.2


class SimilaritySearchParams(WireModel):
    """Search by similarity. `min_similarity` (the least cosine) and `recency` are beyond Google's API."""

    search_query: Annotated[str, Field(min_length=1, max_length=8192)]
    top_k: _Size | None = None
    min_similarity: Annotated[Double, Field(ge=-1, le=1)] | None = None
    recency: RecencyParams | None = None


class SimpleRetrievalParams(WireModel):
    """All memories of the scope, newest first, page by page."""

    page_size: _Size | None = None
    page_token: str | None = None


class RetrieveMemoriesRequest(WireModel):
    """Memories of exactly one scope. Without parameters, the first page of all.

    Beyond Google's API, each result says with `explain` why it is there, and `read_time` asks what the bank knew then.
    """

    scope: Scope
    similarity_search_params: SimilaritySearchParams | None = None
    simple_retrieval_params: SimpleRetrievalParams | None = None
    filter: Annotated[str, Field(max_length=4096)] | None = None
    # Factories, because pydantic copies mutable defaults with `copy.deepcopy`: a quarter of the time of reading this.
    filter_groups: FilterGroups = Field(default_factory=list)
    memory_types: Annotated[list[Annotated[str, named_enum(MemoryType)]], Field(max_length=16)] = Field(
        default_factory=list
    )
    explain: Bool = False
    read_time: Timestamp | None = None

    @model_validator(mode="after")
    def _one_kind(self) -> Self:
        refuse_any(at_most_one(self, "similarity_search_params", "simple_retrieval_params"))
        return self


class Scores(WireModel):
    """The scores of a result, from 0 to 1; `dense`, a cosine, may be negative."""

    dense: float
    lexical: float
    recency: float


class Ranks(WireModel):
    """The places of a result among all candidates, from 1; it has no `lexical` one if no term matched."""

    dense: int
    lexical: int | None = None


class Explanation(WireModel):
    """Why a memory is among the results. One that was not searched for has neither scores nor ranks."""

    scores: Scores | None = None
    matched_terms: list[str]
    ranks: Ranks | None = None
    reason: str


class RetrievedMemory(WireModel):
    """A retrieved memory; its Euclidean distance, if it was found by similarity; and why, if that was asked for."""

    memory: Memory
    distance: float | None = None
    explanation: Explanation | None = None


class PurgeMemoriesRequest(WireModel):
    """Which memories to delete: those that match the filter and one of the groups. Without `force`, only count them."""

    filter: Annotated[str, Field(max_length=4096)] | None = None
    filter_groups: FilterGroups = []
    force: Bool = False

    @model_validator(mode="after")
    def _some_condition(self) -> Self:
        if not (self.filter and self.filter.strip()) and not self.filter_groups:
            refuse(("filter", "is required, or filterGroups: a purge of everything must say so by its filter"))
        return self


_REVISION = re.compile("(.+/memories/[^/]+/)?revisions?/([0-9]{1,19})")


_RevisionText = Annotated[str, Field(pattern=r"^((.+/memories/[^/]+/)?revisions?/)?[0-9]{1,19}$")]


def _revision(value: Any) -> str:
    if isinstance(value, str) and _REVISION.fullmatch(value):
        return value
    number = parse_int64(value)
    if number <= 0:
        raise ValueError("must be greater than 0")
    return str(number)


class RollbackMemoryRequest(WireModel):
    """The revision to restore: its id, or its resource name."""

    target_revision_id: Annotated[str, BeforeValidator(_revision, json_schema_input_type=_RevisionText | int)]

    @property
    def revision(self) -> str:
        """The id of the revision."""
        return self.target_revision_id.rpartition("/")[2]

    @property
    def memory(self) -> str | None:
        """The resource name of the revision's memory; None if only an id was given."""
        named = _REVISION.fullmatch(self.target_revision_id)
        return named[1].removesuffix("/") if named and named[1] else None
