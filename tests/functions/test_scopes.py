"""Whose scopes `GET .../scopes` lists, over HTTP and with rules."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from urllib.parse import quote

import pytest

from memorybank.local.bank import Bank
from memorybank.testing.scripted import ScriptedModel
from tests.functions.callers import ADA, EVE, READER, READER_OF_ALL, Calling, bank_with_rules, new_engine


@pytest.fixture
def bank() -> Iterator[Bank]:
    with bank_with_rules(model=ScriptedModel()) as bank:
        yield bank


@pytest.fixture
def root(bank: Bank) -> Calling:
    calling = new_engine(bank)
    for email in (ADA, EVE, "bob@elsewhere.com"):
        calling.ok("POST", "/memories", {"fact": "I like tea", "scope": {"user_id": email}})
    return calling


def _users(caller: Calling, query: str = "") -> set[str]:
    return {each["scope"]["user_id"] for each in caller.ok("GET", f"/scopes{query}").get("scopes", [])}


def test_callers_see_the_scopes_that_they_may_read_and_no_others(root: Calling) -> None:
    assert _users(root) == {ADA, EVE, "bob@elsewhere.com"}
    assert _users(replace(root, email=READER_OF_ALL)) == {ADA, EVE, "bob@elsewhere.com"}
    assert _users(replace(root, email=READER)) == {ADA, EVE}
    assert _users(replace(root, email=ADA)) == {ADA}
    assert _users(replace(root, email=ADA), "?prefix=eve") == set()
    assert _users(replace(root, email="nobody@agents.com")) == set()


def test_an_engine_that_is_hidden_does_not_exist(root: Calling) -> None:
    hidden = replace(root, email="stranger@example.com").call("GET", "/scopes")
    absent = replace(root, engine=root.engine.replace("/l/", "/m/")).call("GET", "/scopes")
    assert (hidden.status, absent.status) == (404, 404)
    assert hidden.message == absent.message.replace("/m/", "/l/")


def test_a_page_token_is_for_its_own_list(root: Calling) -> None:
    token = root.ok("GET", "/scopes?pageSize=1")["nextPageToken"]
    assert len(_users(root, f"?pageSize=2&pageToken={token}")) == 2
    assert root.call("GET", f"/scopes?prefix=a&pageToken={token}").status == 400
    assert root.call("GET", f"/memories?pageToken={token}").status == 400
    assert root.call("GET", "/scopes?orderBy=scope").status == 400


def test_a_prefix_may_be_any_text(root: Calling) -> None:
    for prefix in ("%00", "%F0%9F%8D%B5", "user_id%3D", "x" * 5000):
        assert isinstance(root.ok("GET", f"/scopes?prefix={prefix}"), dict)


def _waiting(email: str) -> str:
    return f"/scopes:waiting?scope={quote(json.dumps({'user_id': email}))}"


def test_what_waits_is_told_to_those_who_may_read_the_scope(root: Calling) -> None:
    event = {"content": {"role": "user", "parts": [{"text": "I like tea"}]}}
    rule = {"generationTriggerConfig": {"generationRule": {"idleDuration": "3600s"}}}
    body = {"scope": {"user_id": ADA}, "directContentsSource": {"events": [event]}, **rule}
    begun = root.ok("POST", "/memories:ingestEvents", body)
    for email in (root.email, READER_OF_ALL, READER, ADA):
        found = replace(root, email=email).ok("GET", _waiting(ADA))
        [stream] = found["streams"]
        assert (stream["streamId"], stream["eventCount"], stream["operation"]) == ("default", 1, begun["name"])
        assert [each["name"] for each in found["operations"]] == [begun["name"]]
        assert "I like tea" not in json.dumps(found)
    assert replace(root, email=ADA).call("GET", _waiting(EVE)).status == 403
    assert replace(root, email="stranger@example.com").call("GET", _waiting(ADA)).status == 404
    assert root.ok("GET", _waiting(EVE)) == {"streams": [], "operations": []}


@pytest.mark.parametrize("scope", ["", "x", "[]", "{}", '{"a": 1}', '{"a": "*"}', "[" * 5000, '{"a": "\\ud800"}'])
def test_what_is_no_scope_is_refused_by_the_name_of_the_parameter(root: Calling, scope: str) -> None:
    answer = root.call("GET", f"/scopes:waiting?scope={quote(scope)}")
    assert answer.status == 400
    assert "scope" in answer.message
