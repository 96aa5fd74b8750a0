"""What a profile's schema may contain: nothing of it is fetched, opened or matched for ever, wherever it stands."""

from __future__ import annotations

import time
from typing import Any

import pytest
from pydantic_core import PydanticCustomError

from memorybank.resources.profile_schemas import MAX_SUBSCHEMAS, check_schema, is_valid
from memorybank.resources.profiles import json_schema_of

_AWAY = "http://127.0.0.1:1/schema.json"
_HOSTILE = (
    {"$ref": _AWAY},
    {"$ref": "file:///etc/passwd"},
    {"$ref": "#"},
    {"$dynamicRef": _AWAY},
    {"$recursiveRef": "#"},
    {"$id": "http://["},
    {"$schema": "http://json-schema.org/draft-03/schema#", "extends": {"$ref": _AWAY}},
    {"$anchor": "a"},
    {"pattern": "(a+)+$"},
    {"patternProperties": {"(a+)+$": True}},
    {"unevaluatedProperties": False},
)
_PLACES = (
    *(
        {key: None}
        for key in ("items", "additionalProperties", "contains", "propertyNames", "not", "if", "then", "else")
    ),
    *({key: [None]} for key in ("allOf", "anyOf", "oneOf", "prefixItems")),
    *({key: {"a": None}} for key in ("properties", "dependentSchemas", "$defs", "definitions")),
    *({"properties": {name: None}} for name in ("properties", "enum", "pattern", "$ref", "const", "x.properties")),
)


def _schema(field: Any) -> dict[str, Any]:
    return {"type": "object", "properties": {"field": field}}


def _placed(place: Any, schema: Any) -> Any:
    if isinstance(place, dict):
        return {key: _placed(value, schema) for key, value in place.items()}
    return [schema] if isinstance(place, list) else schema


@pytest.mark.parametrize("hostile", _HOSTILE, ids=str)
@pytest.mark.parametrize("place", _PLACES, ids=str)
def test_what_leads_elsewhere_is_refused_wherever_a_schema_may_stand(place: Any, hostile: Any) -> None:
    with pytest.raises(PydanticCustomError, match="is not supported"):
        check_schema(_schema(_placed(place, hostile)), field="schema")
    assert isinstance(is_valid({"a": ["b"]}, _placed(place, hostile)), bool)


@pytest.mark.parametrize("name", ["pattern", "$ref", "patternProperties", "$id", "properties"])
def test_a_field_and_a_choice_may_have_any_name(name: str) -> None:
    check_schema({"type": "object", "properties": {name: {"enum": [{name: "x"}]}}}, field="schema")


def test_a_schema_with_too_many_schemas_in_it_is_refused() -> None:
    with pytest.raises(PydanticCustomError, match=f"at most {MAX_SUBSCHEMAS} schemas"):
        check_schema(_schema({"allOf": [{}] * MAX_SUBSCHEMAS}), field="schema")


def test_a_deep_schema_is_refused_before_anything_else_reads_it() -> None:
    deep: dict[str, Any] = {}
    for _ in range(5_000):
        deep = {"not": deep}
    with pytest.raises(PydanticCustomError, match="nested deeper"):
        check_schema(_schema(deep), field="schema")


@pytest.mark.parametrize(
    ("value", "rule"),
    [
        (list(range(100_000)), {"items": {"allOf": [{"type": "integer"}] * 400}}),
        ([[each] for each in range(5_000)], {"uniqueItems": True}),
        ([{"a": each} for each in range(5_000)], {"items": {"oneOf": [{"properties": {"a": {"const": 1}}}] * 100}}),
        ([1] * 10_000, {"items": {"enum": list(range(10_000))}}),
        ([{}] * 10_000, {"items": {"required": [str(each) for each in range(10_000)]}}),
    ],
    ids=["allOf", "uniqueItems", "oneOf", "enum", "required"],
)
def test_a_value_whose_check_takes_too_long_does_not_fit(value: Any, rule: Any) -> None:
    begin = time.thread_time()
    assert not is_valid(value, rule)
    assert time.thread_time() - begin < 20  # a second or so where a full check takes minutes


def test_ordinary_values_are_checked_to_the_end() -> None:
    rule = {"type": "array", "items": {"type": "string", "enum": ["a", "b"]}, "uniqueItems": True}
    assert is_valid(["a", "b"], rule)
    assert not is_valid(["a", "a"], rule)
    assert not is_valid(["a", "c"], rule)


def test_a_nullable_choice_that_is_no_list_is_left_to_the_check() -> None:
    schema = json_schema_of({"type": "OBJECT", "properties": {"a": {"enum": 5, "nullable": True}}})
    with pytest.raises(PydanticCustomError, match="is not a JSON schema"):
        check_schema(schema, field="schema")
