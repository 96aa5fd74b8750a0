"""`memorybank stack`, as a person runs it: the deployed shape on this machine, stopped by Ctrl-C."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
from contextlib import closing
from pathlib import Path
from uuid import uuid4

import httpx

from memorybank.ports.documents import Query
from memorybank.storage.firestore import FirestoreStore
from memorybank.testing import emulator_state
from memorybank.testing.processes import start_process
from tests.conftest import LOCATION
from tests.waiting import PATIENCE, until

_MARK = "MARK_OF_THE_STACK"


def _marked(mark: str) -> list[Path]:
    """Return the processes that have the mark in their environment, which all inherit."""
    found = []
    for environment in Path("/proc").glob("[0-9]*/environ"):
        try:
            if f"{_MARK}={mark}".encode() in environment.read_bytes().split(b"\0"):
                found.append(environment.parent)
        except OSError:  # ended meanwhile, or somebody else's
            continue
    return found


def _greeting(process: subprocess.Popen[str]) -> str:
    """Return what the command says until it is ready."""
    said = ""
    assert process.stdout is not None
    for line in process.stdout:
        said += line
        if "Ctrl-C" in line:
            return said
    raise AssertionError(said)


def test_what_the_stack_learnt_is_there_after_ctrl_c_and_no_process_is(firestore_emulator: str, tmp_path: Path) -> None:
    mark, data, project = uuid4().hex, tmp_path / "kept", f"p-{uuid4().hex[:12]}"
    command = Path(sys.executable).with_name("memorybank")
    with start_process(
        [command, "stack", "--port", "0", "--data", data, "--project", project],
        env={**os.environ, _MARK: mark},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
    ) as process:
        said = _greeting(process)
        assert len(_marked(mark)) >= 14, "this, a guard, an emulator, ten functions and a router"
        [url], [token] = set(re.findall(r"http://127\.0\.0\.1:\d+", said)), re.findall(r"TOKEN=(\S+)", said)
        headers = {"Authorization": f"Bearer {token}"}
        with httpx.Client(base_url=f"{url}/v1beta1/", headers=headers, timeout=PATIENCE) as http:
            _converse(http, f"projects/{project}/locations/{LOCATION}")
        process.send_signal(signal.SIGINT)
        assert process.stdout is not None
        assert process.stdout.read().endswith(f"Stopped. The memories are kept in {data}.\n")
        assert process.wait(PATIENCE) == 0
    assert _marked(mark) == []
    assert emulator_state.load(firestore_emulator, project, folder=data)
    with closing(FirestoreStore(project)) as store:
        [engine] = store.query(Query("engines"))
        assert [memory.data["fact"] for memory in store.query(Query(f"{engine.path}/memories"))] == ["I live in Paris"]


def _converse(http: httpx.Client, parent: str) -> None:
    engine = http.post(f"{parent}/reasoningEngines", json={}).json()["response"]["name"]
    event = {"content": {"role": "user", "parts": [{"text": "I live in Paris."}]}}
    body = {"scope": {"user_id": "ada"}, "directContentsSource": {"events": [event]}}
    operation = http.post(f"{engine}/memories:generate", json=body).json()["name"]
    until(lambda: http.get(operation).json().get("done"))
    [found] = http.post(f"{engine}/memories:retrieve", json={"scope": {"user_id": "ada"}}).json()["retrievedMemories"]
    assert found["memory"]["fact"] == "I live in Paris"
