"""Sessions over raw HTTP: wrong and hostile input, and what callers limited to scopes may see."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import httpx
import pytest

from tests.conftest import Served
from tests.functions.callers import ADA, EVE, Calling, bank_with_rules, new_engine
from tests.waiting import PATIENCE

EVENT = {"author": "user", "invocationId": "i", "timestamp": "2031-01-02T03:04:05Z"}


@pytest.fixture
def http(served: Served, engine: str) -> Iterator[httpx.Client]:
    with httpx.Client(base_url=f"{served.url}/v1beta1/{engine}/", timeout=PATIENCE) as client:
        yield client


def _session(http: httpx.Client, **fields: Any) -> str:
    answer = http.post("sessions", json={"userId": "ada", **fields})
    assert answer.status_code == 200, answer.text
    return "sessions/" + str(answer.json()["response"]["name"]).rpartition("/")[2]


def _violations(answer: httpx.Response) -> list[str]:
    assert answer.status_code == 400, answer.text
    [detail] = [each for each in answer.json()["error"]["details"] if "fieldViolations" in each]
    return [f"{each['field']}: {each['description']}" for each in detail["fieldViolations"]]


@pytest.mark.parametrize(
    ("body", "said"),
    [
        ({}, "userId: is required"),
        ({"userId": ""}, "userId"),
        ({"userId": "a*"}, "userId: must not contain '*'"),
        ({"userId": "a", "ttl": "86399s"}, 'ttl: must be at least 24 hours, "86400s"'),
        ({"userId": "a", "ttl": "90000s", "expireTime": "2099-01-01T00:00:00Z"}, "expireTime"),
        ({"userId": "a", "expireTime": "1999-01-01T00:00:00Z"}, "expireTime: must be in the future"),
        ({"userId": "a", "labels": {"Big": "x"}}, "labels"),
        ({"userId": "a", "sessionState": [1]}, "sessionState"),
        ({"userId": "a", "sessionState": {"k": "x" * 900_001}}, "sessionState: has 900"),
        ({"userId": "a", "nonsense": 1}, "nonsense"),
    ],
)
def test_a_wrong_session_is_refused_by_field(http: httpx.Client, body: dict[str, Any], said: str) -> None:
    assert any(each.startswith(said) for each in _violations(http.post("sessions", json=body)))


@pytest.mark.parametrize("chosen", ["Upper", "ends-", "x" * 64, "a_b"])
def test_a_wrong_id_is_refused(http: httpx.Client, chosen: str) -> None:
    said = _violations(http.post("sessions", params={"sessionId": chosen}, json={"userId": "a"}))
    assert said[0].startswith("sessionId: must have 1 to 63 lower-case letters")


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"author": None}, "author"),
        ({"invocationId": None}, "invocationId"),
        ({"timestamp": None}, "timestamp"),
        ({"timestamp": "yesterday"}, "timestamp: must be an RFC 3339 time"),
        ({"actions": {"stateDelta": [1]}}, "actions.stateDelta: must be an object"),
        ({"content": "hello"}, "content: must be an object"),
        ({"content": {"parts": [{"text": 7}]}}, "content.parts[0].text"),
        ({"rawEvent": "x"}, "rawEvent"),
        ({"surprise": 1}, "surprise"),
    ],
)
def test_a_wrong_event_is_refused_by_field(http: httpx.Client, change: dict[str, Any], said: str) -> None:
    session = _session(http)
    event = {key: value for key, value in {**EVENT, **change}.items() if value is not None}
    assert any(each.startswith(said) for each in _violations(http.post(f"{session}:appendEvent", json=event)))
    assert http.get(f"{session}/events").json() == {}


def test_an_event_that_would_make_the_state_too_large_is_refused_whole(http: httpx.Client) -> None:
    session = _session(http, sessionState={"a": "x" * 800_000})
    event = {**EVENT, "actions": {"stateDelta": {"b": "x" * 200_000}}}
    assert _violations(http.post(f"{session}:appendEvent", json=event))[0].startswith("sessionState: has")
    assert http.get(f"{session}/events").json() == {}


def test_snake_case_is_taken_and_camel_case_answered_at_every_depth(http: httpx.Client) -> None:
    session = _session(http)
    event = {
        "author": "user",
        "invocation_id": "i",
        "timestamp": "2031-01-02T03:04:05Z",
        "content": {"role": "user", "parts": [{"function_call": {"name": "f", "args": {"a_b": 1}}}]},
        "event_metadata": {"long_running_tool_ids": ["x"], "custom_metadata": {"c_d": 1}},
    }
    assert http.post(f"{session}:appendEvent", json=event).json() == {}
    [found] = http.get(f"{session}/events").json()["sessionEvents"]
    assert found["content"]["parts"] == [{"functionCall": {"name": "f", "args": {"a_b": 1}}}]
    assert found["eventMetadata"] == {"longRunningToolIds": ["x"], "customMetadata": {"c_d": 1}}


@pytest.mark.parametrize(
    ("query", "body", "said"),
    [
        ({"updateMask": "nonsense"}, {}, "updateMask"),
        ({"updateMask": "displayName.a"}, {}, "updateMask: display_name.a: name whole fields"),
        ({}, {}, "updateMask: nothing to change"),
        ({}, {"userId": "bob"}, "userId: is immutable"),
    ],
)
def test_a_wrong_change_is_refused(http: httpx.Client, query: dict[str, str], body: dict[str, Any], said: str) -> None:
    session = _session(http)
    assert any(each.startswith(said) for each in _violations(http.patch(session, params=query, json=body)))


def test_a_change_touches_what_its_mask_names_and_answers_the_session(http: httpx.Client) -> None:
    session = _session(http, displayName="d", sessionState={"a": 1}, labels={"x": "y"})
    body = {"displayName": "new", "sessionState": {"b": None}, "userId": "ada"}
    changed = http.patch(session, params={"updateMask": "session_state"}, json=body).json()
    assert (changed["displayName"], changed["sessionState"], changed["labels"]) == ("d", {"b": None}, {"x": "y"})
    whole = http.patch(session, json=body).json()
    assert (whole["displayName"], whole["labels"]) == ("new", {"x": "y"})
    assert "labels" not in http.patch(session, params={"updateMask": "labels"}, json={}).json()


@pytest.mark.parametrize("path", ["sessions/none", "sessions/none/events", "sessions/none:appendEvent"])
def test_what_does_not_exist_is_told(http: httpx.Client, path: str) -> None:
    answer = http.post(path, json=EVENT) if ":" in path else http.get(path)
    assert answer.status_code == 404
    assert "/sessions/none does not exist" in answer.json()["error"]["message"]


def test_pages_of_events_go_on_where_they_stopped_also_among_events_of_one_moment(http: httpx.Client) -> None:
    session = _session(http)
    for number in range(5):
        http.post(f"{session}:appendEvent", json={**EVENT, "invocationId": f"i{number}"})
    found, token = [], ""
    while True:
        answer = http.get(f"{session}/events", params={"pageSize": 2, "pageToken": token}).json()
        found += [event["invocationId"] for event in answer["sessionEvents"]]
        if not (token := answer.get("nextPageToken", "")):
            break
    assert found == [f"i{number}" for number in range(5)]


def test_a_filter_of_events_names_the_column_of_its_mistake(http: httpx.Client) -> None:
    session = _session(http)
    said = _violations(http.get(f"{session}/events", params={"filter": "timestamp>2031-01-01 AND author=x"}))
    assert said[0].startswith("filter: column 26")


@pytest.fixture
def callers() -> Iterator[dict[str, Calling]]:
    """Give Ada and Eve, each limited to the scope of their own email as user id, in one bank."""
    with bank_with_rules() as bank:
        root = new_engine(bank)
        yield {email: replace(root, email=email) for email in (ADA, EVE)}


def test_a_caller_limited_to_a_user_sees_the_sessions_of_that_user_only(callers: dict[str, Calling]) -> None:
    ada, eve = callers[ADA], callers[EVE]
    name = ada.done("POST", "/sessions", {"userId": ADA})["name"]
    session = name.removeprefix(ada.engine)
    ada.ok("POST", f"{session}:appendEvent", EVENT)
    assert len(ada.ok("GET", "/sessions")["sessions"]) == 1
    calls: list[tuple[str, str, Any]] = [
        ("GET", session, None),
        ("GET", f"{session}/events", None),
        ("POST", f"{session}:appendEvent", EVENT),
        ("PATCH", session, {"displayName": "x"}),
        ("DELETE", session, None),
        ("POST", "/memories:generate", {"vertexSessionSource": {"session": name}}),
    ]
    for method, path, body in calls:
        assert eve.call(method, path, body).status == 404
    assert eve.ok("GET", "/sessions") == {}
    assert eve.ok("GET", f"/sessions?filter=user_id%3D%22{ADA}%22") == {}
    assert eve.call("POST", "/sessions", {"userId": ADA}).status == 403
    assert ada.call("POST", "/sessions?sessionId=mine", {"userId": ADA}).status == 403
    assert ada.ok("POST", "/memories:generate", {"vertexSessionSource": {"session": name}})["name"]
    elsewhere = {"vertexSessionSource": {"session": name}, "scope": {"user_id": EVE}}
    assert ada.call("POST", "/memories:generate", elsewhere).status == 403
    ada.ok("DELETE", session)
    assert ada.ok("GET", "/sessions") == {}
