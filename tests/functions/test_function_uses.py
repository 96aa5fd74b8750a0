"""What function.yaml says a function uses is all that it uses, and it does use all of that."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
import yaml

from memorybank.access.access import OPEN
from memorybank.adapters import Adapters
from memorybank.aip.entry import Application
from memorybank.aip.http import Request
from memorybank.aip.routing import Router
from memorybank.application import application_of
from memorybank.config import Settings
from memorybank.handlers.request_context import Service
from memorybank.handlers.routes import PRIVATE, PUBLIC
from memorybank.models.offline import OfflineEmbedder
from memorybank.ports.models import Decision, DecisionRequest
from memorybank.ports.tasks import Task
from memorybank.storage.sqlite import SqliteStore
from memorybank.testing.deployment import FUNCTIONS
from memorybank.testing.frozen import CountingIds, FrozenClock
from memorybank.testing.scripted import ScriptedModel
from tests.functions.deployment import FOLDER

CALLERS = {"clients", "tasks", "scheduler"}
KEYS = {"memory", "timeout", "concurrency", "callers", "uses"}
WRITES = {"commit"}
SCOPE = {"user_id": "ada"}
SETTINGS = Settings(
    queue="cloud-tasks", tasks_queue="projects/p/locations/l/queues/q", tasks_account="a@p", worker_url="http://worker"
)


def declared(function: str) -> dict[str, Any]:
    """Return what a function's folder says about it."""
    found: dict[str, Any] = yaml.safe_load((FOLDER / function / "function.yaml").read_text())
    return found


class Watched:
    """A port in front of another one, which calls only methods that are allowed and remembers which were called."""

    def __init__(self, port: Any, *, allowed: bool, forbidden: frozenset[str] = frozenset()) -> None:
        self._port, self._allowed, self._forbidden = port, allowed, forbidden
        self.called: set[str] = set()

    def __getattr__(self, method: str) -> Any:
        assert self._allowed, f"{method} of a port that is not declared"
        assert method not in self._forbidden, f"{method} of a store that is declared as read only"
        self.called.add(method)
        return getattr(self._port, method)


class Waiting:
    """A queue that only remembers."""

    def __init__(self) -> None:
        self.tasks: list[Task] = []

    def enqueue(self, task: Task) -> None:
        """Remember."""
        self.tasks.append(task)

    def due(self, clock: FrozenClock) -> Task | None:
        """Hand out a task whose time has come, if there is one."""
        found = next((task for task in self.tasks if task.run_at is None or task.run_at <= clock.now()), None)
        if found is not None:
            self.tasks.remove(found)
        return found


class Slow(SqliteStore):
    """A store whose reads of several documents take half a minute while `slow`."""

    slow = False
    functions: Functions

    def get_many(self, *arguments: Any, **named: Any) -> Any:
        """Read, and take time."""
        if self.slow:
            self.functions.clock.advance(timedelta(seconds=30))
        return super().get_many(*arguments, **named)


class Functions:
    """All functions on one store, each with no more ports than it declares; the queue waits for `work`."""

    def __init__(self, store: Slow) -> None:
        self.store, self.queue, self.clock = store, Waiting(), FrozenClock()
        model = ScriptedModel(decide=self._decide)
        everything = {"store": store, "queue": self.queue, "model": model, "embedder": OfflineEmbedder()}
        beside = {"clock": self.clock, "ids": CountingIds()}
        self.watched: dict[str, dict[str, Watched]] = {}
        self._applications: dict[str, Application[Service]] = {}
        for function in (*PUBLIC, *PRIVATE):
            ports = dict(_watched(declared(function)["uses"], everything))
            self.watched[function] = ports
            adapters = Adapters(SETTINGS, **ports, **beside)
            self._applications[function] = application_of(SETTINGS, adapters, [function], access=OPEN)
        self._router = Router(route for routes in PUBLIC.values() for route in routes)
        self._functions = {route: function for function, routes in PUBLIC.items() for route in routes}

    def call(self, method: str, path: str, body: Any = None, **query: str) -> dict[str, Any]:
        """Call the function that serves a path."""
        full = f"/v1beta1/{path}"
        return self._send(self._functions[self._router.match(method, full).route], method, full, query, body=body)

    def work(self, task: Task) -> None:
        """Deliver a task to the worker."""
        body = {"task": task.name, "operation": task.body}
        self._send("worker", "POST", "/", {}, body=body, headers={"x-cloudtasks-taskretrycount": "0"})

    def work_all(self) -> None:
        """Deliver all tasks whose time has come."""
        while due := self.queue.due(self.clock):
            self.work(due)

    def sweep(self) -> dict[str, Any]:
        """Have the sweep run."""
        return self._send("sweep", "POST", "/", {})

    def used(self, function: str) -> dict[str, Any]:
        """Return what a function has used so far, as its function.yaml would say it."""
        ports = self.watched[function]
        store = ports["store"].called
        return {
            "store": "write" if store & WRITES else "read" if store else "none",
            "embed": "embed" in ports["embedder"].called,
            "generate": bool(ports["model"].called & {"extract", "decide"}),
            "enqueue": "enqueue" in ports["queue"].called,
        }

    def _send(self, function: str, method: str, path: str, query: Mapping[str, str], **request: Any) -> dict[str, Any]:
        body = b"" if request.get("body") is None else json.dumps(request["body"]).encode()
        answer = self._applications[function].handle(
            Request(method, path, tuple(query.items()), request.get("headers", {}), body)
        )
        assert answer.status == 200, f"{function}: {answer.body.decode()}"
        found: dict[str, Any] = json.loads(answer.body)
        return found

    def _decide(self, request: DecisionRequest) -> Sequence[Decision]:
        """While the scope is held, let the next task come: it finds the scope taken."""
        del request
        self.work_all()
        return []


def _watched(uses: Mapping[str, Any], ports: Mapping[str, Any]) -> Iterator[tuple[str, Watched]]:
    allowed = {
        "store": uses["store"] != "none",
        "embedder": uses["embed"],
        "model": uses["generate"],
        "queue": uses["enqueue"],
    }
    for name, port in ports.items():
        read_only = name == "store" and uses["store"] == "read"
        yield name, Watched(port, allowed=allowed[name], forbidden=frozenset(WRITES if read_only else ()))


@pytest.fixture
def functions(tmp_path: Path) -> Iterator[Functions]:
    """Make all functions, on a store of their own."""
    with closing(Slow(str(tmp_path / "bank.db"))) as store:
        store.functions = Functions(store)
        yield store.functions


def _conversation(line: str) -> dict[str, Any]:
    event = {"content": {"role": "user", "parts": [{"text": line}]}}
    return {"scope": SCOPE, "directContentsSource": {"events": [event]}}


def _memories(functions: Functions, engine: str) -> None:
    """Call everything that is about memories."""
    memory = functions.call("POST", f"{engine}/memories", {"fact": "I like tea", "scope": SCOPE})["response"]["name"]
    functions.call("PATCH", memory, {"fact": "I like coffee"}, updateMask="fact")
    assert functions.call("GET", memory)["fact"] == "I like coffee"
    search = {"scope": SCOPE, "similaritySearchParams": {"searchQuery": "coffee"}}
    assert functions.call("POST", f"{engine}/memories:retrieve", search)["retrievedMemories"]
    assert functions.call("POST", f"{engine}/memories:retrieve", {"scope": SCOPE, "filter": 'fact="I like coffee"'})
    revisions = functions.call("GET", f"{memory}/revisions")["memoryRevisions"]
    oldest = functions.call("GET", revisions[-1]["name"])
    functions.call("POST", f"{memory}:rollback", {"targetRevisionId": oldest["name"].rpartition("/")[2]})
    assert functions.call("GET", f"{engine}/memories")["memories"][0]["fact"] == "I like tea"
    functions.call("DELETE", memory)


def _purge(functions: Functions, engine: str) -> None:
    """Purge more than fits into one answer."""
    for number in range(15):
        functions.call("POST", f"{engine}/memories", {"fact": f"fact {number}", "scope": {"user_id": "eve"}})
    asked = {"filter": "scope.user_id=eve", "force": True}
    functions.store.slow = True
    purged = functions.call("POST", f"{engine}/memories:purge", asked)
    functions.store.slow = False
    assert "done" not in purged
    functions.work_all()
    assert functions.call("GET", purged["name"])["response"]["purgeCount"] == 15


def _generations(functions: Functions, engine: str) -> None:
    """Generate, also while another generation of the scope is under way, and look after the operations."""
    path = f"{engine}/memories:generate"
    functions.call("POST", path, _conversation("I live in Paris."))
    functions.work_all()
    names = [functions.call("POST", path, _conversation(line))["name"] for line in ("I live in Rome.", "I hike.")]
    functions.work_all()
    assert all(functions.call("POST", f"{name}:wait")["done"] for name in names)
    functions.call("DELETE", names[0])
    stuck = functions.call("POST", path, _conversation("I swim."))["name"]
    functions.call("POST", f"{stuck}:cancel")
    assert functions.call("GET", stuck)["done"]
    assert functions.call("GET", f"{engine}/operations")["operations"]
    too_much = functions.call("POST", path, _conversation("\n".join(f"I own {n} pens." for n in range(201))))["name"]
    functions.work_all()
    assert "error" in functions.call("GET", too_much)
    assert "error" not in functions.call("POST", f"{too_much}:retry")
    functions.work_all()
    again = functions.call("POST", path, _conversation("I live in Paris."))["name"]
    functions.work_all()
    assert functions.call("POST", f"{again}:rollback")["response"]["generatedMemories"]
    exported = functions.call("GET", f"{engine}/memories:export", includeEmbeddings="true")["memories"]
    batch = functions.call("POST", f"{engine}/memories:batchCreate", {"memories": exported})
    assert batch["metadata"]["value"]["unchangedCount"] == len(exported)
    assert functions.call("POST", f"{engine}/memories:reembed")["name"]
    functions.work_all()
    assert functions.call("POST", f"{engine}/memories:erase", {"scope": {"user_id": "nobody"}})["finished"]


def _sessions(functions: Functions, engine: str) -> None:
    """Keep a session, and generate from it."""
    session = functions.call("POST", f"{engine}/sessions", {"userId": "ada"})["response"]["name"]
    event = {"author": "user", "invocationId": "i", "timestamp": "2031-01-02T03:04:05Z"}
    functions.call("POST", f"{session}:appendEvent", event)
    assert functions.call("GET", f"{session}/events")["sessionEvents"]
    assert functions.call("PATCH", session, {"displayName": "d"})["displayName"] == "d"
    functions.call("POST", f"{engine}/memories:generate", {"vertexSessionSource": {"session": session}})
    functions.call("DELETE", session)


def test_every_function_uses_what_it_declares_and_nothing_else(functions: Functions) -> None:
    created = functions.call("POST", "projects/p/locations/l/reasoningEngines", {"displayName": "bank"})
    engine = created["response"]["name"]
    functions.call("PATCH", engine, {"displayName": "my bank"}, updateMask="displayName")
    assert functions.call("GET", "projects/p/locations/l/reasoningEngines")["reasoningEngines"]
    _memories(functions, engine)
    _generations(functions, engine)
    _sessions(functions, engine)
    _purge(functions, engine)
    functions.queue.tasks.clear()
    forgotten = functions.call("POST", f"{engine}/memories:generate", _conversation("I read."))["name"]
    functions.queue.tasks.clear()
    functions.clock.advance(timedelta(days=3))
    swept = functions.sweep()
    assert swept["finished"]
    assert swept["removed"] > 0, "the revisions of a memory that was deleted live for two days"
    functions.work_all()
    assert functions.call("GET", forgotten)["done"]
    deletion = functions.call("DELETE", engine, force="true")["name"]
    functions.work_all()
    assert functions.call("GET", deletion)["done"]
    assert {name: functions.used(name) for name in functions.watched} == {
        name: declared(name)["uses"] for name in functions.watched
    }


@pytest.mark.parametrize("function", FUNCTIONS)
def test_every_folder_says_what_its_function_needs(function: str) -> None:
    found = declared(function)
    assert set(found) == KEYS
    assert set(found["uses"]) == {"store", "embed", "generate", "enqueue"}
    assert found["uses"]["store"] in {"none", "read", "write"}
    assert all(type(found["uses"][port]) is bool for port in ("embed", "generate", "enqueue"))
    assert found["memory"] in {"256Mi", "512Mi", "1Gi", "2Gi"}
    assert 1 <= found["concurrency"] <= 1000
    assert 1 <= found["timeout"] <= 3600
    assert found["callers"] == {"worker": "tasks", "sweep": "scheduler"}.get(function, "clients")


def test_a_sweep_that_uses_up_its_time_stops_and_the_next_one_goes_on(tmp_path: Path) -> None:
    clock = FrozenClock()

    class Slow(SqliteStore):
        def commit(self, writes: Any) -> Any:
            """Take half a minute."""
            clock.advance(timedelta(seconds=30))
            return super().commit(writes)

    with closing(Slow(str(tmp_path / "bank.db"))) as store:
        adapters = Adapters(SETTINGS, store=store, queue=Waiting(), clock=clock, ids=CountingIds())
        application = application_of(SETTINGS, adapters, ["engines", "sweep"], access=OPEN)
        for _ in range(3):
            application.handle(Request("POST", "/v1/projects/p/locations/l/reasoningEngines", (), {}, b"{}"))
        clock.advance(timedelta(days=60))
        answers = [application.handle(Request("POST", "/", (), {}, b"")) for _ in range(2)]
    assert [(answer.status, json.loads(answer.body)) for answer in answers] == [
        (202, {"removed": 2, "finished": False}),
        (200, {"removed": 1, "finished": True}),
    ]
