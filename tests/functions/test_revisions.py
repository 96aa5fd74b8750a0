"""Revisions and rollbacks over plain HTTP: what cannot be shown or restored is refused and changes nothing."""

from __future__ import annotations

from typing import Any

from tests.functions.refusals import Caller, Case, violations_of

ROLLBACK = "/memories/m:rollback"


def revision_ids(caller: Caller) -> list[str]:
    """Return the ids of the revisions of the memory, newest first."""
    found = caller.ok("GET", "/memories/m/revisions")["memoryRevisions"]
    return [revision["name"].rpartition("/")[2] for revision in found]


def test_a_revision_that_does_not_exist_is_not_found(caller: Caller) -> None:
    caller.memory("m")
    for path in (
        "/memories/m/revisions/1",
        "/memories/m/revisions/abc",
        f"/memories/m/revisions/{2**64}",
        "/memories/gone/revisions",
        "/memories/gone/revisions/1",
    ):
        assert "does not exist" in caller.refused(404, "GET", path)["message"]


def test_a_revision_of_another_memory_is_not_found(caller: Caller) -> None:
    caller.memory("m")
    [other] = revision_ids(caller)
    caller.memory("n")
    caller.refused(404, "GET", f"/memories/n/revisions/{other}")
    caller.refused(404, "POST", "/memories/n:rollback", json={"targetRevisionId": other})


def test_a_wrong_list_of_revisions_is_refused(caller: Caller) -> None:
    caller.memory("m")
    cases: list[Case] = [
        ({"filter": "labels.k"}, "filter", "column 9: the filter ends, but an operator was expected"),
        ({"filter": 'fact = "a"'}, "filter", "'fact' cannot be filtered on; labels.*, produced_by.*, event_time can"),
        ({"filter": 'labels.k = "a'}, "filter", "this quote is never closed"),
        ({"filter": "labels."}, "filter", "a name was expected after the dot"),
        ({"pageSize": "-3"}, "pageSize", "must be a number from 0 to 1000"),
        ({"pageToken": "AAAA"}, "pageToken", "start again without a page token"),
    ]
    caller.refuses_queries(cases, "GET", "/memories/m/revisions")


def test_a_memory_is_explained_page_by_page_by_a_method_of_our_own(caller: Caller) -> None:
    caller.memory("m")
    caller.ok("PATCH", "/memories/m", json={"fact": "I like figs"})
    first = caller.ok("GET", "/memories/m:explain", params={"pageSize": "1"})
    assert (first["memory"], first["evidenceCount"]) == (caller.ok("GET", "/memories/m"), 1)
    assert first["lastConfirmedTime"] == first["revisions"][0]["eventTime"]
    assert [each["action"] for each in first["revisions"]] == ["UPDATED"]
    params = {"pageSize": "1", "pageToken": first["nextPageToken"]}
    rest = caller.ok("GET", "/memories/m:explain", params=params)
    assert [(each["action"], each["fact"]) for each in rest["revisions"]] == [("CREATED", "I like tea")]
    assert rest["revisions"][0]["endTime"] == first["revisions"][0]["eventTime"]
    assert "nextPageToken" not in rest
    cases: list[Case] = [
        ({"pageSize": "x"}, "pageSize", "must be a number from 0 to 1000"),
        ({"pageToken": "AAAA"}, "pageToken", "start again without a page token"),
        ({"filter": "a"}, "filter", "is not a query parameter of this method"),
    ]
    caller.refuses_queries(cases, "GET", "/memories/m:explain")
    caller.refused(404, "GET", "/memories/gone:explain")


def test_the_time_of_a_fact_filters_its_revisions_and_is_hidden_from_clients_of_google(caller: Caller) -> None:
    caller.memory("m")
    [shown] = caller.ok("GET", "/memories/m/revisions")["memoryRevisions"]
    assert shown["eventTime"] == shown["createTime"]
    for operator, count in (("<", 0), ("<=", 1)):
        params = {"filter": f'event_time {operator} "{shown["eventTime"]}"'}
        assert len(caller.ok("GET", "/memories/m/revisions", params=params).get("memoryRevisions", [])) == count
    headers = {"x-goog-api-client": "gl-python/3.11"}
    [hidden] = caller.ok("GET", "/memories/m/revisions", headers=headers)["memoryRevisions"]
    assert hidden == {name: value for name, value in shown.items() if name != "eventTime"}


NO_NUMBERS: list[Any] = ["abc", "", "1.5", 1.5, True, [], {}, "9" * 30, 2**63, "0x10", " 1", "٣", "1_0"]

TARGETS: list[Case] = [
    ({}, "targetRevisionId", "is required"),
    ({"targetRevisionId": None}, "targetRevisionId", "is required"),
    *(({"targetRevisionId": value}, "targetRevisionId", "must be a whole number") for value in NO_NUMBERS),
    *(
        ({"targetRevisionId": value}, "targetRevisionId", "greater than 0")
        for value in (-1, 0, "-5", "0", -(2**63), -1.0)
    ),
    ({"targetRevisionId": "1", "force": True}, "force", "is not a field of this message"),
]


def test_a_rollback_to_what_is_no_revision_id_is_refused(caller: Caller) -> None:
    caller.memory("m")
    caller.refuses_bodies(TARGETS, "POST", ROLLBACK)


def test_a_revision_is_found_by_its_name_in_the_singular_and_lists_those_of_its_memory(caller: Caller) -> None:
    caller.memory("m")
    caller.ok("PATCH", "/memories/m", json={"fact": "I like figs"})
    newest, oldest = revision_ids(caller)
    listed = caller.ok("GET", "/memories/m/revisions")
    for one in (f"/memories/m/revisions/{oldest}", f"/memories/m/revision/{oldest}"):
        assert caller.ok("GET", one)["name"].endswith(f"/revisions/{oldest}")
        assert caller.ok("GET", f"{one}/revisions") == listed
    first = caller.ok("GET", f"/memories/m/revisions/{newest}/revisions", params={"pageSize": "1"})
    params = {"pageSize": "1", "pageToken": first["nextPageToken"]}
    rest = caller.ok("GET", f"/memories/m/revision/{oldest}/revisions", params=params)
    assert [first["memoryRevisions"] + rest["memoryRevisions"]] == [listed["memoryRevisions"]]


def test_a_rollback_names_the_revision_by_its_id_or_by_its_name(caller: Caller) -> None:
    caller.memory("m")
    [revision] = revision_ids(caller)
    memory = f"{caller.engine}/memories/m"
    for target in (revision, int(revision), f"{memory}/revisions/{revision}", f"{memory}/revision/{revision}"):
        caller.ok("PATCH", "/memories/m", json={"fact": "I like figs"})
        assert caller.ok("POST", ROLLBACK, json={"targetRevisionId": target})["response"]["fact"] == "I like tea"


def test_a_rollback_to_a_revision_of_another_memory_is_refused_by_its_name(caller: Caller) -> None:
    caller.memory("m")
    caller.memory("n")
    [revision] = revision_ids(caller)
    other, elsewhere = f"{caller.engine}/memories/n", f"{caller.engine}9/memories/m"
    cases: list[Case] = [
        (
            {"targetRevisionId": f"{memory}/revisions/{revision}"},
            "targetRevisionId",
            "must be a revision of this memory",
        )
        for memory in (other, elsewhere, "a/memories/m")
    ]
    caller.refuses_bodies(cases, "POST", ROLLBACK)


def test_a_rollback_to_an_unknown_revision_is_not_found(caller: Caller) -> None:
    caller.memory("m")
    for target in ("1", 2**63 - 1):
        error = caller.refused(404, "POST", ROLLBACK, json={"targetRevisionId": target})
        assert "does not exist or has expired" in error["message"]
    caller.refused(404, "POST", "/memories/gone:rollback", json={"targetRevisionId": "1"})


def test_a_rollback_to_the_revision_of_a_deletion_is_refused(caller: Caller) -> None:
    caller.memory("m")
    caller.ok("DELETE", "/memories/m")
    deletion, creation = revision_ids(caller)
    error = caller.refused(400, "POST", ROLLBACK, json={"targetRevisionId": deletion})
    assert error["status"] == "FAILED_PRECONDITION"
    assert "records the deletion of the memory: choose an earlier one" in error["message"]
    restored: dict[str, Any] = caller.ok("POST", ROLLBACK, json={"targetRevisionId": creation})
    assert restored["response"]["fact"] == "I like tea"


def test_an_identifier_that_no_resource_can_have_is_refused(caller: Caller) -> None:
    caller.memory("m")
    before = caller.state()
    for path, field in (
        ("/memories/-m", "memory"),
        ("/memories/a%20b/revisions", "memory"),
        ("/memories/..", "memory"),
        ("/memories/%2e%2e/revisions", "memory"),
        ("/memories/%C3%A4:rollback", "memory"),
        ("/memories/" + "m" * 5000, "memory"),
        ("/memories/m/revisions/.", "revision"),
        ("/memories/m/revisions/" + "1" * 5000, "revision"),
        ("/memories/m/revisions/a%0ab", "revision"),
        ("/memories/a:b/revisions", "memory"),
    ):
        method = "POST" if path.endswith(":rollback") else "GET"
        answer = caller.raw(method, path, {"targetRevisionId": "1"})
        assert violations_of(answer)[field].startswith("must have 1 to 100 letters"), path
    assert caller.state() == before
