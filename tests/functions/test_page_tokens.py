"""Page tokens that were not given for the very request: tampered, foreign, made up or forged, all are refused."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, timezone
from typing import Any

import pytest

from memorybank.aip.pagination import decode_token, encode_token
from tests.functions.refusals import Caller, violations_of

NOW = datetime.now(UTC)
GARBAGE = ["x", "====", "../..", "ä", "AAAA", "e30", " ", "null", "0", "A" * 20_000, "%00", "\\", "a b"]


@dataclass(frozen=True)
class List:
    """One method that answers pages: how it is called, and what its tokens are bound to."""

    ask: Callable[[Caller, str], Any]
    binding: Callable[[Caller], list[Any]]
    collection: Callable[[Caller], str]
    key: Any = NOW


def _path(caller: Caller) -> str:
    _, project, _, location, _, engine = caller.engine.split("/")
    return f"engines/{project}:{location}:{engine}"


def _retrieve(caller: Caller, token: str) -> Any:
    body = {"scope": {"user_id": "u"}, "simpleRetrievalParams": {"pageSize": 1, "pageToken": token}}
    return caller.call("POST", "/memories:retrieve", json=body)


def _get(path: str) -> Callable[[Caller, str], Any]:
    return lambda caller, token: caller.call("GET", path, params={"pageSize": "1", "pageToken": token})


def _engines(caller: Caller, token: str) -> Any:
    path = f"/v1beta1/{caller.served.parent}/reasoningEngines"
    return caller.http.get(path, params={"pageSize": "1", "pageToken": token})


LISTS = {
    "memories": List(
        _get("/memories"), lambda c: [c.engine, None, "create_time", True, None], lambda c: f"{_path(c)}/memories"
    ),
    "retrieve": List(
        _retrieve, lambda c: [c.engine, {"user_id": "u"}, None, [], [], None], lambda c: f"{_path(c)}/memories"
    ),
    "revisions": List(
        _get("/memories/m0/revisions"),
        lambda c: [f"{_path(c)}/memories/m0", None],
        lambda c: f"{_path(c)}/memories/m0/revisions",
        key=2**62,
    ),
    "sessions": List(
        _get("/sessions"), lambda c: [c.engine, None, "create_time", True], lambda c: f"{_path(c)}/sessions"
    ),
    "operations": List(
        _get("/operations"), lambda c: [c.engine, "operations", None], lambda c: f"{_path(c)}/operations"
    ),
    "engines": List(_engines, lambda c: [c.served.parent, None], lambda _: "engines"),
}


@pytest.fixture
def full(caller: Caller) -> Caller:
    """Put two of everything that is listed into the bank."""
    for number in range(2):
        caller.memory(f"m{number}", fact=f"Fact {number}")
        caller.ok("POST", "/sessions", json={"userId": "u"})
        caller.finished(
            "POST", "/memories:generate", json={"scope": {"a": "b"}, "directMemoriesSource": _direct(number)}
        )
    caller.ok("PATCH", "/memories/m0", json={"fact": "Another"})
    caller.served.create_engine()
    return caller


def _direct(number: int) -> dict[str, Any]:
    return {"directMemories": [{"fact": f"Direct {number}"}]}


def _says(answer: Any) -> str:
    found = violations_of(answer)
    assert set(found) == {"pageToken"}
    return found["pageToken"]


@pytest.mark.parametrize("name", LISTS)
def test_a_token_is_good_for_its_own_list_and_for_no_other(full: Caller, name: str) -> None:
    token = LISTS[name].ask(full, "").json()["nextPageToken"]
    assert LISTS[name].ask(full, token).status_code == 200
    for other, listing in LISTS.items():
        if other != name:
            assert "start again without a page token" in _says(listing.ask(full, token))


def test_a_token_is_good_only_for_its_filter_order_scope_and_engine(full: Caller) -> None:
    token = full.ok("GET", "/memories", params={"pageSize": "1"})["nextPageToken"]
    for other in ({"filter": 'fact = "a"'}, {"orderBy": "create_time"}, {"orderBy": "update_time desc"}):
        _says(full.call("GET", "/memories", params={"pageToken": token, **other}))
    elsewhere = full.served.create_engine()
    _says(full.http.get(f"/v1beta1/{elsewhere}/memories", params={"pageToken": token}))
    found = _retrieve(full, "").json()["nextPageToken"]
    params = {"simpleRetrievalParams": {"pageToken": found}}
    for body in ({"scope": {"user_id": "v"}}, {"scope": {"user_id": "u"}, "filter": "fact:a"}):
        _says(full.call("POST", "/memories:retrieve", json={**body, **params}))


def test_a_token_with_a_character_changed_added_or_missing_is_refused(full: Caller) -> None:
    token = full.ok("GET", "/memories", params={"pageSize": "1"})["nextPageToken"]
    other = "C" if token.startswith("B") else "B"
    for wrong in (token[:-1], token[1:], token + "A", token + "=", other + token[1:], token.swapcase(), token[::-1]):
        _says(LISTS["memories"].ask(full, wrong))


@pytest.mark.parametrize("name", LISTS)
def test_a_made_up_token_is_refused(full: Caller, name: str) -> None:
    for wrong in GARBAGE:
        _says(LISTS[name].ask(full, wrong))


@pytest.mark.parametrize("name", LISTS)
def test_a_token_forged_with_the_right_checksum_is_refused_unless_its_cursor_fits_the_list(
    full: Caller, name: str
) -> None:
    listing = LISTS[name]
    key, collection = listing.key, listing.collection(full)
    path = f"{collection}/m0"
    binding = json.dumps(listing.binding(full), sort_keys=True)

    def ask(*cursor: Any) -> Any:
        return listing.ask(full, encode_token(cursor, binding=binding))

    given = decode_token(listing.ask(full, "").json()["nextPageToken"], binding=binding)
    assert [type(value) for value in given] == [type(key), str]
    assert ask(key, path).status_code == 200
    wrong_type: Any = "2031-01-01" if isinstance(key, int) else 5
    for cursor in (
        (),
        (key,),
        (path,),
        (path, key),
        (key, path, path),
        (key, key, path),
        (wrong_type, path),
        (None, path),
        ("", path),
        (True, path),
        (1.5, path),
        (2**70, path),
        (-(2**63) - 1, path),
        (datetime.max.replace(tzinfo=timezone(-timedelta(hours=12))), path),
        (datetime.min.replace(tzinfo=timezone(timedelta(hours=12))), path),
        (key, None),
        (key, 5),
        (key, NOW),
        (key, ""),
        (key, collection),
        (key, f"{collection}/"),
        (key, f"{collection}/a/b"),
        (key, f"{collection}/a/b/c"),
        (key, f"other/{path}"),
        (key, f"{collection}/\ud800"),
        (key, f"{collection}/\0"),
        (key, f"{collection}/{'x' * 2000}"),
    ):
        assert "page token" in _says(ask(*cursor)), cursor
