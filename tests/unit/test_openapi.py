"""The description of the API says what is served: every method, its parameters and its messages; and its page."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from memorybank.aip.routing import Router
from memorybank.handlers.messages import MESSAGES
from memorybank.handlers.openapi import QUERY, document
from memorybank.handlers.routes import PUBLIC, routes_of
from memorybank.handlers.rpcs import all_rpcs
from memorybank.local.mounts import mounted
from memorybank.local.reference import reference_mounts
from memorybank.resources.memory import Memory

REFUSED = {"GetIamPolicy", "SetIamPolicy", "TestIamPermissions", "CompactSession"}
"""Methods that always answer UNIMPLEMENTED."""

METHODS = [(path, verb, told) for path, verbs in document()["paths"].items() for verb, told in verbs.items()]


def validator(schema: str) -> Any:
    root = {"$ref": f"#/components/schemas/{schema}", "components": document()["components"]}
    return Draft202012Validator(root)


def references(value: Any) -> Iterator[str]:
    if isinstance(value, dict):
        if "$ref" in value:
            yield value["$ref"]
        for each in value.values():
            yield from references(each)
    elif isinstance(value, list):
        for each in value:
            yield from references(each)


def test_every_public_method_has_messages_or_always_refuses() -> None:
    served = {rpc.name for rpc in all_rpcs() if rpc.public}
    assert served - REFUSED == set(MESSAGES), "add what is missing to handlers/messages.py"


def test_every_query_parameter_is_described() -> None:
    taken = {name for rpc in all_rpcs() if rpc.public for name in rpc.query or ()}
    assert taken <= set(QUERY), "add what is missing to QUERY in handlers/openapi.py"


def test_every_path_is_routed_to_the_method_that_it_describes() -> None:
    router = Router(routes_of(PUBLIC))
    for path, verb, told in METHODS:
        found = router.match(verb.upper(), re.sub(r"\{\w+\}", "1", path))
        assert told["operationId"].startswith(found.route.name), path
        queries = [each["name"] for each in told["parameters"] if each["in"] == "query"]
        assert tuple(queries) == found.route.query, path


def test_every_method_has_an_id_of_its_own_and_every_reference_leads_somewhere() -> None:
    ids = [told["operationId"] for _, _, told in METHODS]
    assert len(ids) == len(set(ids))
    known = {f"#/components/schemas/{name}" for name in document()["components"]["schemas"]}
    assert set(references(document())) <= known


def test_a_message_has_the_fields_of_its_model() -> None:
    fields = {str(field.alias or name) for name, field in Memory.model_fields.items()}
    for schema in ("Memory-Input", "Memory-Output"):
        assert set(document()["components"]["schemas"][schema]["properties"]) == fields


def test_a_body_that_the_bank_takes_fits_its_schema() -> None:
    source = {"events": [{"content": {"role": "user", "parts": [{"text": "I like tea."}]}}]}
    body = {"scope": {"user_id": "ada"}, "directContentsSource": source, "revisionTtl": "3600s"}
    validator("GenerateMemoriesRequest").validate(body)


@pytest.mark.parametrize(
    "wrong",
    [
        {"scope": {}},
        {"scope": {f"k{number}": "v" for number in range(6)}},
        {"scope": {"user_id": "*"}},
        {"scope": {"user_id": 1}},
        {"revisionTtl": "one hour"},
        {"metadataMergeStrategy": "SOMETIMES"},
        {"directMemoriesSource": {"directMemories": [{}]}},
        {"unheardOf": 1},
    ],
)
def test_a_body_that_the_bank_refuses_does_not_fit_its_schema(wrong: dict[str, Any]) -> None:
    assert list(validator("GenerateMemoriesRequest").iter_errors(wrong))


def asked(path: str, method: str = "GET") -> tuple[str, dict[str, str], str]:
    """Ask the mounted pages, and return status, headers and body."""
    seen: list[Any] = []
    environ = {"REQUEST_METHOD": method, "PATH_INFO": path}
    application = mounted(lambda _environ, _start: [b"elsewhere"], reference_mounts())
    body = b"".join(application(environ, lambda status, headers: seen.append((status, dict(headers)))))
    return (*seen[0], body.decode()) if seen else ("", {}, body.decode())


def test_the_description_is_served_as_json() -> None:
    status, headers, body = asked("/openapi.json")
    assert (status, headers["Content-Type"]) == ("200 OK", "application/json; charset=UTF-8")
    assert json.loads(body) == document()


def test_the_page_names_every_method_and_message_without_any_script() -> None:
    status, headers, body = asked("/reference")
    assert status == "200 OK"
    assert headers["Content-Security-Policy"].startswith("default-src 'none'; style-src 'sha256-")
    assert "<script" not in body
    assert "http://" not in body.replace("https://", "http://").replace("http://json-schema.org", "")
    ids = set(re.findall(r'id="([^"]+)"', body))
    assert {told["operationId"] for _, _, told in METHODS} | set(document()["components"]["schemas"]) == ids
    assert set(re.findall(r'href="#([^"]+)"', body)) <= ids


def test_only_get_is_taken_and_other_paths_are_passed_on() -> None:
    status, headers, _ = asked("/openapi.json", "POST")
    assert (status[:3], headers["Allow"]) == ("405", "GET, HEAD")
    assert asked("/openapi.json", "HEAD")[2] == ""
    assert asked("/referenced")[2] == "elsewhere"
