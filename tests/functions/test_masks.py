"""Masks of updates over plain HTTP: what they name is changed, also single keys of maps, and nothing else is read."""

from __future__ import annotations

from typing import Any

from tests.functions.refusals import Caller, violations_of


def _update(caller: Caller, body: dict[str, Any], mask: str | None = None) -> dict[str, Any]:
    params = {} if mask is None else {"updateMask": mask}
    changed: dict[str, Any] = caller.ok("PATCH", "/memories/m", params=params, json=body)["response"]
    return changed


def test_an_empty_scope_is_none(caller: Caller) -> None:
    caller.memory("m")
    for mask in ("fact", None):
        changed = _update(caller, {"fact": f"I like figs {mask}", "scope": {}}, mask)
        assert (changed["fact"], changed["scope"]) == (f"I like figs {mask}", {"user_id": "u"})


def test_without_a_mask_empty_maps_and_lists_change_nothing(caller: Caller) -> None:
    given: dict[str, Any] = {
        "metadata": {"k": {"stringValue": "v"}},
        "topics": [{"managedMemoryTopic": "USER_PREFERENCES"}],
    }
    caller.memory("m", **given)
    changed = _update(caller, {"fact": "I like figs", "metadata": {}, "topics": [], "revisionLabels": {}})
    assert {field: changed[field] for field in given} == given
    assert "metadata" not in _update(caller, {"metadata": {}}, "metadata")


def test_what_is_outside_the_mask_is_not_looked_at(caller: Caller) -> None:
    caller.memory("m", displayName="kept")
    wrong = {"displayName": 5, "scope": {"user_id": "other"}, "topics": "?", "nonsense": [1], "ttl": "never"}
    changed = _update(caller, {"fact": "I like figs", **wrong}, "fact")
    assert (changed["fact"], changed["displayName"], changed["scope"]) == ("I like figs", "kept", {"user_id": "u"})


def test_what_a_request_says_of_revisions_is_read_beside_the_mask(caller: Caller) -> None:
    caller.memory("m")
    _update(caller, {"fact": "I like figs", "revision_labels": {"by": "me"}}, "fact")
    assert caller.ok("GET", "/memories/m/revisions")["memoryRevisions"][0]["labels"] == {"by": "me"}


def test_a_key_of_metadata_is_changed_added_or_removed_alone(caller: Caller) -> None:
    caller.memory("m", metadata={"a": {"stringValue": "1"}, "bC": {"stringValue": "2"}, "x.y": {"boolValue": True}})
    body = {"metadata": {"a": {"stringValue": "3"}, "bC": {"wrong": 1}, "new": {"doubleValue": 4.5}}}
    changed = _update(caller, body, "metadata.a,metadata.new,metadata.x.y")
    assert changed["metadata"] == {"a": {"stringValue": "3"}, "bC": {"stringValue": "2"}, "new": {"doubleValue": 4.5}}
    assert _update(caller, {}, "metadata.bC")["metadata"].keys() == {"a", "new"}
    many = {f"k{number}": {"boolValue": True} for number in range(63)}
    names = ",".join(f"metadata.{key}" for key in many)
    answer = caller.call("PATCH", "/memories/m", params={"updateMask": names}, json={"metadata": many})
    assert "at most 64" in violations_of(answer)["metadata"]


def test_a_key_of_a_sessions_maps_is_changed_alone(caller: Caller) -> None:
    given = {"userId": "u", "sessionState": {"a": 1, "b_c": {"d": 2}}, "labels": {"x": "1", "y": "2"}}
    caller.ok("POST", "/sessions?sessionId=s", json=given)
    params = {"updateMask": "sessionState.b_c,labels.y"}
    body = {"sessionState": {"a": 9, "b_c": [3]}, "labels": {"y": "4", "x": 5}, "displayName": 7}
    changed = caller.ok("PATCH", "/sessions/s", params=params, json=body)
    assert changed["sessionState"] == {"a": 1, "b_c": [3]}
    assert changed["labels"] == {"x": "1", "y": "4"}
    removed = caller.ok("PATCH", "/sessions/s", params={"updateMask": "session_state.a,labels.x"}, json={})
    assert (removed["sessionState"], removed["labels"]) == ({"b_c": [3]}, {"y": "4"})


def test_a_key_of_an_engines_labels_is_changed_alone(caller: Caller) -> None:
    caller.ok("PATCH", "", params={"updateMask": "labels"}, json={"labels": {"x": "1", "y": "2"}})
    wrong = {"contextSpec": {"memoryBankConfig": {"nonsense": 1}}}
    changed = caller.ok("PATCH", "", params={"updateMask": "labels.y"}, json={"labels": {"y": "3"}, **wrong})
    assert changed["response"]["labels"] == {"x": "1", "y": "3"}


def test_nothing_is_outside_a_mask_of_everything(caller: Caller) -> None:
    caller.memory("m")
    answer = caller.call(
        "PATCH", "/memories/m", params={"updateMask": "*"}, json={"fact": "I like figs", "nonsense": 1}
    )
    assert "is not a field of this message" in violations_of(answer)["nonsense"]
