"""Methods and fields at the edge of Google's API: what is kept, and what is refused with a reason."""

from __future__ import annotations

import pytest

from tests.functions.refusals import Caller


def test_the_context_of_a_memory_is_kept_and_answered_everywhere(caller: Caller) -> None:
    assert caller.memory("m", context="Said at breakfast")["context"] == "Said at breakfast"
    changed = caller.ok("PATCH", "/memories/m?updateMask=context", json={"context": "Said at lunch"})["response"]
    assert (changed["context"], changed["fact"]) == ("Said at lunch", "I like tea")
    assert caller.ok("GET", "/memories/m")["context"] == "Said at lunch"
    assert caller.ok("GET", "/memories")["memories"][0]["context"] == "Said at lunch"
    [hit] = caller.ok("POST", "/memories:retrieve", json={"scope": {"user_id": "u"}})["retrievedMemories"]
    assert hit["memory"]["context"] == "Said at lunch"
    history = caller.ok("GET", "/memories/m/revisions")["memoryRevisions"]
    assert [revision["context"] for revision in history] == ["Said at lunch", "Said at breakfast"]


def test_locations_are_listed_and_found(caller: Caller) -> None:
    [location] = caller.http.get("/v1beta1/projects/p/locations").json()["locations"]
    assert location["name"] == f"projects/p/locations/{location['locationId']}"
    found = caller.http.get("/v1/projects/p/locations/europe-west1").json()
    assert found == {
        "name": "projects/p/locations/europe-west1",
        "locationId": "europe-west1",
        "displayName": "europe-west1",
    }
    assert caller.http.get("/v1/projects/p").status_code == 404


@pytest.mark.parametrize("verb", ["getIamPolicy", "setIamPolicy", "testIamPermissions"])
def test_iam_policies_are_refused_with_what_there_is_instead(caller: Caller, verb: str) -> None:
    error = caller.refused(501, "POST", f":{verb}", params={"permissions": ["a", "b"]}, json={})
    assert (error["status"], "MEMORYBANK_ACCESS_RULES" in error["message"]) == ("UNIMPLEMENTED", True)


def test_compacting_a_session_is_refused_with_the_reason(caller: Caller) -> None:
    caller.ok("POST", "/sessions?sessionId=s", json={"userId": "u"})
    error = caller.refused(501, "POST", "/sessions/s:compact", json={"compaction": {"summarization": {"mode": "AUTO"}}})
    assert "begin a new session" in error["message"]
    caller.refused(404, "POST", "/sessions/none:compact", json={})
