"""Operations over plain HTTP: unknown ones and wrong requests for them are refused and change nothing."""

from __future__ import annotations

import json
from typing import Any

from tests.functions.refusals import Caller, Case


def finished(caller: Caller) -> str:
    """Return the path below the engine of an operation that is done."""
    body = {"scope": {"user_id": "u"}, "directMemoriesSource": {"directMemories": [{"fact": "I like tea"}]}}
    name: str = caller.finished("POST", "/memories:generate", json=body)["name"]
    return name.removeprefix(caller.engine)


def test_an_operation_that_does_not_exist_is_not_found(caller: Caller) -> None:
    caller.memory("m")
    for parent in ("", "/memories/m", "/sessions/s"):
        for method, verb in (("GET", ""), ("DELETE", ""), ("POST", ":cancel"), ("POST", ":wait")):
            error = caller.refused(404, method, f"{parent}/operations/404{verb}")
            assert f"{parent}/operations/404 does not exist" in error["message"]


def test_an_operation_is_found_only_under_its_own_parent(caller: Caller) -> None:
    path = finished(caller)
    assert caller.ok("GET", path)["done"] is True
    for parent in ("/memories/m", "/sessions/s"):
        caller.refused(404, "GET", f"{parent}{path}")
        caller.refused(404, "DELETE", f"{parent}{path}")
    other = caller.served.create_engine()
    assert caller.http.get(f"/v1beta1/{other}{path}").status_code == 404


def test_a_wrong_time_to_wait_is_refused(caller: Caller) -> None:
    path = finished(caller)
    wrong: list[tuple[Any, str]] = [(each, "must be a duration in seconds") for each in ("-1s", "abc", "", "5", "1m")]
    cases: list[Case] = [({"timeout": each}, "timeout", says) for each, says in [*wrong, ("9" * 12 + "s", "100 years")]]
    caller.refuses_queries(cases, "POST", f"{path}:wait")
    others: list[Any] = [5, True, [], {}, "x"]
    bodies: list[Case] = [({"timeout": each}, "timeout", "must be a duration") for each in others]
    caller.refuses_bodies(bodies, "POST", f"{path}:wait")


def test_a_wrong_list_of_operations_is_refused(caller: Caller) -> None:
    cases: list[Case] = [
        ({"pageSize": "-1"}, "pageSize", "must be a number from 0 to 1000"),
        ({"pageSize": "x"}, "pageSize", "must be a number"),
        ({"pageToken": "x"}, "pageToken", "start again without a page token"),
    ]
    caller.refuses_queries(cases, "GET", "/operations")


def test_an_operation_is_deleted_once(caller: Caller) -> None:
    path = finished(caller)
    assert caller.ok("DELETE", path) == {}
    caller.refused(404, "DELETE", path)
    caller.refused(404, "GET", path)


def test_cancelling_what_is_done_changes_nothing(caller: Caller) -> None:
    path = finished(caller)
    before = caller.state()
    assert caller.ok("POST", f"{path}:cancel") == {}
    assert caller.state() == before


def test_an_operation_shows_a_memory_as_it_is_now_and_only_its_name_once_it_is_gone(caller: Caller) -> None:
    created = caller.ok("POST", "/memories", json={"fact": "I like oolong", "scope": {"user_id": "u"}})
    memory = created["response"]["name"]
    path = created["name"].removeprefix(caller.engine)
    assert caller.ok("GET", path)["response"]["fact"] == "I like oolong"
    updated = caller.ok("PATCH", memory.removeprefix(caller.engine), json={"fact": "I like rooibos"})
    assert updated["response"]["fact"] == "I like rooibos"
    assert caller.ok("GET", path)["response"]["fact"] == "I like rooibos"
    caller.ok("DELETE", memory.removeprefix(caller.engine))
    for found in (caller.ok("GET", path), caller.ok("POST", f"{path}:wait", json={"timeout": "0s"})):
        assert found["done"] is True
        assert found["response"] == {"@type": created["response"]["@type"], "name": memory}
    listed = caller.call("GET", f"{memory.removeprefix(caller.engine)}/operations").text
    assert "oolong" not in listed
    assert "rooibos" not in listed


def test_an_operation_keeps_nothing_of_an_expired_memory_or_of_a_deleted_session(caller: Caller) -> None:
    body = {"fact": "I like oolong", "scope": {"user_id": "u"}, "ttl": "0.000001s"}
    memory = caller.ok("POST", "/memories", json=body)
    session = caller.ok("POST", "/sessions", json={"userId": "u", "sessionState": {"secret": "oolong"}})
    assert "oolong" in json.dumps(session)
    caller.ok("DELETE", session["response"]["name"].removeprefix(caller.engine))
    for operation in (memory, session):
        found = caller.ok("GET", operation["name"].removeprefix(caller.engine))
        assert "oolong" not in json.dumps(found)
        assert found["response"]["name"] == operation["response"]["name"]
