"""Filters on the metadata of memories: a list of groups, one of which must match; in a group, all filters must match.

Values are compared only with values of their own type: the number 1 is not the text "1". Texts are ordered by their
characters' code points, times to the whole second. A key that a memory lacks, or has with a value of another type,
matches no comparison; `negate` inverts the result in every case, so that "not from agent 1" also finds memories without
an agent.
"""

from __future__ import annotations

import operator
from collections.abc import Callable, Iterable, Mapping
from datetime import datetime
from enum import IntEnum
from typing import Annotated, Any, Self

from pydantic import Field, model_validator

from memorybank.resources.memory import MetadataValue
from memorybank.resources.wire import Bool, WireModel, named_enum, refuse

MAX_GROUPS = 64
"""The most groups of a request, and the most filters of a group: our limit."""


class FilterOperator(IntEnum):
    """How a memory's value is compared with the filter's; unspecified is EQUAL."""

    OPERATOR_UNSPECIFIED = 0
    EQUAL = 1
    GREATER_THAN = 2
    LESS_THAN = 3


_COMPARE: Mapping[str, Callable[[Any, Any], bool]] = {
    "OPERATOR_UNSPECIFIED": operator.eq,
    "EQUAL": operator.eq,
    "GREATER_THAN": operator.gt,
    "LESS_THAN": operator.lt,
}


class MetadataFilter(WireModel):
    """One comparison with the value of a metadata key; `negate` selects the memories for which it does not hold."""

    key: Annotated[str, Field(min_length=1, max_length=128)]
    op: Annotated[str, named_enum(FilterOperator)] = FilterOperator.EQUAL.name
    value: MetadataValue
    negate: Bool = False

    @model_validator(mode="after")
    def _ordered(self) -> Self:
        if self.value.bool_value is not None and self.op in ("GREATER_THAN", "LESS_THAN"):
            refuse(("op", "must be EQUAL: booleans have no order"))
        return self

    def holds(self, metadata: Mapping[str, Any]) -> bool:
        """Tell whether stored metadata matches the filter."""
        [(kind, value)] = self.value.to_data().items()
        found = metadata.get(self.key, {}).get(kind)
        met = found is not None and _COMPARE[self.op](_whole_seconds(found), _whole_seconds(value))
        return met is not self.negate


class FilterGroup(WireModel):
    """Filters that must all match. There is at least one: an empty group would match everything."""

    filters: Annotated[list[MetadataFilter], Field(min_length=1, max_length=MAX_GROUPS)]


FilterGroups = Annotated[list[FilterGroup], Field(max_length=MAX_GROUPS)]
"""Groups of which one must match; an empty list sets no condition."""


def any_group_holds(groups: Iterable[FilterGroup], metadata: Mapping[str, Any]) -> bool:
    """Tell whether stored metadata matches every filter of at least one group."""
    return any(all(each.holds(metadata) for each in group.filters) for group in groups)


def _whole_seconds(value: Any) -> Any:
    return value.replace(microsecond=0) if isinstance(value, datetime) else value
