"""The local server: whom it serves, and what the command says to those who start it wrongly."""

from __future__ import annotations

import os
import re
import signal
import socket
import sqlite3
import subprocess
import sys
import warnings
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from pathlib import Path
from urllib.parse import urlsplit

import grpc
import httpx
import pytest

from memorybank.commands.main import main
from memorybank.local.browser_guard import is_loopback
from memorybank.testing.forking import ForkedProcess, fork_process
from memorybank.testing.processes import run_program
from tests.conftest import Served
from tests.waiting import PATIENCE, until

COMMAND = str(Path(sys.executable).with_name("memorybank"))
ENGINES = "/v1beta1/projects/local/locations/us-central1/reasoningEngines"


def test_a_web_page_cannot_call_the_local_server(served: Served) -> None:
    with served.http() as http:
        answer = http.post(
            f"/v1beta1/{served.parent}/reasoningEngines", json={}, headers={"Origin": "https://evil.example"}
        )
        assert answer.status_code == 403
        assert answer.json()["error"]["status"] == "PERMISSION_DENIED"
        assert http.get(f"/v1beta1/{served.parent}/reasoningEngines").json() == {}


def test_a_host_name_that_was_made_to_point_here_is_refused(served: Served) -> None:
    with served.http() as http:
        answer = http.get("/health", headers={"Host": "rebound.example:8080"})
        assert answer.status_code == 403
        assert "127.0.0.1" in answer.json()["error"]["message"]
        assert http.get("/health", headers={"Host": "localhost"}).status_code == 200


@pytest.mark.parametrize(
    ("host", "expected"),
    [
        ("127.0.0.1", True),
        ("127.8.8.8", True),
        ("localhost", True),
        ("bank.localhost", True),
        ("::1", True),
        ("[::1]", True),
        ("0.0.0.0", False),  # noqa: S104 - the point of the test
        ("example.com", False),
        ("localhost.example.com", False),
        (f"{'a' * 300}.localhost", False),  # longer than a name can be
    ],
)
def test_loopback_is_told_from_other_hosts(host: str, expected: bool) -> None:  # noqa: FBT001 - a table of cases
    assert is_loopback(host) is expected


@contextmanager
def _serving(
    data: Path, *, line_with: str, options: Sequence[str] = (), **environment: str
) -> Iterator[tuple[str, str]]:
    """Run the command; give the URL that it serves and what it has said up to that line."""
    command = [COMMAND, "serve", "--port", "0", "--data", str(data), *options]
    with _running(command, **environment) as server:
        assert server.stdout is not None
        said = ""
        while line_with not in said:
            line = server.stdout.readline()
            assert line, f"the server stopped after {said}"
            said += line
        url = re.search(r"http://\S+?:\d+", said)
        assert url is not None
        yield url[0], said


@contextmanager
def _running(command: Sequence[str], **environment: str) -> Iterator[ForkedProcess]:
    """Run the command for the length of a block, and stop it, as a person does."""
    with (
        Path(os.devnull).open("w") as nowhere,
        fork_process(command, stdout=subprocess.PIPE, stderr=nowhere, env={**os.environ, **environment}) as process,
    ):
        yield process
        process.send_signal(signal.SIGTERM)
        assert process.wait(PATIENCE) == 0


def test_the_printed_snippet_runs_as_it_is(tmp_path: Path) -> None:
    with _serving(tmp_path / "bank.db", line_with="Ctrl-C") as (url, said):
        snippet = "\n".join(line.strip() for line in said.splitlines() if line.startswith("    "))
        with warnings.catch_warnings():
            warnings.simplefilter("error", FutureWarning)
            exec(snippet, {"__name__": "__main__"})  # noqa: S102 - in this process, which has imported Google's SDK
        [engine] = httpx.get(url + ENGINES, timeout=PATIENCE).json()["reasoningEngines"]
        [memory] = httpx.get(f"{url}/v1beta1/{engine['name']}/memories", timeout=PATIENCE).json()["memories"]
        assert memory["fact"] == "I like tea"


def test_the_console_is_served_at_the_root_and_may_be_switched_off(tmp_path: Path) -> None:
    with _serving(tmp_path / "bank.db", line_with="Ctrl-C") as (url, said):
        assert f"To see what it remembers, and why: {url}/" in said
        page = httpx.get(f"{url}/", headers={"Origin": url}, timeout=PATIENCE)
        assert page.headers["Content-Type"].startswith("text/html")
        assert httpx.get(f"{url}/", headers={"Origin": "http://evil.example"}, timeout=PATIENCE).status_code == 403
        _console_of_another_process(url)
    with _serving(tmp_path / "bank.db", line_with="Ctrl-C", options=["--no-console"]) as (url, said):
        assert "To see what" not in said
        for path in ("/", "/console", "/console/static/console.css"):
            assert httpx.get(url + path, timeout=PATIENCE).json()["error"]["status"] == "NOT_FOUND"


def _console_of_another_process(url: str) -> None:
    """Look at a bank through `memorybank console`."""
    engine = httpx.post(url + ENGINES, json={"displayName": "Elsewhere"}, timeout=PATIENCE).json()["response"]["name"]
    command = [COMMAND, "console", "--url", url, "--engine", engine.rpartition("/")[2], "--port", "0"]
    with _running(command) as process:
        assert process.stdout is not None
        found = re.search(r"is at (http://\S+)", process.stdout.readline())
        assert found is not None
        page = httpx.get(found[1], timeout=PATIENCE)
        assert "Elsewhere" in page.text
        assert 'data-every="700"' in page.text
        assert httpx.get(found[1], headers={"Host": "rebound.example"}, timeout=PATIENCE).status_code == 403


def test_a_bank_that_is_served_with_another_embedding_model_finds_what_it_knew(tmp_path: Path) -> None:
    data, scope = tmp_path / "bank.db", {"user_id": "1"}
    with _serving(data, line_with="Ctrl-C", MEMORYBANK_EMBEDDING_DIMENSIONS="64") as (url, said):
        assert "being re-embedded" not in said
        engine = f"{url}/v1beta1/{httpx.post(url + ENGINES, json={}, timeout=PATIENCE).json()['response']['name']}"
        httpx.post(
            f"{engine}/memories", json={"fact": "I like tea", "scope": scope}, timeout=PATIENCE
        ).raise_for_status()
    with _serving(data, line_with="being re-embedded") as (url, _):
        asked = {"scope": scope, "similaritySearchParams": {"searchQuery": "tea"}}
        search = f"{url}/v1beta1/{urlsplit(engine).path.removeprefix('/v1beta1/')}/memories:retrieve"
        [hit] = until(lambda: httpx.post(search, json=asked, timeout=PATIENCE).json().get("retrievedMemories"))
        assert hit["memory"]["fact"] == "I like tea"


@pytest.mark.parametrize(
    ("environment", "said"),
    [
        ({}, "Its offline model is a set of rules"),
        ({"MEMORYBANK_MODELS": "auto", "GEMINI_API_KEY": "k"}, "Its models are Gemini's, by an API key"),
        (
            {"MEMORYBANK_MODELS": "gemini", "MEMORYBANK_PROJECT": "p", "GOOGLE_GENAI_USE_VERTEXAI": "1"},
            "Its models are Gemini's on Vertex AI",
        ),
    ],
    ids=["offline", "key", "project"],
)
def test_who_serves_is_told_whose_models_are_used(tmp_path: Path, environment: dict[str, str], said: str) -> None:
    with _serving(tmp_path / "bank.db", line_with="Ctrl-C", **environment) as (_, greeting):
        assert said in greeting


def test_a_taken_port_is_named_with_a_way_out(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        assert main(["serve", "--port", str(port), "--data", str(tmp_path / "bank.db")]) == 1
    said = capsys.readouterr().out
    assert str(port) in said
    assert "--port" in said


def test_grpc_is_served_beside_http_and_stops_with_it(tmp_path: Path) -> None:
    with _serving(tmp_path / "bank.db", line_with="Ctrl-C", options=["--grpc-port", "0"]) as (url, said):
        address = re.search(r"gRPC at (127\.0\.0\.1:\d+)", said)
        assert address is not None
        engine = httpx.post(url + ENGINES, json={}, timeout=PATIENCE).json()["response"]["name"]
        with grpc.insecure_channel(address[1]) as channel:
            service = "/google.cloud.aiplatform.v1beta1.ReasoningEngineService"
            get = channel.unary_unary(f"{service}/GetReasoningEngine")
            assert engine.encode() in get(b"\x0a" + bytes([len(engine)]) + engine.encode(), timeout=PATIENCE)


def test_a_taken_grpc_port_is_named_with_a_way_out(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        address = f"127.0.0.1:{taken.getsockname()[1]}"
        asked = ["serve", "--port=0", f"--grpc-port={address.rpartition(':')[2]}", f"--data={tmp_path / 'bank.db'}"]
        assert main(asked) == 1
    said = capsys.readouterr().out
    assert address in said
    assert "--grpc-port" in said


def test_grpc_without_its_extra_names_the_extra(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setitem(sys.modules, "grpc_status", None)
    with pytest.raises(SystemExit):
        main(["serve", "--grpc-port=0"])
    assert capsys.readouterr().out == "memorybank: grpc_status is not installed: pip install 'open-memory-bank[sdk]'\n"


def test_who_serves_http_alone_does_not_wait_for_grpc(tmp_path: Path) -> None:
    program = "import sys; from memorybank.commands.main import main; main(sys.argv[1:]); print(*sys.modules)"
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        serve = ["serve", f"--port={taken.getsockname()[1]}", f"--data={tmp_path / 'bank.db'}"]
        modules = set(run_program([sys.executable, "-c", program, *serve]).stdout.split())
    assert "memorybank.local.server" in modules
    assert not modules & {"grpc", "google.protobuf", "google.api_core", "memorybank.local.grpc"}


@pytest.mark.parametrize("data", ["no/such/folder/bank.db", "."])
def test_a_data_file_that_cannot_be_opened_is_named(
    data: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["serve", "--port", "0", "--data", str(tmp_path / data)]) == 1
    assert str(tmp_path) in capsys.readouterr().err


def test_a_folder_that_cannot_be_written_is_told_with_what_is_needed(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["serve", "--port", "0", "--data", "/proc/bank.db"]) == 1
    [said] = capsys.readouterr().err.splitlines()
    assert "/proc/bank.db cannot be opened: this user must be allowed to read and write it and its directory" in said


def test_a_file_that_a_newer_version_wrote_is_told_in_one_sentence(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "bank.db"
    with closing(sqlite3.connect(path)) as database:
        database.execute("PRAGMA user_version = 9999")
    assert main(["serve", "--port", "0", "--data", str(path)]) == 1
    [said] = capsys.readouterr().err.splitlines()
    assert f"{path} was written by a newer version of this program (schema 9999)" in said


def test_the_address_is_taken_from_the_environment_unless_it_is_given(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = str(taken.getsockname()[1])
        monkeypatch.setenv("MEMORYBANK_HOST", "127.0.0.1")
        monkeypatch.setenv("MEMORYBANK_PORT", port)
        assert main(["serve", "--data", str(tmp_path / "bank.db")]) == 1
    assert f"cannot listen on 127.0.0.1:{port}" in capsys.readouterr().out
    monkeypatch.setenv("MEMORYBANK_PORT", "many")
    assert main(["serve", "--data", str(tmp_path / "bank.db")]) == 1
    assert "MEMORYBANK_PORT: must be a number from 0 to 65535" in capsys.readouterr().err


def test_a_file_that_is_no_database_is_named(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "letter.txt"
    path.write_text("Dear reader, " * 100)
    assert main(["serve", "--port", "0", "--data", str(path)]) == 1
    assert "letter.txt" in capsys.readouterr().err


def test_an_unknown_setting_is_an_error_that_names_the_nearest_known_ones(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("MEMORYBANK_DATTA", "x")
    assert main(["serve"]) == 1
    said = capsys.readouterr().err
    assert "MEMORYBANK_DATTA" in said
    assert "MEMORYBANK_DATA" in said


@pytest.mark.parametrize("port", ["99999", "-1", "http"])
def test_a_wrong_port_is_refused_with_the_right_range(port: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        main(["serve", f"--port={port}"])
    assert "65535" in capsys.readouterr().err


@pytest.mark.encoder
def test_the_demo_tells_its_story_to_the_end(capfd: pytest.CaptureFixture[str]) -> None:
    assert main(["demo"]) == 0
    said = capfd.readouterr()
    for step in ("CREATED  I live in Paris", "UPDATED  I moved to Lyon", "DELETED", "Roll back"):
        assert step in said.out
    assert said.err == ""


def test_the_package_runs_as_a_module() -> None:
    ran = subprocess.run([sys.executable, "-m", "memorybank", "--help"], check=False, capture_output=True, text=True)
    assert ran.returncode == 0, ran.stderr
    assert "usage: memorybank" in ran.stdout
