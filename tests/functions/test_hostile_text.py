"""Text that is made to hold up the server does not: other requests go on, and its operation ends."""

from __future__ import annotations

import socket

import httpx
import pytest

from tests.conftest import Served
from tests.functions.refusals import Caller
from tests.waiting import until

_KB = 1024
_HOSTILE = {
    "spaces": "a" + " " * 180 + "x",
    "many spaces": "my a" + " " * 2000 + "x",
    "line breaks": "\n" * 64 * _KB,
    "beginnings of keys": "eyJ-" * 16 * _KB,
    "words": "a " * 32 * _KB,
    "ligatures": "\ufdfa" * 4 * _KB,
    "marks": "a" + "\u0301\u0327" * 16 * _KB,
    "questions": "?" * 2000 + "a",
    "commas": "I like " + "," * 2000 + "x",
    "nows": "I live in Rome" + " now" * 500 + " x",
    "favourites": "好きな" * 600,
    "suppositions": "wenn ich " * 220,
    "passwords": "password for " * 5 * _KB,
}


@pytest.mark.parametrize("text", _HOSTILE.values(), ids=_HOSTILE)
def test_other_requests_go_on_while_a_hostile_turn_is_read_and_its_operation_ends(caller: Caller, text: str) -> None:
    events = [{"content": {"role": role, "parts": [{"text": text}]}} for role in ("user", "model")]
    body = {"scope": {"user_id": "u"}, "directContentsSource": {"events": events}}
    operation = caller.ok("POST", "/memories:generate", json=body)

    def ended() -> bool:
        assert caller.http.get("/health").status_code == httpx.codes.OK
        answer = caller.http.get(f"/v1beta1/{operation['name']}")
        assert answer.status_code == httpx.codes.OK
        return bool(answer.json().get("done"))

    until(ended)


@pytest.mark.parametrize("text", _HOSTILE.values(), ids=_HOSTILE)
def test_a_hostile_text_is_searched_for_and_refused_or_stored_as_a_fact(caller: Caller, text: str) -> None:
    search = {"scope": {"user_id": "u"}, "similaritySearchParams": {"searchQuery": text}}
    for path, body in (
        ("/memories:retrieve", search),
        ("/memories", {"fact": text[:2048], "scope": {"user_id": "u"}}),
    ):
        assert caller.call("POST", path, json=body).status_code in (httpx.codes.OK, httpx.codes.BAD_REQUEST)


def test_a_schema_that_refers_elsewhere_is_refused_and_nothing_is_fetched(served: Served) -> None:
    with socket.create_server(("127.0.0.1", 0)) as elsewhere, served.http() as http:
        elsewhere.setblocking(False)
        away = {"$ref": f"http://127.0.0.1:{elsewhere.getsockname()[1]}/schema.json"}
        schema = {"type": "object", "properties": {"properties": away}}
        profiles = [{"scopeKeys": ["user_id"], "schemaConfigs": [{"id": "me", "jsonSchema": schema}]}]
        body = {"contextSpec": {"memoryBankConfig": {"structuredMemoryConfigs": profiles}}}
        answer = http.post(f"/v1beta1/{served.parent}/reasoningEngines", json=body)
        assert answer.status_code == httpx.codes.BAD_REQUEST, answer.text
        assert "properties.properties.$ref" in answer.text
        with pytest.raises(BlockingIOError):
            elsewhere.accept()
