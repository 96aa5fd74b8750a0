"""Purge: counting and deleting by a condition, through Google's SDKs."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any

import pytest
from google.cloud import aiplatform_v1beta1
from google.genai.errors import ClientError
from google.longrunning.operations_pb2 import ListOperationsResponse
from google.protobuf import json_format

from memorybank.testing.frozen import FrozenClock
from tests.conftest import Serve
from tests.journeys.conftest import Begin, Journey
from tests.waiting import LONG, finished

OLD = [{"filters": [{"key": "old", "value": {"bool_value": True}}]}]
ADA, BOB = {"user_id": "ada"}, {"user_id": "bob"}


@pytest.fixture
def journey(begin: Begin) -> Journey:
    """Begin a journey with two memories of Ada and one of Bob."""
    journey = begin()
    journey.remember("I like tea", scope=ADA, metadata={"old": {"bool_value": True}})
    journey.remember("I like figs", scope=ADA)
    journey.remember("I like tea", scope=BOB)
    return journey


def _purge(journey: Journey, **asked: Any) -> int:
    operation = journey.memories.purge(name=journey.engine, **asked)
    assert operation.done
    return int(operation.response.purge_count or 0)


@pytest.mark.parametrize(
    ("asked", "left"),
    [
        ({"filter": 'scope.user_id="ada"'}, ["I like tea"]),
        ({"filter": "scope.user_id=ada"}, ["I like tea"]),
        ({"filter": 'scope="{\\"user_id\\": \\"ada\\"}"'}, ["I like tea"]),
        ({"filter": 'fact="I like tea"'}, ["I like figs"]),
        ({"filter": 'fact="I like tea" AND scope.user_id="bob"'}, ["I like figs", "I like tea"]),
        (
            {"filter_groups": OLD},
            ["I like figs", "I like tea"],
        ),
    ],
)
def test_what_meets_the_condition_is_counted_and_then_deleted(
    journey: Journey, asked: dict[str, Any], left: list[str]
) -> None:
    gone = 3 - len(left)
    assert _purge(journey, **asked, force=False) == gone
    assert len(journey.facts()) == 3
    assert _purge(journey, **asked, force=True) == gone
    assert sorted(journey.facts()) == left
    assert _purge(journey, **asked, force=True) == 0


def test_a_purged_memory_can_be_rolled_back_for_48_hours(journey: Journey) -> None:
    [name] = [each.name for each in journey.memories.list(name=journey.engine) if each.fact == "I like figs"]
    assert _purge(journey, filter='fact="I like figs"', force=True) == 1
    deletion, before = journey.history(name)
    assert (deletion.fact, before.fact) == (None, "I like figs")
    journey.memories.rollback(name=name, target_revision_id=before.name.rpartition("/")[2])
    assert "I like figs" in journey.facts()


def test_both_of_googles_clients_can_purge(journey: Journey) -> None:
    client = journey.served.client("vertexai")
    done = client.agent_engines.memories.purge(name=journey.engine, filter='scope.user_id="ada"', force=True)
    assert done.response.purge_count == 2


def test_a_purge_without_a_condition_is_refused(journey: Journey) -> None:
    with pytest.raises(ClientError) as caught:
        journey.memories.purge(name=journey.engine, force=True)
    assert caught.value.code == 400
    assert len(journey.facts()) == 3


def test_what_takes_too_long_for_one_answer_is_finished_by_a_worker(serve: Serve) -> None:
    class Slow(FrozenClock):
        """A clock that goes on whenever it is looked at."""

        def now(self) -> Any:
            self.advance(timedelta(seconds=4))
            return super().now()

    served = serve(clock=Slow())
    engine = served.create_engine()
    with served.http() as http:
        for number in range(25):
            body = {"fact": f"fact {number}", "scope": ADA}
            assert http.post(f"/v1beta1/{engine}/memories", json=body).status_code == 200
        asked = {"filter": 'scope.user_id="ada"', "force": True}
        begun = http.post(f"/v1beta1/{engine}/memories:purge", json=asked).json()
        assert "done" not in begun
        assert served.bank.adapters.queue.wait_idle(LONG)
        done = http.get(f"/v1beta1/{begun['name']}").json()
        assert done["response"]["purgeCount"] == 25
        # Google's generated clients read lists of operations only if they know every type that occurs in them.
        generated = {"x-goog-api-client": "gl-python/3.11 gax/2.0"}
        listed = http.get(f"/v1beta1/{engine}/operations", headers=generated).json()
        newest, _ = json_format.ParseDict(listed, ListOperationsResponse()).operations
        assert newest.metadata.Unpack(aiplatform_v1beta1.DeleteMemoryOperationMetadata.pb()())
        assert http.get(f"/v1beta1/{engine}/memories").json() == {}


def test_a_purge_among_updates_and_generations_loses_nothing_it_should_not(begin: Begin) -> None:
    journey = begin()
    with journey.served.http() as http, ThreadPoolExecutor(8) as threads:
        url = f"/v1beta1/{journey.engine}/memories"
        names = [
            http.post(url, json={"fact": f"old {number}", "scope": ADA}).json()["response"]["name"]
            for number in range(24)
        ]

        def update(name: str) -> int:
            return http.patch(f"/v1beta1/{name}", json={"fact": f"new {name[-6:]}"}).status_code

        def generate(number: int) -> int:
            source = {"directMemories": [{"fact": f"another one, number {number}"}]}
            body = {"scope": ADA, "directMemoriesSource": source, "disableConsolidation": True}
            return http.post(f"{url}:generate", json=body).status_code

        def purge(_: int) -> int:
            asked = {"filter": 'fact:"old"', "force": True}
            return int(finished(http, http.post(f"{url}:purge", json=asked).json())["response"]["purgeCount"])

        updates = [threads.submit(update, name) for name in reversed(names[12:])]
        purges = [threads.submit(purge, number) for number in range(3)]
        generations = [threads.submit(generate, number) for number in range(6)]
        changed = {name: done.result() for name, done in zip(reversed(names[12:]), updates, strict=True)}
        assert {done.result() for done in generations} == {200}
        purged = sum(done.result() for done in purges)
        assert journey.served.bank.adapters.queue.wait_idle(LONG)
    left = {memory.name: memory.fact for memory in journey.memories.list(name=journey.engine)}
    assert set(changed.values()) <= {200, 404}
    assert {name for name in names if name in left} == {name for name, status in changed.items() if status == 200}
    assert purged == len(names) - sum(name in left for name in names)
    assert sorted(left.values())[:6] == [f"another one, number {number}" for number in range(6)]
