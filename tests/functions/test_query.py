"""Query parameters over plain HTTP: both spellings mean the same; what a method does not take is refused by name."""

from __future__ import annotations

import re
from typing import Any

import pytest

from memorybank.handlers.rpcs import Rpc, all_rpcs
from tests.functions.refusals import Caller, violations_of

METHODS = [rpc for rpc in all_rpcs() if rpc.public and rpc.query is not None]


def _snake(name: str) -> str:
    return re.sub("([A-Z])", lambda found: f"_{found[1].lower()}", name)


@pytest.mark.parametrize("rpc", METHODS, ids=lambda rpc: f"{rpc.method} {rpc.template}")
def test_a_method_refuses_a_query_parameter_that_it_does_not_take(caller: Caller, rpc: Rpc) -> None:
    path = re.sub(r"\{\w+\}", "1", rpc.template)
    place = "" if path.startswith("projects/") else f"{caller.served.parent}/"
    answer = caller.http.request(rpc.method, f"/v1/{place}{path}", params={"nonsense": "1"})
    choices = ", ".join(sorted(rpc.query or ()))
    expected = f"it takes {choices}" if choices else "it takes none"
    assert violations_of(answer)["nonsense"] == f"is not a query parameter of this method; {expected}"


def test_pages_end_in_either_spelling(caller: Caller) -> None:
    for number in range(3):
        caller.memory(f"m{number}", fact=f"Fact {number}")
    seen, params = [], {"page_size": "2"}
    while params.get("page_token") != "":
        page = caller.ok("GET", "/memories", params=params)
        seen += [memory["fact"] for memory in page["memories"]]
        params = {"page_size": "2", "page_token": page.get("nextPageToken", "")}
    assert seen == ["Fact 2", "Fact 1", "Fact 0"]


def test_a_mask_keeps_what_it_does_not_name_in_either_spelling(caller: Caller) -> None:
    for spelling in ("updateMask", "update_mask"):
        name = spelling.lower().replace("_", "-")
        caller.memory(name, displayName="kept")
        body = {"fact": "I like figs", "displayName": "overwritten"}
        changed = caller.ok("PATCH", f"/memories/{name}?{spelling}=fact", json=body)["response"]
        assert (changed["fact"], changed["displayName"]) == ("I like figs", "kept")


@pytest.mark.parametrize(
    ("path", "name", "body"),
    [
        ("/memories", "memory_id", {"fact": "f", "scope": {"a": "b"}}),
        ("/sessions", "session_id", {"userId": "u"}),
    ],
)
def test_an_id_is_chosen_in_either_spelling(caller: Caller, path: str, name: str, body: dict[str, Any]) -> None:
    caller.ok("POST", path, params={name: "mine"}, json=body)
    assert caller.ok("GET", f"{path}/mine")["name"].endswith("/mine")


@pytest.mark.parametrize("name", ["orderBy", "pageSize", "pageToken"])
def test_a_contradiction_between_spellings_is_refused(caller: Caller, name: str) -> None:
    answer = caller.call("GET", "/memories", params={name: "1", _snake(name): "2"})
    assert violations_of(answer) == {name: "is given twice, with different values"}


def test_what_every_google_api_takes_is_ignored(caller: Caller) -> None:
    params = {"$alt": "json;enum-encoding=int", "key": "k", "prettyPrint": "false", "fields": "name", "$.xgafv": "2"}
    caller.memory("m")
    assert caller.ok("GET", "/memories/m", params=params)["fact"] == "I like tea"
