"""The folders of functions/: no logic, no imports that a start need not wait for, and no start with wrong settings."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from uuid import uuid4

import httpx
import pytest

from memorybank.bank import engines
from memorybank.bank.memories import crud
from memorybank.config import Settings
from memorybank.handlers.routes import PUBLIC, routes_of
from memorybank.local.bank import embedded_adapters
from memorybank.resources.engine import ReasoningEngine
from memorybank.resources.memory import Memory
from memorybank.resources.names import EngineName
from memorybank.testing.deployment import FUNCTIONS, await_health
from memorybank.testing.firestore_emulator import HOST_VARIABLE
from memorybank.testing.processes import free_ports, run_program
from tests.functions.deployment import FOLDER, served
from tests.functions.refusals import error_of
from tests.waiting import PATIENCE

OPEN = {"MEMORYBANK_AUTH": "none", "MEMORYBANK_AUTH_NONE_CONFIRMED": "yes"}
ROUTER = {"MEMORYBANK_FUNCTION_URLS": json.dumps(dict.fromkeys(PUBLIC, "https://f.example.app"))}
NEVER_AT_START = {
    *("google.api_core", "google.cloud.firestore_v1", "google.cloud.tasks_v2", "google.genai", "grpc"),
    *("lark", "numpy", "sqlite3", "memorybank.local", "memorybank.models.offline"),
    *("memorybank.console", "memorybank.storage.firestore", "memorybank.storage.sqlite"),
    *("memorybank.tasks.cloud_tasks", "memorybank.tasks.in_process"),
}
NEVER_TO_RETRIEVE = {
    *("google.cloud.tasks_v2", "google.genai", "lark", "memorybank.local", "memorybank.storage.sqlite"),
    *("google.api_core", "google.auth", "google.cloud.firestore_v1", "requests"),  # it takes the messages alone
}

_RETRIEVE = """
import sys
from werkzeug.test import EnvironBuilder
sys.path.insert(0, sys.argv[1])
import main
path, body = sys.argv[2:4]
request = EnvironBuilder(path, method="POST", data=body, content_type="application/json").get_request()
answer = main.retrieve(request)
assert answer.status_code == 200, answer.get_data()
assert b"I like tea" in answer.get_data()
print(" ".join(sys.modules), file=sys.stderr)
"""


def _imported(program: str, *arguments: str, **environment: str) -> set[str]:
    """Run a program that prints sys.modules on its standard error as the last line; return them."""
    done = run_program([sys.executable, "-c", program, *arguments], env={**os.environ, **ROUTER, **environment})
    assert done.returncode == 0, done.stderr
    return set(done.stderr.splitlines()[-1].split())


def test_every_function_has_a_folder_and_every_folder_is_a_function() -> None:
    for file in ("main.py", "function.yaml"):
        assert sorted(path.parent.name for path in FOLDER.glob(f"*/{file}")) == sorted(FUNCTIONS)


@pytest.mark.parametrize("name", FUNCTIONS)
def test_a_function_has_no_logic_of_its_own(name: str) -> None:
    assert len((FOLDER / name / "main.py").read_text().splitlines()) < 15


@pytest.mark.parametrize("name", FUNCTIONS)
def test_a_function_starts_without_what_it_may_never_use(name: str) -> None:
    program = "import sys; sys.path.insert(0, sys.argv[1]); import main; print(*sys.modules, file=sys.stderr)"
    modules = _imported(program, str(FOLDER / name), MEMORYBANK_QUEUE="in-process")
    assert f"memorybank.handlers.{name}" in modules
    assert not modules & NEVER_AT_START
    assert not modules & {f"memorybank.handlers.{other}" for other in FUNCTIONS if other != name}
    if name == "router":
        assert "pydantic" not in modules


@pytest.mark.parametrize("name", sorted(PUBLIC))
def test_no_function_serves_web_pages(name: str) -> None:
    found = {route.template for route in routes_of([name]) if route.method == "GET" and route.absolute}
    assert found == {"/health"}


def test_a_first_retrieve_imports_nothing_that_it_does_not_need(firestore_emulator: str) -> None:
    project = f"p-{uuid4().hex[:12]}"
    engine = EngineName(project, "us-central1", "1")
    adapters = embedded_adapters(Settings(store="firestore", project=project))
    with closing(adapters.store):
        engines.create(adapters, engine, ReasoningEngine())
        crud.create(adapters, engine, Memory(fact="I like tea", scope={"user_id": "u"}), memory_id=None)
    body = {"scope": {"user_id": "u"}, "similaritySearchParams": {"searchQuery": "tea"}}
    modules = _imported(
        _RETRIEVE,
        str(FOLDER / "retrieve"),
        f"/v1beta1/{engine}/memories:retrieve",
        json.dumps(body),
        **OPEN,
        **{HOST_VARIABLE: firestore_emulator},
        MEMORYBANK_STORE="firestore",
        MEMORYBANK_PROJECT=project,
        MEMORYBANK_QUEUE="cloud-tasks",
        MEMORYBANK_TASKS_QUEUE="projects/p/locations/l/queues/q",
        MEMORYBANK_TASKS_ACCOUNT="tasks@p.iam.gserviceaccount.com",
        MEMORYBANK_WORKER_URL="https://worker.example.app",
    )
    assert "memorybank.storage.firestore" in modules
    assert not modules & NEVER_TO_RETRIEVE


@pytest.mark.parametrize(
    ("name", "environment", "says"),
    [
        ("retrieve", {"MEMORYBANK_QUEUE": "cloud-tasks"}, "MEMORYBANK_TASKS_QUEUE"),
        ("retrieve", {"MEMORYBANK_AUTH": "none"}, "MEMORYBANK_AUTH_NONE_CONFIRMED"),
        ("router", {"MEMORYBANK_FUNCTION_URLS": "{}"}, "lacks engines, generate"),
    ],
)
def test_a_deployment_that_is_set_wrongly_does_not_start(name: str, environment: dict[str, str], says: str) -> None:
    program = "import sys; sys.path.insert(0, sys.argv[1]); import main"
    done = run_program([sys.executable, "-c", program, str(FOLDER / name)], env={**os.environ, **ROUTER, **environment})
    assert done.returncode == 1
    assert says in done.stderr


@contextmanager
def _embedded(name: str, data: Path) -> Iterator[httpx.Client]:
    """Serve one function that does its own work in its own threads."""
    [port] = free_ports(1)
    url = f"http://127.0.0.1:{port}"
    with served(name, port, {"MEMORYBANK_DATA": str(data), **OPEN}) as process:
        await_health(url, process)
        with httpx.Client(base_url=url, timeout=PATIENCE) as http:
            yield http


def test_functions_whose_queue_is_in_their_process_work_together_on_one_store(tmp_path: Path) -> None:
    data = tmp_path / "bank.db"
    with _embedded("engines", data) as http:
        created = http.post("/v1beta1/projects/p/locations/l/reasoningEngines", json={})
        assert created.status_code == 200, created.text
        engine = created.json()["response"]["name"]
        error_of(http.post(f"/v1beta1/{engine}/memories", json={}), 404)
        with _embedded("memories", data) as other:
            memory = other.post(f"/v1beta1/{engine}/memories", json={"fact": "I like tea", "scope": {"user_id": "1"}})
            assert memory.json()["response"]["fact"] == "I like tea"
        deleted = http.delete(f"/v1beta1/{engine}", params={"force": "true"})
        assert deleted.status_code == 200, deleted.text
        error_of(http.get(f"/v1beta1/{engine}"), 404)
