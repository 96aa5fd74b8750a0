"""Schemas of profiles over raw HTTP: what is refused, and what comes back as it was sent."""

from __future__ import annotations

from typing import Any

import httpx
import pytest

from tests.conftest import Served
from tests.functions.callers import ADA, EVE, bank_with_rules, new_engine

FIELD = {"type": "OBJECT", "properties": {"age": {"type": "INTEGER"}}}
PLACE = "contextSpec.memoryBankConfig.structuredMemoryConfigs[0]"


def _create(served: Served, *configs: dict[str, Any]) -> httpx.Response:
    body = {"contextSpec": {"memoryBankConfig": {"structuredMemoryConfigs": list(configs)}}}
    with served.http() as http:
        return http.post(f"/v1beta1/{served.parent}/reasoningEngines", json=body)


def _schema(**fields: Any) -> dict[str, Any]:
    return {"schemaConfigs": [{"id": "p", **fields}]}


def _deep(levels: int) -> dict[str, Any]:
    schema: dict[str, Any] = {"type": "string"}
    for _ in range(levels):
        schema = {"type": "array", "items": schema}
    return {"type": "object", "properties": {"deep": schema}}


@pytest.mark.parametrize(
    ("config", "said"),
    [
        (_schema(), "schemaConfigs[0].schema: is required, or jsonSchema"),
        (_schema(schema=FIELD, jsonSchema=FIELD), "schemaConfigs[0].jsonSchema: only one of"),
        (_schema(schema={"type": "ARRAY", "items": FIELD}), "schemaConfigs[0].schema.type: must be OBJECT"),
        (_schema(schema={"type": "OBJECT"}), "schemaConfigs[0].schema.properties: is required"),
        (_schema(schema={"type": "OBJECT", "properties": {}}), "schemaConfigs[0].schema.properties: is required"),
        (_schema(jsonSchema={"type": "object", "properties": {"a": {"type": "nonsense"}}}), "is not a JSON schema"),
        (_schema(jsonSchema={"type": "object", "properties": {"a": {"$ref": "http://x"}}}), "properties.a.$ref"),
        (_schema(schema={"type": "OBJECT", "properties": {"a": {"pattern": "(a+)+$"}}}), "properties.a.pattern"),
        (_schema(jsonSchema=_deep(40)), ""),
        (_schema(jsonSchema=_deep(9)), "is nested deeper than"),
        (_schema(jsonSchema={**FIELD, "type": "object", "title": "x" * 70_000}), "must have at most 65536 bytes"),
        (_schema(schema=FIELD, memoryType="NATURAL_LANGUAGE_COLLECTION"), "memoryType: must be STRUCTURED_PROFILE"),
        ({"schemaConfigs": [{"id": "Big", "schema": FIELD}]}, "schemaConfigs[0].id"),
        ({"schemaConfigs": [{"id": "p", "schema": FIELD}] * 2}, "schemaConfigs: p is given more than once"),
    ],
)
def test_a_wrong_schema_is_refused_by_its_place(served: Served, config: dict[str, Any], said: str) -> None:
    answer = _create(served, config)
    assert answer.status_code == 400, answer.text
    assert said in answer.text
    assert not said.startswith("schemaConfigs") or f'"{PLACE}.{said.partition(":")[0]}"' in answer.text


def test_two_configurations_for_the_same_keys_are_refused(served: Served) -> None:
    answer = _create(
        served, {"scopeKeys": ["a"], **_schema(schema=FIELD)}, {"scopeKeys": ["a"], **_schema(schema=FIELD)}
    )
    assert answer.status_code == 400
    assert "stand in more than one configuration" in answer.text


def test_a_schema_comes_back_as_it_was_sent(served: Served) -> None:
    schema = {"type": "object", "properties": {"snake_Case": {"enum": ["a", 1, None]}}, "additionalProperties": False}
    created = _create(served, _schema(json_schema=schema)).json()["response"]
    config = created["contextSpec"]["memoryBankConfig"]["structuredMemoryConfigs"][0]["schemaConfigs"][0]
    assert config == {"id": "p", "jsonSchema": schema}


def test_a_field_may_be_called_like_what_schemas_may_not_use(served: Served) -> None:
    fields = {"pattern": {"type": "STRING"}, "$ref": {"type": "STRING"}}
    assert _create(served, _schema(schema={"type": "OBJECT", "properties": fields})).status_code == 200


def test_profiles_of_a_bank_without_any_are_an_empty_map(served: Served, engine: str) -> None:
    with served.http() as http:
        answer = http.post(f"/v1beta1/{engine}/memories:retrieveProfiles", json={"scope": {"user_id": "ada"}})
        assert answer.json() == {"profiles": {}}
        assert http.post(f"/v1beta1/{engine}/memories:retrieveProfiles", json={}).status_code == 400


def test_a_caller_limited_to_a_scope_reads_no_other_profile() -> None:
    with bank_with_rules() as bank:
        root = new_engine(bank)
        config = {"structuredMemoryConfigs": [_schema(schema=FIELD)]}
        root.ok("PATCH", "", {"contextSpec": {"memoryBankConfig": config}})
        said = {"events": [{"content": {"parts": [{"text": "I am 42 years old."}]}}]}
        root.done("POST", "/memories:generate", {"scope": {"user_id": ADA}, "directContentsSource": said})
        for email, status in ((ADA, 200), (EVE, 403)):
            caller = type(root)(bank, email, root.engine)
            answer = caller.call("POST", "/memories:retrieveProfiles", {"scope": {"user_id": ADA}})
            assert answer.status == status
            own = caller.ok("POST", "/memories:retrieveProfiles", {"scope": {"user_id": email}})
            expected = {"p": {"schemaId": "p", "profile": {"age": 42}}} if email == ADA else {}
            assert own == {"profiles": expected}
