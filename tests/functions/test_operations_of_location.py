"""Operations by location over plain HTTP, as Google's agent kit for Java polls them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest

from tests.functions.callers import ADA, EVE, READER_OF_ALL, Calling, bank_with_rules, new_engine
from tests.functions.refusals import Caller, violations_of

PLACE = "projects/p/locations/l"
DIRECT = {"directMemories": [{"fact": "I like figs"}]}


@pytest.fixture
def root() -> Iterator[Calling]:
    """Call one of two engines of a location, as somebody who may do everything."""
    with bank_with_rules() as bank:
        new_engine(bank)
        yield new_engine(bank)


def _id(operation: dict[str, str]) -> str:
    return operation["name"].rpartition("/")[2]


def _elsewhere(caller: Calling, place: str = PLACE) -> Calling:
    return replace(caller, engine=place)


@pytest.mark.parametrize(
    ("path", "body"),
    [
        ("/sessions", {"userId": ADA}),
        ("/memories", {"fact": "I like tea", "scope": {"user_id": ADA}}),
        ("/memories:generate", {"scope": {"user_id": ADA}, "directMemoriesSource": DIRECT}),
    ],
)
def test_an_operation_is_found_by_its_id_wherever_it_is_in_the_location(
    root: Calling, path: str, body: dict[str, Any]
) -> None:
    made = root.ok("POST", path, body)
    root.finished(made)
    one = f"/operations/{_id(made)}"
    location = _elsewhere(root)
    assert location.ok("GET", one) == root.ok("GET", made["name"].removeprefix(root.engine))
    assert location.ok("POST", f"{one}:wait")["done"]
    assert location.ok("POST", f"{one}:cancel") == {}
    assert location.ok("DELETE", one) == {}
    assert location.call("GET", one).status == 404


def test_operations_answered_with_large_sessions_end_their_page_sooner(root: Calling) -> None:
    state = {"text": "x" * 890_000}
    made = [_id(root.ok("POST", "/sessions", {"userId": ADA, "sessionState": state})) for _ in range(10)]
    pages: list[list[str]] = []
    token = ""
    while token or not pages:
        answer = _elsewhere(root).ok("GET", f"/operations?pageSize=40&pageToken={token}")
        pages.append([_id(each) for each in answer.get("operations", [])])
        token = answer.get("nextPageToken", "")
    assert len(pages) > 1
    found = [each for page in pages for each in page]
    assert found[:10] == made[::-1]
    assert len(set(found)) == len(found)


def test_an_operation_of_another_location_is_not_found(root: Calling) -> None:
    made = root.ok("POST", "/sessions", {"userId": ADA})
    for place in ("projects/p/locations/m", "projects/q/locations/l"):
        for method, verb in (("GET", ""), ("DELETE", ""), ("POST", ":cancel"), ("POST", ":wait")):
            assert _elsewhere(root, place).call(method, f"/operations/{_id(made)}{verb}").status == 404


def test_a_caller_finds_only_operations_of_its_scopes(root: Calling) -> None:
    ada, eve = (replace(root, email=email) for email in (ADA, EVE))
    made = ada.ok("POST", "/sessions", {"userId": ADA})
    one = f"/operations/{_id(made)}"
    assert _elsewhere(ada).ok("GET", one)["name"] == made["name"]
    for method, verb in (("GET", ""), ("DELETE", ""), ("POST", ":cancel"), ("POST", ":wait")):
        assert _elsewhere(eve).call(method, one + verb).status == 404
    reader = _elsewhere(replace(root, email=READER_OF_ALL))
    assert reader.ok("GET", one)["name"] == made["name"]
    assert reader.call("DELETE", one).status == 403
    assert [each["name"] for each in _elsewhere(ada).ok("GET", "/operations")["operations"]] == [made["name"]]
    assert _elsewhere(eve).ok("GET", "/operations") == {}


def test_a_location_lists_the_operations_of_all_its_engines_page_by_page(caller: Caller) -> None:
    caller.memory("m")
    caller.ok("POST", "/sessions", json={"userId": "u"})
    other = Caller(caller.served, caller.served.create_engine(), caller.http)
    other.memory("n")
    expected = [other.engine, f"{other.engine}/memories/n", caller.engine, f"{caller.engine}/memories/m"]
    path, params, seen = f"/v1/{caller.served.parent}/operations", {"pageSize": "2"}, []
    while True:
        page = caller.http.get(path, params=params).json()
        seen += [operation["name"].partition("/operations/")[0] for operation in page["operations"]]
        if "nextPageToken" not in page:
            break
        params["pageToken"] = page["nextPageToken"]
    assert len(seen) == 5
    assert set(seen) > set(expected)
    assert [name.startswith(other.engine) for name in seen] == [True, True, False, False, False]
    foreign = caller.ok("GET", "/operations", params={"pageSize": "1"}).get("nextPageToken", "x")
    answer = caller.http.get(path, params={"pageToken": foreign})
    assert "start again" in violations_of(answer)["pageToken"]


def test_lists_of_operations_are_filtered(caller: Caller) -> None:
    caller.memory("m")
    caller.ok("POST", "/memories:generate", json={"scope": {"a": "b"}, "directMemoriesSource": DIRECT})
    [generated] = caller.ok("GET", "/operations", params={"filter": "metadata.type = GenerateMemories"})["operations"]
    assert "GenerateMemoriesOperationMetadata" in generated["metadata"]["@type"]
    location = f"/v1/{caller.served.parent}/operations"
    for text, count in (
        (f'name = "{generated["name"]}"', 1),
        ("done = true", 3),
        ("done = false", 0),
        ('metadata.type = "CreateMemory" AND done = true', 1),
        ('metadata.genericMetadata.createTime > "2000-01-01T00:00:00Z"', 3),
        ('metadata.create_time < "2000-01-01T00:00:00Z"', 0),
    ):
        assert len(caller.http.get(location, params={"filter": text}).json().get("operations", [])) == count, text
    refused = caller.call("GET", "/operations", params={"filter": "response.fact = x"})
    assert "cannot be filtered on; name, done, metadata.type" in violations_of(refused)["filter"]


def test_partial_success_is_refused(caller: Caller) -> None:
    caller.ok("GET", "/operations", params={"returnPartialSuccess": "false"})
    error = caller.refused(501, "GET", "/operations", params={"returnPartialSuccess": "true"})
    assert error["status"] == "UNIMPLEMENTED"
