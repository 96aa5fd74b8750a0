"""Every function in a process of its own, served as it is deployed, and called through the router by Google's SDK."""

from __future__ import annotations

import json
import socket
from collections.abc import Iterator
from typing import Any
from urllib.parse import urlsplit
from uuid import uuid4

import httpx
import pytest

from memorybank.handlers.routes import PUBLIC
from memorybank.testing.cloud_tasks.tokens import Tokens
from memorybank.testing.deployment import AUDIENCE, ROUTER_ACCOUNT, TASKS_ACCOUNT
from tests.functions.deployment import Deployment, deployed
from tests.functions.refusals import error_of
from tests.waiting import PATIENCE, until

SCOPE = {"user_id": "ada"}


@pytest.fixture(scope="module", params=["sqlite", "firestore"])
def deployment(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Deployment]:
    """Deploy everything on each store, once for all tests."""
    if request.param == "sqlite":
        settings = {"data": str(tmp_path_factory.mktemp("deployment") / "bank.db")}
    else:
        request.getfixturevalue("firestore_emulator")
        settings = {"store": "firestore", "project": f"p-{uuid4().hex[:12]}"}
    with deployed(**settings) as running:
        yield running


@pytest.fixture
def banks(deployment: Deployment) -> Any:
    """Return Google's client for banks, in a project of its own."""
    return deployment.client().memory_banks


@pytest.fixture
def engine(banks: Any) -> str:
    """Create an engine and return its name."""
    return str(banks.create(config={"display_name": "deployed"}).name)


def _generate(banks: Any, engine: str, *turns: str) -> list[Any]:
    events = [{"content": {"role": "user", "parts": [{"text": turn}]}} for turn in turns]
    done = banks.memories.generate(name=engine, scope=SCOPE, direct_contents_source={"events": events})
    return list(done.response.generated_memories or [])


def test_a_bank_lives_its_whole_life_through_the_router(banks: Any, engine: str, deployment: Deployment) -> None:
    memories = banks.memories
    created = memories.create(name=engine, fact="I like tea", scope=SCOPE).response
    assert [change.action.value for change in _generate(banks, engine, "Hi! I live in Paris.")] == ["CREATED"]
    [moved] = _generate(banks, engine, "I moved to Lyon.")
    assert moved.action.value == "UPDATED"
    search = {"search_query": "Which tea do I like?", "top_k": 1}
    [hit] = list(memories.retrieve(name=engine, scope=SCOPE, similarity_search_params=search))
    assert hit.memory.name == created.name
    assert {memory.fact for memory in memories.list(name=engine)} == {"I like tea", "I moved to Lyon"}
    revisions = list(memories.revisions.list(name=moved.memory.name))
    assert [revision.fact for revision in revisions] == ["I moved to Lyon", "I live in Paris"]
    memories.rollback(name=moved.memory.name, target_revision_id=revisions[-1].name.rpartition("/")[2])
    assert memories.get(name=moved.memory.name).fact == "I live in Paris"
    memories.delete(name=created.name)
    assert [memory.fact for memory in memories.list(name=engine)] == ["I live in Paris"]
    with deployment.http("router") as http:
        listed = http.get(f"/v1beta1/{engine}/operations").json()["operations"]
        assert all(operation["done"] for operation in listed)
        deletion = http.delete(f"/v1beta1/{engine}", params={"force": "true"}).json()["name"]
        until(lambda: bool(http.get(f"/v1beta1/{deletion}").json().get("done")))
        error_of(http.get(f"/v1beta1/{engine}"), 404)


def test_every_function_but_the_router_and_those_for_tasks_was_called_with_a_token_for_itself(
    deployment: Deployment, banks: Any, engine: str
) -> None:
    list(banks.memories.list(name=engine))
    audiences = deployment.metadata.asked
    assert set(audiences) <= {deployment.urls[function] for function in PUBLIC}
    assert deployment.urls["memories"] in audiences
    assert max(audiences.values()) == 1, "a token is kept while it is good"


def test_a_task_that_is_delivered_twice_has_the_outcome_of_once(
    deployment: Deployment, banks: Any, engine: str
) -> None:
    deployment.tasks.deliver_twice()
    _generate(banks, engine, "I live in Paris.")
    [memory] = list(banks.memories.list(name=engine))
    assert len(list(banks.memories.revisions.list(name=memory.name))) == 1


def test_the_sweep_answers_what_it_has_done(deployment: Deployment, banks: Any, engine: str) -> None:
    with deployment.http("sweep", caller=TASKS_ACCOUNT) as http:
        answer = http.post("/")
    assert answer.status_code == 200, answer.text
    assert answer.json()["finished"] is True


@pytest.mark.parametrize("function", ["worker", "sweep"])
def test_only_the_accounts_for_tasks_may_call_the_private_functions(deployment: Deployment, function: str) -> None:
    for caller, code in (("eve@example.com", 403), (ROUTER_ACCOUNT, 403), (None, 401)):
        with deployment.http(function, caller=caller) as http:
            assert http.post("/", json={}).status_code == code


def test_the_worker_takes_nothing_that_cloud_tasks_would_not_send(deployment: Deployment) -> None:
    with deployment.http("worker", caller=TASKS_ACCOUNT) as http:
        error_of(http.post("/", json={}), 400)
        error_of(http.post("/", json={"task": "t"}, headers={"X-CloudTasks-TaskRetryCount": "0"}), 400)


@pytest.mark.parametrize("path", ["/", "/worker", "/sweep", "/v1beta1", "/v1beta1/worker", "//worker/"])
def test_the_private_functions_cannot_be_reached_through_the_router(deployment: Deployment, path: str) -> None:
    token = Tokens().issue(TASKS_ACCOUNT, AUDIENCE)
    with deployment.http("router", caller=None) as http:
        headers = {"Authorization": f"Bearer {token}", "X-CloudTasks-TaskRetryCount": "0"}
        error_of(http.post(path, json={"task": "t", "operation": "o"}, headers=headers), 404)


def test_a_function_is_not_reached_around_the_router_by_naming_another_caller(
    deployment: Deployment, engine: str
) -> None:
    with deployment.http("memories") as http:
        answer = http.get(f"/v1beta1/{engine}/memories", headers={"X-Memory-Caller": "eve@example.com"})
    assert answer.status_code == 403


def test_the_router_tells_of_a_wrong_method_without_a_hop(deployment: Deployment, engine: str) -> None:
    with deployment.http("router", caller=None) as http:
        answer = http.put(f"/v1beta1/{engine}/memories")
    assert answer.status_code == 405
    assert answer.headers["Allow"] == "GET, POST"


def test_each_function_serves_its_own_routes_only(deployment: Deployment, engine: str) -> None:
    with deployment.http("engines") as http:
        error_of(http.get(f"/v1beta1/{engine}/memories"), 404)
        assert http.get("/health").json() == {"status": "ok"}


def test_a_body_that_is_too_large_is_refused_by_the_router(deployment: Deployment, engine: str) -> None:
    with deployment.http("router") as http:
        answer: httpx.Response = http.post(f"/v1beta1/{engine}/memories:generate", content=b" " * (8 * 2**20 + 1))
    assert answer.status_code == 413
    assert json.loads(answer.text)["error"]["status"] == "INVALID_ARGUMENT"


@pytest.mark.parametrize("function", ["router", "memories"])
def test_malformed_chunks_are_the_callers_mistake(deployment: Deployment, engine: str, function: str) -> None:
    caller = ROUTER_ACCOUNT if function != "router" else "ada@example.com"
    head = [
        f"POST /v1beta1/{engine}/memories HTTP/1.1",
        "Host: localhost",
        "Transfer-Encoding: chunked",
        f"Authorization: Bearer {deployment.token(function, caller=caller)}",
        *(["X-Memory-Caller: ada@example.com"] if function != "router" else []),
    ]
    url = urlsplit(deployment.urls[function])
    for body in (b"zz\r\n\r\n", b"2\r\n{}XX", b"\r\n"):
        with socket.create_connection((url.hostname, url.port), timeout=PATIENCE) as connection:
            connection.sendall("\r\n".join([*head, "", ""]).encode() + body)
            assert connection.makefile("rb").readline().split()[1] == b"400"
