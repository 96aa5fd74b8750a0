"""The fields that the filter of each list may name."""

from __future__ import annotations

from collections.abc import Sequence
from typing import cast

from memorybank.aip.filters.parse import parse_filter, required_comparisons, required_equality
from memorybank.aip.filters.schema import Field, Kind, Schema, compile_filter, time_of
from memorybank.aip.json_body import parse_json
from memorybank.bank.listing import Accept, Filter
from memorybank.errors import InvalidArgument
from memorybank.handlers.screens import screen_of
from memorybank.ports.documents import Operator, Where
from memorybank.resources.filter_groups import FilterGroup, any_group_holds
from memorybank.resources.memory import FIELDS

_MEMORY = [
    (name, Field(path, cast("Kind", kind))) for name, rule in FIELDS.items() for path, kind in rule.filters.items()
]
MEMORIES = Schema(tuple(field for _, field in _MEMORY))
RETRIEVE = Schema(tuple(field for name, field in _MEMORY if name != "scope"))
"""A retrieval names one scope, so there is none to filter by."""

REVISIONS = Schema(
    (Field("labels.*", "string"), Field("produced_by.*", "string"), Field("event_time", "timestamp")),
)
SESSIONS = Schema((Field("user_id", "string"), Field("display_name", "string"), Field("labels.*", "string")))
EVENTS = Schema((Field("timestamp", "timestamp"),))
OPERATIONS = Schema(
    (
        Field("name", "string"),
        Field("done", "bool"),
        Field("metadata.type", "string"),
        *(
            Field(f"metadata.{place}{time}", "timestamp")
            for time in ("create_time", "update_time")
            for place in ("", "generic_metadata.")
        ),
    )
)
ENGINES = Schema((Field("display_name", "string"), Field("labels.*", "string")))


def acceptance(text: str | None, schema: Schema, *, groups: Sequence[FilterGroup] = ()) -> Accept | None:
    """Return the combined test for a filter and groups of metadata filters, or None if there is neither."""
    expression = parse_filter(text)
    test = None if expression is None else compile_filter(expression, schema)
    if not groups:
        return test
    return lambda data: (test is None or test(data)) and any_group_holds(groups, data.get("metadata") or {})


def memory_filter(text: str | None, schema: Schema, *, groups: Sequence[FilterGroup] = ()) -> Filter | None:
    """Return the filter of a request for memories, or None if there is neither a filter nor a group."""
    test, screen = acceptance(text, schema, groups=groups), screen_of(parse_filter(text), schema, groups=groups)
    return None if test is None or screen is None else Filter(test, screen)


def required_scope(text: str | None) -> dict[str, str] | None:
    """Return the scope that a filter requires as a whole (`scope="{...}"`), so that only that one is read."""
    value = required_equality(parse_filter(text), ("scope",))
    if value is None:
        return None
    try:
        scope = parse_json(value.encode())
    except InvalidArgument:
        return None
    pairs = scope.items() if isinstance(scope, dict) else ()
    return {key: item for key, item in pairs if isinstance(item, str)} if pairs else None


def required_user(text: str | None) -> str | None:
    """Return the user that a filter requires, so that only their sessions are read."""
    return required_equality(parse_filter(text), ("user_id",))


def time_bounds(text: str | None, *, field: str = "timestamp") -> tuple[Where, ...]:
    """Return the bounds that a filter sets on a time field, so that only documents within them are read."""
    found = required_comparisons(parse_filter(text), (field,))
    ranges = [each for each in found if each.op in ("<", "<=", ">", ">=")]
    return tuple(Where(field, cast("Operator", each.op), time_of(each)) for each in ranges)
