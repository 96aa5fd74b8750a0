"""Purge over raw HTTP: wrong and hostile conditions, and callers who may not see everything."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import httpx
import pytest

from tests.conftest import Served
from tests.functions.callers import ADA, ANYBODY, EVE, READER_OF_ALL, Calling, bank_with_rules, new_engine
from tests.waiting import PATIENCE, finished

ONE = {"key": "k", "value": {"stringValue": "v"}}


@pytest.fixture
def http(served: Served, engine: str) -> Iterator[httpx.Client]:
    with httpx.Client(base_url=f"{served.url}/v1beta1/{engine}", timeout=PATIENCE) as client:
        yield client


def _said(answer: httpx.Response) -> list[str]:
    assert answer.status_code == 400, answer.text
    [detail] = [each for each in answer.json()["error"]["details"] if "fieldViolations" in each]
    return [f"{each['field']}: {each['description']}" for each in detail["fieldViolations"]]


def _group(**change: Any) -> dict[str, Any]:
    fields = {key: value for key, value in {**ONE, **change}.items() if value is not None}
    return {"filterGroups": [{"filters": [fields]}]}


@pytest.mark.parametrize(
    ("body", "said"),
    [
        ({}, "filter: is required, or filterGroups"),
        ({"filter": "  "}, "filter: is required"),
        ({"force": True}, "filter: is required"),
        ({"filter": "nonsense=1"}, "filter: column 1"),
        ({"filter": "fact="}, "filter: column"),
        ({"filter": "fact=x", "force": "yes"}, "force"),
        ({"filterGroups": [{}]}, "filterGroups[0].filters"),
        ({"filterGroups": [{"filters": []}]}, "filterGroups[0].filters"),
        (_group(key=None), "filterGroups[0].filters[0].key"),
        (_group(key=""), "filterGroups[0].filters[0].key"),
        (_group(value=None), "filterGroups[0].filters[0].value"),
        (_group(value={}), "filterGroups[0].filters[0].value"),
        (_group(value={"stringValue": "a", "boolValue": True}), "filterGroups[0].filters[0].value"),
        (_group(op="LIKE"), "filterGroups[0].filters[0].op: must be one of"),
        (_group(op="LESS_THAN", value={"boolValue": True}), "filterGroups[0].filters[0].op: must be EQUAL"),
        (_group(negate="no"), "filterGroups[0].filters[0].negate"),
        ({"filterGroups": [{"filters": [ONE]}] * 65}, "filterGroups"),
        ({"filterGroups": [{"filters": [ONE] * 65}]}, "filterGroups[0].filters"),
    ],
)
@pytest.mark.parametrize("method", ["purge", "retrieve"])
def test_a_wrong_condition_is_refused_by_field(
    http: httpx.Client, method: str, body: dict[str, Any], said: str
) -> None:
    if method == "retrieve":
        if "is required" in said or "force" in body:
            return
        body = {**body, "scope": {"user_id": "ada"}}
    assert any(each.startswith(said) for each in _said(http.post(f"/memories:{method}", json=body)))


def test_operators_are_taken_by_number_and_in_snake_case(http: httpx.Client) -> None:
    scope = {"user_id": "ada"}
    memory = {"fact": "f", "scope": scope, "metadata": {"n": {"doubleValue": 2}}}
    assert http.post("/memories", json=memory).status_code == 200
    groups = [{"filters": [{"key": "n", "op": 2, "value": {"double_value": 1}}]}]
    found = http.post("/memories:retrieve", json={"scope": scope, "filter_groups": groups}).json()
    assert [each["memory"]["fact"] for each in found["retrievedMemories"]] == ["f"]
    counted = finished(http, http.post("/memories:purge", json={"filter_groups": groups}).json())
    assert counted["response"]["purgeCount"] == 1


def test_a_page_token_is_good_for_its_groups_only(http: httpx.Client) -> None:
    scope = {"user_id": "ada"}
    for number in range(3):
        memory = {"fact": f"f{number}", "scope": scope, "metadata": {"k": {"stringValue": "v"}}}
        assert http.post("/memories", json=memory).status_code == 200
    asked = {"scope": scope, "simpleRetrievalParams": {"pageSize": 1}, **_group()}
    token = http.post("/memories:retrieve", json=asked).json()["nextPageToken"]
    again = {**asked, "simpleRetrievalParams": {"pageSize": 1, "pageToken": token}}
    assert http.post("/memories:retrieve", json=again).status_code == 200
    assert _said(http.post("/memories:retrieve", json={**again, **_group(key="other")}))[0].startswith("pageToken")


@pytest.fixture
def callers() -> Iterator[dict[str, Calling]]:
    """Give some callers in one bank where Ada and Eve have a memory each."""
    with bank_with_rules() as bank:
        root = new_engine(bank)
        found = {email: replace(root, email=email) for email in (ANYBODY, ADA, EVE, READER_OF_ALL)}
        for email in (ADA, EVE):
            found[email].ok("POST", "/memories", {"fact": "I like tea", "scope": {"user_id": email}})
        yield found


def test_a_caller_limited_to_a_scope_counts_and_purges_that_scope_only(callers: dict[str, Calling]) -> None:
    everything = {"filter": 'fact="I like tea"'}
    assert callers[EVE].done("POST", "/memories:purge", everything)["purgeCount"] == 1
    others = {"filter": f'scope.user_id="{ADA}"', "force": True}
    assert callers[EVE].done("POST", "/memories:purge", others)["purgeCount"] == 0
    assert callers[EVE].done("POST", "/memories:purge", {**everything, "force": True})["purgeCount"] == 1
    assert len(callers[ADA].ok("GET", "/memories")["memories"]) == 1
    assert callers[ANYBODY].done("POST", "/memories:purge", {**everything, "force": True})["purgeCount"] == 1


def test_a_caller_who_may_only_read_purges_nothing(callers: dict[str, Calling]) -> None:
    asked = {"filter": 'fact="I like tea"', "force": True}
    assert callers[READER_OF_ALL].call("POST", "/memories:purge", asked).status == 403
    assert len(callers[ANYBODY].ok("GET", "/memories")["memories"]) == 2
