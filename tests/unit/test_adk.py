"""Services for google-adk: where they find the bank, how they prove who calls, and google-adk's registry."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from itertools import count
from threading import Thread
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from google.adk.cli.service_registry import ServiceRegistry, get_service_registry
from google.adk.cli.utils import service_factory
from google.adk.events.event import Event
from google.adk.memory.memory_entry import MemoryEntry
from google.genai.types import Content, Part, UserContent

from memorybank.adk import MemoryBankService, SessionService, register
from memorybank.adk.connection import Connected
from memorybank.client import read_client_settings
from memorybank.client.google_credentials import credentials_for
from memorybank.config import read_settings
from memorybank.errors import InvalidArgument, NotFound
from memorybank.testing.cloud_tasks.tokens import Tokens
from tests.conftest import Served

ENGINE = "projects/p/locations/l/reasoningEngines/77"
LOCAL = "projects/local/locations/us-central1/reasoningEngines/77"
URL = "http://127.0.0.1:8080"


@pytest.fixture(autouse=True)
def _unset(monkeypatch: pytest.MonkeyPatch) -> None:
    """Take away what the environment of whoever runs these tests may say."""
    for name in ("URL", "ENGINE", "PROJECT", "LOCATION"):
        monkeypatch.delenv(f"MEMORYBANK_{name}", raising=False)


@pytest.fixture
def registry(monkeypatch: pytest.MonkeyPatch) -> ServiceRegistry:
    """Return google-adk's registry with our schemes, whose banks are not asked whether their engines exist."""
    monkeypatch.setattr(Connected, "find", lambda _: None)
    register()
    return get_service_registry()


def test_an_engine_is_found_by_its_full_name_or_by_its_id() -> None:
    assert MemoryBankService(ENGINE, url=URL).engine == ENGINE
    assert MemoryBankService("77", url=URL).engine == LOCAL
    assert MemoryBankService("reasoningEngines/77", url=URL).engine == LOCAL
    assert SessionService("77", url=URL, project="p", location="l").engine == ENGINE


def test_the_environment_says_what_arguments_do_not(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MEMORYBANK_URL", URL)
    monkeypatch.setenv("MEMORYBANK_ENGINE", ENGINE)
    assert (SessionService().url, SessionService().engine) == (URL, ENGINE)
    assert MemoryBankService("78").engine.endswith("/78")


def test_a_service_without_an_address_says_all_that_is_missing() -> None:
    missing = r"MEMORYBANK_URL: is not set: it must be a URL.*MEMORYBANK_ENGINE: is not set: it must be an engine's"
    with pytest.raises(InvalidArgument, match=missing):
        MemoryBankService()


@pytest.mark.parametrize(
    "url", ["127.0.0.1:8080", "ftp://bank.example.app", "https://", "https://bank.example.app/?a=b"]
)
def test_an_address_that_is_none_is_refused(url: str) -> None:
    with pytest.raises(InvalidArgument, match=r"^url: '.*' is not a base URL"):
        SessionService("77", url=url)


def test_a_server_passes_over_what_clients_set_and_a_client_over_what_servers_set() -> None:
    environment = {"MEMORYBANK_URL": URL, "MEMORYBANK_ENGINE": ENGINE, "MEMORYBANK_STORE": "sqlite"}
    assert read_settings(environment) == read_settings({})
    assert read_client_settings(environment).engine_name == ENGINE
    with pytest.raises(InvalidArgument, match="MEMORYBANK_ENGIN:"):
        read_settings({"MEMORYBANK_ENGIN": ENGINE})


@pytest.mark.parametrize(
    ("uri", "url", "engine"),
    [
        ("memorybank://127.0.0.1:8080/77", "http://127.0.0.1:8080", LOCAL),
        ("memorybank://localhost/77", "http://localhost", LOCAL),
        ("memorybank://[::1]:8080/77", "http://[::1]:8080", LOCAL),
        (f"memorybank://bank.example.app/{ENGINE}", "https://bank.example.app", ENGINE),
        (f"memorybank://bank.example.app/a/b/{ENGINE}/", "https://bank.example.app/a/b", ENGINE),
        ("memorybank+http://bank:8080/77?project=p&location=l", "http://bank:8080", ENGINE),
        ("memorybank+https://127.0.0.1/77", "https://127.0.0.1", LOCAL),
    ],
)
def test_the_registry_of_google_adk_makes_both_services_of_an_address(
    registry: ServiceRegistry, uri: str, url: str, engine: str
) -> None:
    memories = service_factory.create_memory_service_from_options(base_dir="/", memory_service_uri=uri)
    sessions = service_factory.create_session_service_from_options(base_dir="/", session_service_uri=uri)
    assert isinstance(memories, MemoryBankService)
    assert isinstance(sessions, SessionService)
    assert (memories.url, memories.engine) == (sessions.url, sessions.engine) == (url, engine)


def test_a_bare_id_is_found_in_any_project_and_an_engine_that_is_not_there_stops_the_program(served: Served) -> None:
    register()
    with served.http() as http:
        engine = http.post("/v1beta1/projects/p/locations/l/reasoningEngines", json={}).json()["response"]["name"]
    address = served.url.replace("http://", "memorybank://")
    for create in (get_service_registry().create_memory_service, get_service_registry().create_session_service):
        for name in (engine, engine.rpartition("/")[2]):
            service: Any = create(f"{address}/{name}")
            assert service.engine == engine
        with pytest.raises(NotFound, match="4242"):
            create(f"{address}/4242")


def test_a_bare_id_is_looked_for_when_a_service_first_calls(served: Served) -> None:
    with served.http() as http:
        engine = http.post("/v1beta1/projects/p/locations/l/reasoningEngines", json={}).json()["response"]["name"]

    async def search() -> tuple[str, int]:
        async with MemoryBankService(engine.rpartition("/")[2], url=served.url) as service:
            found = await service.search_memory(app_name="a", user_id="u", query="tea")
            return service.engine, len(found.memories)

    assert asyncio.run(search()) == (engine, 0)


def test_an_address_may_say_how_memories_are_searched(registry: ServiceRegistry) -> None:
    memories = registry.create_memory_service("memorybank://localhost/77?top_k=10&min_similarity=0.25")
    assert isinstance(memories, MemoryBankService)
    assert (memories.top_k, memories.min_similarity) == (10, 0.25)


@pytest.mark.parametrize(
    ("uri", "says"),
    [
        ("memorybank://localhost:8080", "must be memorybank://HOST"),
        ("memorybank:///77", "must be memorybank://HOST"),
        (
            "memorybank://localhost/77?topk=1",
            "topk is not an option; the options are project, location, top_k, min_similarity",
        ),
        ("memorybank://localhost/77?top_k=all", "top_k must be a number"),
    ],
)
def test_an_address_that_cannot_be_meant_is_refused(registry: ServiceRegistry, uri: str, says: str) -> None:
    with pytest.raises(ValueError, match=says):
        registry.create_memory_service(uri)


def _sent(credentials: Any, request: Any = None) -> str:
    """Return the token that the SDK sends, by its own rule of when to ask for a new one."""
    if credentials.expired or not credentials.token:
        credentials.refresh(request)
    return str(credentials.token)


def test_a_given_token_is_sent_and_a_function_is_asked_for_each() -> None:
    assert _sent(credentials_for("https://bank.example.app", token="mine")) == "mine"
    numbers = count()
    asked = credentials_for("https://bank.example.app", token=lambda: f"token {next(numbers)}")
    assert [_sent(asked), _sent(asked)] == ["token 0", "token 1"]


def test_a_plain_address_gets_a_token_that_proves_nothing() -> None:
    assert _sent(credentials_for("http://127.0.0.1:8080")) == "none"


class _Metadata:
    """What google-auth calls to reach the metadata server of Cloud Run, and the answers of that."""

    def __init__(self) -> None:
        self.audiences: list[str] = []

    def __call__(self, url: str, **_: Any) -> Any:
        parts = urlsplit(url)
        self.status, self.headers = 200, {"metadata-flavor": "Google", "content-type": "application/json"}
        self.data = json.dumps({"email": "agent@p.iam.gserviceaccount.com"}).encode()
        if parts.path.endswith("/identity"):
            [audience] = parse_qs(parts.query)["audience"]
            self.audiences.append(audience)
            self.headers["content-type"] = "application/text"
            self.data = Tokens().issue("agent@p.iam.gserviceaccount.com", audience).encode()
        return self


@pytest.mark.parametrize(("audience", "meant"), [(None, "https://bank.example.app"), ("bank", "bank")])
def test_an_encrypted_address_gets_id_tokens_for_it_which_are_kept_while_they_are_good(
    monkeypatch: pytest.MonkeyPatch, audience: str | None, meant: str
) -> None:
    monkeypatch.delenv("GOOGLE_APPLICATION_CREDENTIALS", raising=False)
    metadata = _Metadata()
    credentials = credentials_for("https://bank.example.app/path", audience=audience)
    assert _sent(credentials, metadata) == _sent(credentials, metadata)
    assert metadata.audiences == [meant]
    credentials.expiry = credentials.expiry.replace(year=2020)
    _sent(credentials, metadata)
    assert metadata.audiences == [meant, meant]


@pytest.mark.parametrize("memory_id", ["", "../sessions/1", "a/b", "1?force=true", f"{LOCAL}/memories/1"])
def test_what_is_no_id_of_a_memory_is_refused_before_anything_is_called(memory_id: str) -> None:
    service = MemoryBankService("77", url="http://127.0.0.1:1")
    with pytest.raises(ValueError, match="is not the id of a memory"):
        asyncio.run(service.delete_memory(app_name="a", user_id="u", memory_id=memory_id))


def test_a_bank_that_cannot_be_reached_is_an_error_and_leaves_nothing_open() -> None:
    async def add() -> None:
        entry = MemoryEntry(content=Content(parts=[Part(text="I like tea")]))
        async with MemoryBankService("77", url="http://127.0.0.1:1") as service:
            await service.add_memory(app_name="a", user_id="u", memories=[entry])

    with pytest.raises(Exception, match=r"[Cc]onnect"):
        asyncio.run(add())


class _BusyBank(ThreadingHTTPServer):
    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Busy)
        self.bodies: list[bytes] = []


class _Busy(BaseHTTPRequestHandler):
    """Answers 503 to the first request, and from then on takes events."""

    server: _BusyBank

    def do_POST(self) -> None:
        self.server.bodies.append(self.rfile.read(int(self.headers["Content-Length"])))
        again = len(self.server.bodies) > 1
        body = json.dumps({"name": f"{LOCAL}/operations/1"} if again else {}).encode()
        self.send_response(200 if again else 503)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the name is the base class's
        """Keep quiet."""


@pytest.fixture
def busy() -> Iterator[_BusyBank]:
    """Serve a bank that is too busy at first."""
    with _BusyBank() as server:
        thread = Thread(target=server.serve_forever, args=(0.01,))
        thread.start()
        yield server
        server.shutdown()
        thread.join()


def test_events_are_sent_again_when_the_bank_is_too_busy(busy: _BusyBank) -> None:
    async def add() -> None:
        async with MemoryBankService("77", url=f"http://127.0.0.1:{busy.server_port}") as service:
            event = Event(author="user", invocation_id="i", content=UserContent("I like tea."))
            await service.add_events_to_memory(app_name="a", user_id="u", events=[event])

    asyncio.run(add())
    first, second = busy.bodies
    assert first == second
    assert json.loads(second)["directContentsSource"]["events"][0]["event_id"]
