"""Kills a served bank again and again while clients call it, and compares what was acknowledged with what is found.

    python -m tests.faults.kill_server --kills 200

Each client repeats a call whose answer was lost until it has one, as a careful client does. Prints a line per kind of
call: acknowledged, found, lost. The exit status is 1 if anything acknowledged is missing, doubled or wrong, or if an
operation ended with an error.
"""

from __future__ import annotations

import argparse
import http.client
import itertools
import json
import os
import random
import sys
import tempfile
import threading
import time
from collections import Counter
from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from memorybank.testing.forking import fork_process
from memorybank.testing.processes import free_ports
from tests.waiting import PATIENCE

_PROJECT = "projects/p/locations/us-central1"
_LOST = (OSError, http.client.HTTPException, ValueError)
"""What a client meets whose server is killed: no connection, half an answer, or none."""


@dataclass
class Ledger:
    """What clients were told."""

    facts: dict[str, str | None] = field(default_factory=dict)  # by memory name; None for one that was deleted
    events: dict[str, list[str]] = field(default_factory=dict)  # by session name
    learnt: dict[str, str] = field(default_factory=dict)  # user and what they said, generated or ingested
    operations: set[str] = field(default_factory=set)
    acknowledged: Counter[str] = field(default_factory=Counter)
    problems: list[str] = field(default_factory=list)


class Client:
    """Calls the bank on `port`, and repeats a call until it is answered."""

    def __init__(self, port: int, stopping: threading.Event) -> None:
        self._port, self._stopping = port, stopping

    def call(self, method: str, path: str, body: Any = None, *, fine: tuple[int, ...] = ()) -> dict[str, Any]:
        """Return the answer; a status of `fine` is as good as 200."""
        end = time.monotonic() + PATIENCE
        while True:
            try:
                status, answer = self._once(method, path, body)
            except _LOST:
                status, answer = 0, {}
            if status in (200, *fine):
                return answer
            if status not in (0, 500, 503) or time.monotonic() > end:
                raise AssertionError(f"{method} {path}: {status} {answer}")
            time.sleep(0.02)

    def _once(self, method: str, path: str, body: Any) -> tuple[int, dict[str, Any]]:
        with closing(http.client.HTTPConnection("127.0.0.1", self._port, timeout=PATIENCE)) as connection:
            target = path if path.startswith("/") else f"/v1beta1/{path}"
            connection.request(method, target, None if body is None else json.dumps(body))
            answer = connection.getresponse()
            found: dict[str, Any] = json.loads(answer.read())
            return answer.status, found


def said(text: str, identifier: str | None = None) -> dict[str, Any]:
    """Return an event of a user."""
    event: dict[str, Any] = {"content": {"role": "user", "parts": [{"text": text}]}}
    return event | ({"eventId": identifier} if identifier else {})


class Crowd:
    """Clients that create, change, delete, append, ingest and generate until they are told to stop."""

    def __init__(self, client: Client, engine: str, stopping: threading.Event) -> None:
        self.client, self.engine, self.stopping, self.ledger = client, engine, stopping, Ledger()
        kinds = (self._memories, self._sessions, self._ingests, self._generates)
        self.threads = [threading.Thread(target=self._live, args=(act, kind)) for kind, act in enumerate(kinds)]

    def _live(self, act: Callable[[str], None], kind: int) -> None:
        try:
            for number in itertools.count():
                if self.stopping.is_set():
                    return
                act(f"{kind}x{number}")
        except Exception as error:  # noqa: BLE001 - it is reported at the end
            self.ledger.problems.append(f"{act.__name__}: {error}")

    def _memories(self, key: str) -> None:
        name = f"{self.engine}/memories/m{key}"
        fact = f"Badge {key}"
        body = {"fact": fact, "scope": {"user_id": f"u{key}"}}
        self.client.call("POST", f"{self.engine}/memories?memoryId=m{key}", body, fine=(409,))
        self.ledger.facts[name] = fact
        self.ledger.acknowledged["created"] += 1
        if random.random() < 0.7:  # noqa: S311 - not a secret
            self.client.call("PATCH", f"{name}?updateMask=fact", {"fact": f"Badge {key} is blue"})
            self.ledger.facts[name] = f"Badge {key} is blue"
            self.ledger.acknowledged["updated"] += 1
        if random.random() < 0.4:  # noqa: S311 - as above
            self.client.call("DELETE", name, fine=(404,))
            self.ledger.facts[name] = None
            self.ledger.acknowledged["deleted"] += 1

    def _sessions(self, key: str) -> None:
        name = f"{self.engine}/sessions/s{key}"
        self.client.call("POST", f"{self.engine}/sessions?sessionId=s{key}", {"userId": f"u{key}"}, fine=(409,))
        self.ledger.events[name] = []
        for number in range(3):
            body = {"author": "user", "invocationId": str(number), "timestamp": "2031-01-02T03:04:05Z"}
            self.client.call("POST", f"{name}:appendEvent", body | said(f"line {number}"))
            self.ledger.events[name].append(f"line {number}")
            self.ledger.acknowledged["appended"] += 1

    def _ingests(self, key: str) -> None:
        rule = {"generationTriggerConfig": {"generationRule": {"eventCount": 2}}}
        for part in ("apples", "pears"):
            text = f"I like {part} of kind {key}."
            body = {"scope": {"user_id": f"u{key}"}, "directContentsSource": {"events": [said(text, f"{key}{part}")]}}
            self.client.call("POST", f"{self.engine}/memories:ingestEvents", body | rule)
            self.ledger.learnt[f"u{key} {part}"] = text
            self.ledger.acknowledged["ingested"] += 1

    def _generates(self, key: str) -> None:
        text = f"I like plums of kind {key}."
        body = {"scope": {"user_id": f"u{key}"}, "directContentsSource": {"events": [said(text)]}}
        answer = self.client.call("POST", f"{self.engine}/memories:generate", body)
        self.ledger.operations.add(answer["name"])
        self.ledger.learnt[f"u{key} plums"] = text
        self.ledger.acknowledged["generated"] += 1


def verify(client: Client, engine: str, ledger: Ledger) -> list[str]:
    """Wait until nothing works any more, and return what is not as clients were told."""
    found = [*ledger.problems, *_unfinished(client, engine, ledger)]
    memories = {memory["name"]: memory for memory in _all(client, f"{engine}/memories", "memories")}
    for name, fact in ledger.facts.items():
        if (memories.get(name) or {}).get("fact") != fact:
            found.append(f"{name} is {memories.get(name)}, told {fact}")
    facts = Counter((memory["scope"]["user_id"], memory["fact"].rstrip(".")) for memory in memories.values())
    for key, text in ledger.learnt.items():
        count = facts[key.partition(" ")[0], text.rstrip(".")]
        if count != 1:
            found.append(f"{text!r} is known {count} times")
    for session, lines in ledger.events.items():
        kept = [event["content"]["parts"][0]["text"] for event in _all(client, f"{session}/events", "sessionEvents")]
        if lines != kept:
            found.append(f"{session} has {kept}, told {lines}")
    return found


def _unfinished(client: Client, engine: str, ledger: Ledger) -> list[str]:
    """Wait until no operation runs, and return those that did not end well."""
    found: list[str] = []
    running = _operations(client, engine)
    end = time.monotonic() + PATIENCE
    while any(not operation.get("done") for operation in running.values()) and time.monotonic() < end:
        time.sleep(0.2)
        running = _operations(client, engine)
    for name, operation in running.items():
        if not operation.get("done"):
            found.append(f"{name} never ended")
        elif "error" in operation:
            found.append(f"{name} ended with {operation['error']}")
    return found + [f"{name} is gone" for name in ledger.operations - running.keys()]


def _operations(client: Client, engine: str) -> dict[str, dict[str, Any]]:
    return {operation["name"]: operation for operation in _all(client, f"{engine}/operations", "operations")}


def _all(client: Client, path: str, field_name: str) -> list[dict[str, Any]]:
    items: list[dict[str, Any]] = []
    token = ""
    while True:
        answer = client.call("GET", f"{path}?pageSize=100" + (f"&pageToken={token}" if token else ""))
        items += answer.get(field_name, [])
        token = answer.get("nextPageToken", "")
        if not token:
            return items


def run(kills: int, *, say: Callable[[str], object], longest: float = 2.0) -> list[str]:
    """Kill a bank so often, between moments and `longest` seconds after it began to answer; return what went wrong."""
    with tempfile.TemporaryDirectory() as folder:
        [port], stopping = free_ports(1), threading.Event()
        client = Client(port, stopping)
        data = ["--data", str(Path(folder) / "bank.db"), "--port", str(port)]
        command: list[str | Path] = [Path(sys.executable).with_name("memorybank"), "serve", *data]
        environment = {**os.environ, "MEMORYBANK_MODELS": "offline", "MEMORYBANK_LOG_LEVEL": "ERROR"}
        crowd: Crowd | None = None
        with (Path(folder) / "log").open("w") as log:
            for number in range(kills + 1):
                with fork_process(command, env=environment, stdout=log, stderr=log):
                    client.call("GET", "/health")
                    if crowd is None:
                        engine = client.call("POST", f"{_PROJECT}/reasoningEngines", {})["response"]["name"]
                        crowd = Crowd(client, engine, stopping)
                        for thread in crowd.threads:
                            thread.start()
                    if number < kills:
                        time.sleep(random.uniform(0.05, longest))  # noqa: S311 - not a secret
                        continue
                    stopping.set()
                    for thread in crowd.threads:
                        thread.join()
                    wrong = verify(client, engine, crowd.ledger)
    assert crowd is not None
    told = ", ".join(f"{count} {kind}" for kind, count in sorted(crowd.ledger.acknowledged.items()))
    say(f"{kills} kills; acknowledged: {told}; wrong: {len(wrong)}")
    return wrong


def main() -> int:
    """Run as a program."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--kills", type=int, default=200)
    wrong = run(parser.parse_args().kills, say=lambda text: sys.stdout.write(f"{text}\n"))
    for each in wrong[:50]:
        sys.stdout.write(f"{each}\n")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
