"""The client of a bank: what it sends, how it reads pages and operations, and how it tells what went wrong."""

from __future__ import annotations

import json
import socket
import ssl
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from itertools import count
from threading import Thread
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest

from memorybank.client import BankClient, read_client_settings
from memorybank.client.credentials import bearer_for
from memorybank.client.errors import unreachable
from memorybank.errors import (
    Aborted,
    DeadlineExceeded,
    FailedPrecondition,
    InvalidArgument,
    MemoryBankError,
    NotFound,
    PermissionDenied,
    Unauthenticated,
    Unavailable,
    Violation,
)
from memorybank.hosts import is_this_machine

ENGINE = "projects/p/locations/l/reasoningEngines/77"
OPERATION = f"{ENGINE}/operations/1"


class _Double(ThreadingHTTPServer):
    """Answers by `answers`, the last one again and again, and keeps what it was asked."""

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Asked)
        self.answers: list[tuple[int, Any]] = [(200, {})]
        self.asked: list[tuple[str, str, Any, dict[str, str]]] = []
        self.url = f"http://127.0.0.1:{self.server_port}"


class _Asked(BaseHTTPRequestHandler):
    server: _Double

    def _answer(self) -> None:
        text = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        self.server.asked.append((self.command, self.path, json.loads(text or "null"), dict(self.headers)))
        answers = self.server.answers
        status, found = answers.pop(0) if len(answers) > 1 else answers[0]
        body = found if isinstance(found, bytes) else json.dumps(found).encode()
        self.send_response(status)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    do_GET = do_POST = do_CONNECT = _answer  # noqa: N815 - the names are the base class's

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the name is the base class's
        """Keep quiet."""


@pytest.fixture
def double() -> Iterator[_Double]:
    with _Double() as server:
        thread = Thread(target=server.serve_forever, args=(0.01,))
        thread.start()
        yield server
        server.shutdown()
        thread.join()


def _refused(double: _Double, status: int, body: Any) -> MemoryBankError:
    double.answers = [(status, body)]
    with pytest.raises(MemoryBankError) as told:
        BankClient(double.url).call("GET", ENGINE)
    return told.value


def test_a_call_goes_below_the_version_with_its_body_query_and_token(double: _Double) -> None:
    double.answers = [(200, {"retrievedMemories": []})]
    engine = BankClient(f"{double.url}/prefix/", token="mine").engine(ENGINE)
    found = engine.call("POST", "memories:retrieve", {"scope": {"user": "ü"}}, query={"force": True, "left": None})
    assert found == {"retrievedMemories": []}
    [(method, path, body, headers)] = double.asked
    assert (method, path) == ("POST", f"/prefix/v1beta1/{ENGINE}/memories:retrieve?force=true")
    assert body == {"scope": {"user": "ü"}}
    assert headers["Authorization"] == "Bearer mine"


def test_a_call_over_plain_http_without_a_token_proves_nothing(double: _Double) -> None:
    BankClient(double.url).call("GET", "/health")
    [(_, path, _, headers)] = double.asked
    assert path == "/health"
    assert "Authorization" not in headers


def test_a_function_is_asked_for_the_token_of_each_call(double: _Double) -> None:
    numbers = count()
    bank = BankClient(double.url, token=lambda: f"token {next(numbers)}")
    bank.call("GET", ENGINE)
    bank.call("GET", ENGINE)
    assert [headers["Authorization"] for *_, headers in double.asked] == ["Bearer token 0", "Bearer token 1"]


def test_a_list_reads_every_page_and_an_empty_one_ends_nothing(double: _Double) -> None:
    pages = [{"memories": [{"fact": "a"}], "nextPageToken": "2"}, {"nextPageToken": "3"}, {"memories": [{"fact": "b"}]}]
    double.answers = [(200, page) for page in pages]
    found = BankClient(double.url).engine(ENGINE).list_all("memories", query={"pageSize": 1})
    assert [each["fact"] for each in found] == ["a", "b"]
    queries = [parse_qs(urlsplit(path).query) for _, path, *_ in double.asked]
    assert [query.get("pageToken") for query in queries] == [None, ["2"], ["3"]]
    assert all(query["pageSize"] == ["1"] for query in queries)


def test_waiting_returns_the_response_of_an_operation_when_it_is_done(double: _Double) -> None:
    double.answers = [(200, {"name": OPERATION}), (200, {"name": OPERATION, "done": True, "response": {"a": 1}})]
    assert BankClient(double.url).wait(OPERATION) == {"a": 1}
    assert BankClient(double.url).wait({"name": OPERATION, "done": True, "response": {}}) == {}
    assert len(double.asked) == 2


def test_waiting_raises_the_error_of_an_operation_that_has_failed(double: _Double) -> None:
    violation = {"field": "scope", "description": "must not be empty"}
    error = {"code": 10, "message": "somebody else", "details": [{"fieldViolations": [violation]}]}
    double.answers = [(200, {"name": OPERATION, "done": True, "error": error})]
    with pytest.raises(Aborted, match="somebody else") as told:
        BankClient(double.url).wait(OPERATION)
    assert told.value.violations == (Violation(**violation),)
    assert BankClient(double.url).until_done(OPERATION)["error"] == error


def test_waiting_ends_at_its_deadline(double: _Double) -> None:
    double.answers = [(200, {"name": OPERATION})]
    with pytest.raises(DeadlineExceeded, match=r"operations/1 is not done after 0\.2 s"):
        BankClient(double.url).wait(OPERATION, deadline=0.2)


def test_what_a_bank_refuses_is_raised_as_it_says(double: _Double) -> None:
    violation = {"field": "scope", "description": "must not be empty"}
    error = {"code": 400, "status": "INVALID_ARGUMENT", "message": "scope: must not be empty"}
    told = _refused(double, 400, {"error": {**error, "details": [{"fieldViolations": [violation]}]}})
    assert isinstance(told, InvalidArgument)
    assert told.message == "scope: must not be empty"
    assert told.violations == (Violation(**violation),)


@pytest.mark.parametrize(
    ("status", "body", "kind", "says"),
    [
        (401, b"<html>", Unauthenticated, "401: it asks for a token"),
        (403, b"<html>", PermissionDenied, "403: the caller is not allowed"),
        (404, b"<html>", NotFound, "is the URL right"),
        (404, {"error": "unknown page"}, NotFound, "is the URL right"),
        (503, b"", Unavailable, "503"),
        (302, b"", FailedPrecondition, "is not a memory bank: it answered 302"),
        (200, b"<html>", FailedPrecondition, "is not a memory bank: its answer is not JSON"),
        (200, [1], FailedPrecondition, "is not a JSON object"),
        (400, {"error": {"status": "OUT_OF_RANGE", "message": "too far"}}, MemoryBankError, "too far"),
        (400, {"error": {"message": "odd", "details": ["x", {"fieldViolations": [1]}]}}, MemoryBankError, "odd"),
    ],
)
def test_what_no_bank_says_is_told_by_its_status(
    double: _Double, status: int, body: Any, kind: type[MemoryBankError], says: str
) -> None:
    told = _refused(double, status, body)
    assert type(told) is kind
    assert says in told.message


def test_a_server_that_hangs_is_told_with_the_method_and_the_time() -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:
        bank = BankClient(f"http://127.0.0.1:{silent.getsockname()[1]}", timeout=0.1)
        with pytest.raises(DeadlineExceeded, match=r"did not answer GET /health within 0\.1 s"):
            bank.call("GET", "/health")


def test_a_server_that_speaks_no_tls_is_told_with_its_plain_address(double: _Double) -> None:
    with pytest.raises(Unavailable, match=f"does not speak TLS.*is it served at {double.url}"):
        BankClient(double.url.replace("http", "https"), token="t").call("GET", "/health")


def test_a_server_that_speaks_no_http_is_told_so() -> None:
    def hang_up(listening: socket.socket) -> None:
        listening.accept()[0].close()

    with socket.create_server(("127.0.0.1", 0)) as listening:
        thread = Thread(target=hang_up, args=(listening,))
        thread.start()
        with pytest.raises(Unavailable, match="closed the connection"):
            BankClient(f"http://127.0.0.1:{listening.getsockname()[1]}").call("GET", "/health")
        thread.join()


def test_a_dead_port_of_this_machine_is_told_with_how_to_start_a_bank() -> None:
    with pytest.raises(Unavailable, match=r"Nothing listens on http://127\.0\.0\.1:9: .*memorybank serve --port 9"):
        BankClient("http://127.0.0.1:9").call("GET", "/health")


@pytest.mark.parametrize(
    ("url", "error", "says"),
    [
        ("http://127.0.0.1:8080", ConnectionRefusedError(), "`make serve` or `memorybank serve`"),
        ("http://bank:8080", ConnectionRefusedError(), "listens on an address that other machines can reach"),
        ("http://bank", socket.gaierror(-2, "Name or service not known"), "check the spelling of bank"),
        ("http://10.0.0.1", TimeoutError(), "did not answer within 2 s"),
        ("http://10.0.0.1", OSError(113, "No route to host"), "No route to host"),
        ("https://bank", ssl.SSLCertVerificationError(1, "certificate verify failed"), "is not trusted"),
    ],
)
def test_each_way_not_to_be_reached_has_its_remedy(url: str, error: OSError, says: str) -> None:
    if isinstance(error, ssl.SSLCertVerificationError):
        error.verify_message = "self-signed certificate"
    told = unreachable(url, error, seconds=2.0).message
    assert url in told
    assert says in told


@pytest.fixture
def proxy(double: _Double, monkeypatch: pytest.MonkeyPatch) -> _Double:
    """Have the environment name the double as the proxy, whose owner asks for a password."""
    for name in ("http_proxy", "https_proxy", "no_proxy", "HTTP_PROXY", "HTTPS_PROXY", "NO_PROXY"):
        monkeypatch.delenv(name, raising=False)
    for name in ("HTTP_PROXY", "HTTPS_PROXY"):
        monkeypatch.setenv(name, f"http://ada:s%3Acret@127.0.0.1:{double.server_port}")
    monkeypatch.setenv("NO_PROXY", "direct.invalid")
    return double


def test_an_encrypted_address_is_called_through_a_tunnel_of_the_proxy(proxy: _Double) -> None:
    proxy.answers = [(403, b"")]
    with pytest.raises(Unavailable, match=r"through the proxy 127\.0\.0\.1:\d+: .*403.*HTTPS_PROXY"):
        BankClient("https://bank.invalid", token="mine").call("GET", "/health")
    [(method, path, _, headers)] = proxy.asked
    assert (method, path) == ("CONNECT", "bank.invalid:443")
    assert headers["Proxy-Authorization"] == "Basic YWRhOnM6Y3JldA=="
    assert "Authorization" not in headers, "the bank's token is not the proxy's"


def test_a_plain_address_is_asked_of_the_proxy_by_its_whole_url(proxy: _Double) -> None:
    BankClient("http://bank.invalid:81/a").call("GET", "/health")
    [(_, path, _, headers)] = proxy.asked
    assert path == "http://bank.invalid:81/a/health"
    assert "Proxy-Authorization" in headers


def test_neither_this_machine_nor_what_the_environment_excepts_is_called_through_a_proxy(proxy: _Double) -> None:
    BankClient(proxy.url).call("GET", "/health")
    [(_, path, *_)] = proxy.asked
    assert path == "/health"
    with pytest.raises(Unavailable, match="The host name of"):
        BankClient("http://direct.invalid").call("GET", "/health")


def test_an_engine_is_looked_for_in_its_place_and_then_everywhere(double: _Double) -> None:
    missing = (404, {"error": {"status": "NOT_FOUND", "message": "engine 77 does not exist"}})
    other = {"name": "projects/p/locations/l/reasoningEngines/177"}
    bank = BankClient(double.url)

    def found(*answers: tuple[int, Any], name: str = "77") -> str:
        double.answers = list(answers)
        return bank.find_engine(name, project="local", location="l").name

    assert found((200, {})) == "projects/local/locations/l/reasoningEngines/77"
    assert found(missing, (200, {"reasoningEngines": [other, {"name": ENGINE}]})) == ENGINE
    with pytest.raises(NotFound, match="has no engine 77"):
        found(missing, (200, {"reasoningEngines": [other]}))
    twins = [{"name": ENGINE}, {"name": ENGINE.replace("projects/p", "projects/q")}]
    with pytest.raises(InvalidArgument, match=r"projects/p/.*projects/q/"):
        found(missing, (200, {"reasoningEngines": twins}))
    with pytest.raises(NotFound, match="engine 77 does not exist"):
        found(missing, (400, {"error": {"status": "INVALID_ARGUMENT", "message": "project: must have letters"}}))
    with pytest.raises(NotFound, match="engine 77 does not exist"):
        found(missing, name=ENGINE)


def test_a_wrong_setting_is_named_as_the_person_wrote_it() -> None:
    environment = {"MEMORYBANK_URL": "bank.example.app", "MEMORYBANK_ENGINE": "a/b"}
    with pytest.raises(InvalidArgument) as told:
        read_client_settings(environment, prefix="--", engine="c/d")
    assert [each.field for each in told.value.violations] == ["MEMORYBANK_URL", "--engine"]
    assert "write https://bank.example.app" in told.value.message
    with pytest.raises(InvalidArgument, match=r"MEMORYBANK_URL: is not set: it must be a URL.*, or give --url"):
        read_client_settings({}, prefix="--", engine="1")


@pytest.mark.parametrize(
    ("host", "expected"),
    [("localhost", True), ("a.localhost", True), ("[::1]", True), ("127.8.8.8", True), ("localhost.a.b", False)],
)
def test_this_machine_is_told_from_others(host: str, expected: bool) -> None:  # noqa: FBT001 - a table of cases
    assert is_this_machine(host) is expected


def test_who_has_no_id_token_is_told_where_one_comes_from(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("GOOGLE_APPLICATION_CREDENTIALS", raising=False)
    monkeypatch.setattr("memorybank.client.credentials._METADATA_HOST", "127.0.0.1:9")
    with pytest.raises(Unauthenticated, match=r"no ID token for https://bank\.example\.app.*pass a token yourself"):
        bearer_for("https://bank.example.app/path")()
