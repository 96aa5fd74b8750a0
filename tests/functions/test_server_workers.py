"""`memorybank serve --workers`: several processes serve one file on one port, as one server."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import NamedTuple

import httpx
import pytest

from memorybank.commands.main import main
from memorybank.local.workers import Workers
from memorybank.testing.processes import start_process, stop_process
from tests.waiting import PATIENCE, until

ENGINES = "/v1beta1/projects/local/locations/us-central1/reasoningEngines"
_SCOPE = {"user_id": "ada"}


class _Running(NamedTuple):
    url: str
    process: subprocess.Popen[str]


@contextmanager
def _serving(data: Path, workers: int) -> Iterator[_Running]:
    asked = ["serve", "--port=0", f"--data={data}", f"--workers={workers}"]
    environment = {**os.environ, "MEMORYBANK_MODELS": "offline"}
    with (
        (data.parent / "log").open("w") as log,
        start_process(
            [sys.executable, "-m", "memorybank", *asked], env=environment, stdout=subprocess.PIPE, stderr=log
        ) as process,
    ):
        assert process.stdout is not None
        greeting = next(line for line in process.stdout if "serving at" in line)
        yield _Running(greeting.partition("serving at ")[2].split()[0], process)


def _workers_of(running: _Running) -> list[int]:
    """Return the processes that have opened the bank beside the first one."""
    # A child is listed by the thread that started it.
    lists = Path(f"/proc/{running.process.pid}/task").glob("*/children")
    found = " ".join(each.read_text(encoding="ascii") for each in lists).split()
    return [int(each) for each in found if _has_opened(int(each))]


def _has_opened(pid: int) -> bool:
    with suppress(OSError):  # it has just ended, or closed a file
        return any(file.readlink().suffix == ".db" for file in Path(f"/proc/{pid}/fd").iterdir())
    return False


def _is_there(pid: int) -> bool:
    return Path(f"/proc/{pid}").exists()


def test_several_processes_serve_one_file_and_are_watched(tmp_path: Path) -> None:
    with _serving(tmp_path / "bank.db", 2) as running, httpx.Client(base_url=running.url, timeout=PATIENCE) as http:
        until(lambda: len(_workers_of(running)) == 1)
        engine = http.post(ENGINES, json={}).json()["response"]["name"]

        def remember(number: int) -> int:
            events = [{"content": {"role": "user", "parts": [{"text": f"My lucky number is {number}."}]}}]
            body = {"scope": {"user_id": f"u{number}"}, "directContentsSource": {"events": events}}
            # A connection of its own, which any process may accept.
            return httpx.post(
                f"{running.url}/v1beta1/{engine}/memories:generate", json=body, timeout=PATIENCE
            ).status_code

        with ThreadPoolExecutor(8) as pool:
            assert set(pool.map(remember, range(24))) == {200}
        until(lambda: len(http.get(f"/v1beta1/{engine}/memories?pageSize=100").json().get("memories", [])) == 24)

        [first] = _workers_of(running)
        os.kill(first, signal.SIGKILL)
        until(lambda: any(pid != first for pid in _workers_of(running)))
        for _ in range(10):
            assert httpx.get(f"{running.url}/health", timeout=PATIENCE).status_code == 200

        [second] = _workers_of(running)
        assert stop_process(running.process) == 0
        assert not _is_there(second), "it stops before the first one"


def test_a_worker_stops_when_its_parent_is_gone_and_not_on_ctrl_c() -> None:
    program = """if True:
        import os, signal, time
        from memorybank.local.workers import obey_parent
        signal.signal(signal.SIGTERM, lambda *_: os._exit(7))
        print(obey_parent(), flush=True)
        os.kill(os.getpid(), signal.SIGINT)
        while True:
            time.sleep(60)
    """
    with start_process([sys.executable, "-c", program], stdin=subprocess.PIPE, stdout=subprocess.PIPE) as process:
        assert process.stdin is not None
        assert process.stdout is not None
        process.stdin.write("a secret\n")
        process.stdin.flush()
        assert process.stdout.readline() == "a secret\n"
        process.stdin.close()
        assert process.wait(PATIENCE) == 7


def test_a_worker_that_cannot_be_started_is_tried_again(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    program, served = tmp_path / "program", tmp_path / "served"

    def install(script: str) -> None:
        fresh = tmp_path / "fresh"
        fresh.write_text(f"#!/bin/sh\n{script}\n", encoding="ascii")
        fresh.chmod(0o700)
        fresh.rename(program)

    install('rm "$0"')
    with socket.socket() as listening, Workers([str(program)], count=1, listening=listening, secret="s"):
        until(lambda: "could not be started" in caplog.text)
        install(f"cat >{served}")
        until(served.exists)


def test_a_bank_in_memory_is_served_by_one_process(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["serve", "--data=:memory:", "--workers=2"]) == 1
    assert "leave --workers" in capsys.readouterr().err


@pytest.mark.parametrize("workers", ["0", "many", "65"])
def test_a_wrong_number_of_workers_is_refused(workers: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["serve", f"--workers={workers}"]) == 1
    assert "MEMORYBANK_WORKERS" in capsys.readouterr().err
