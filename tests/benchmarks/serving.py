"""Servers in processes of their own, as users run them, and Google's client for them."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import agentplatform
from google.oauth2.credentials import Credentials

from memorybank.resources.names import EngineName

PROJECT, LOCATION = "bench", "us-central1"
ENGINE = EngineName(PROJECT, LOCATION, "1")

_COMMAND = "import sys; from memorybank.commands.main import main; sys.exit(main())"
_BARE = str(Path(__file__).with_name("bare_server.py"))
_URL = re.compile(r"http://[\w.]+:\d+")


@dataclass(frozen=True)
class Server:
    """A server that runs: where it answers, and its process."""

    url: str
    process: int

    def processes(self) -> list[int]:
        """Return the ids of the process and of those that it has started."""
        lists = Path(f"/proc/{self.process}/task").glob("*/children")
        return [self.process, *(int(each) for found in lists for each in found.read_text(encoding="ascii").split())]

    def cpu(self) -> float:
        """Return the seconds of CPU that all of them have taken."""
        spent = 0
        for process in self.processes():
            fields = Path(f"/proc/{process}/stat").read_text(encoding="ascii").rpartition(")")[2].split()
            spent += int(fields[11]) + int(fields[12])
        return spent / os.sysconf("SC_CLK_TCK")


@contextmanager
def bank(data: Path, *, workers: int = 1) -> Iterator[Server]:
    """Run `memorybank serve` on an SQLite file, with the embedder whose vectors `filling.py` writes.

    With another one, a server would re-embed the 100,000 memories that it finds while it is measured.
    """
    options = ("--port", "0", "--data", str(data), "--workers", str(workers))
    with _running(sys.executable, "-c", _COMMAND, "serve", *options, MEMORYBANK_EMBEDDINGS="offline") as server:
        yield server


@contextmanager
def constant(get: bytes, post: bytes, *, committing: Path | None = None) -> Iterator[Server]:
    """Run a server that answers every GET with the one body and every POST with the other.

    Before the latter it commits what a data file has of one create, if that is given.
    """
    file = () if committing is None else (str(committing),)
    with _running(sys.executable, _BARE, get, post, *file) as server:
        yield server


@contextmanager
def reading(data: Path) -> Iterator[Server]:
    """Run a server that answers with what it reads from a bank's data file, and does no more than that needs."""
    with _running(sys.executable, _BARE, str(data)) as server:
        yield server


def client(server: Server) -> Any:
    """Return a client of Google's SDK for a server; hold it while its parts are used."""
    return agentplatform.Client(
        project=PROJECT,
        location=LOCATION,
        credentials=Credentials(token="any"),
        http_options={"base_url": server.url},
    )


@contextmanager
def _running(*command: str | bytes, **environment: str) -> Iterator[Server]:
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env={**os.environ, **environment}) as process:
        try:
            yield Server(_url(process), process.pid)
        finally:
            process.terminate()
            process.communicate()  # so that its last words do not meet a closed pipe


def _url(process: subprocess.Popen[str]) -> str:
    lines = process.stdout or ()
    for line in lines:
        if found := _URL.search(line):
            return found[0]
    raise RuntimeError("a server ended before it said where it answers")
