"""Every folder of functions/ is served by functions-framework as it is deployed, and serves its own routes only."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx
import pytest

from memorybank.bootstrap import FUNCTIONS

FOLDER = Path(__file__).parents[2] / "functions"
LOCATION = "/v1beta1/projects/p/locations/l"


@contextmanager
def _served(name: str, data: Path) -> Iterator[httpx.Client]:
    """Serve one function in a process of its own until the block ends; it must then stop by itself."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    command = [str(Path(sys.executable).with_name("functions-framework")), "--host=127.0.0.1", f"--port={port}"]
    command += [f"--target={name}", f"--source={FOLDER / name / 'main.py'}"]
    environment = {**os.environ, "MEMORYBANK_DATA": str(data)}
    process = subprocess.Popen(command, env=environment, stderr=subprocess.DEVNULL, stdout=subprocess.DEVNULL)
    try:
        with httpx.Client(base_url=f"http://127.0.0.1:{port}", timeout=30) as http:
            _await(http)
            yield http
    finally:
        process.send_signal(signal.SIGTERM)
        assert process.wait(timeout=30) == 0


def _await(http: httpx.Client) -> None:
    deadline = time.monotonic() + 30
    while True:
        try:
            assert http.get("/health").json() == {"status": "ok"}
        except httpx.TransportError:
            assert time.monotonic() < deadline, "the function did not come up"
            time.sleep(0.05)
        else:
            return


def test_every_function_has_a_folder_and_every_folder_is_a_function() -> None:
    assert sorted(path.parent.name for path in FOLDER.glob("*/main.py")) == sorted(FUNCTIONS)


@pytest.mark.parametrize("name", FUNCTIONS)
def test_a_function_has_no_logic_of_its_own(name: str) -> None:
    assert len((FOLDER / name / "main.py").read_text().splitlines()) < 15


def test_two_functions_on_one_store_work_together(tmp_path: Path) -> None:
    data = tmp_path / "bank.db"
    with _served("engines", data) as http:
        created = http.post(f"{LOCATION}/reasoningEngines", json={})
        assert created.status_code == 200, created.text
        engine = created.json()["response"]["name"]
        missing = http.post(f"/v1beta1/{engine}/memories", json={})
        assert missing.status_code == 404
        assert json.loads(missing.text)["error"]["status"] == "NOT_FOUND"
    with _served("memories", data) as http:
        memory = http.post(f"/v1beta1/{engine}/memories", json={"fact": "I like tea", "scope": {"user_id": "1"}})
        assert memory.json()["response"]["fact"] == "I like tea"
