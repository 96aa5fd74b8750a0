"""Requests of every kind to a served bank: each is answered in the shape of the API, and the bank goes on.

python -m tests.attack.fuzzer --requests 20000 --seed 7
"""

from __future__ import annotations

import argparse
import json
import re
import sys
import time
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from http.client import HTTPConnection, HTTPException
from random import Random
from typing import Any
from urllib.parse import quote, urlsplit

from memorybank.config import Settings
from memorybank.handlers.rpcs import Rpc, all_rpcs
from memorybank.local.bank import Bank, embedded_adapters
from memorybank.local.server import LocalServer
from tests.attack.values import BODIES, NASTY, QUERIES, mutated
from tests.waiting import PATIENCE

PARENT = "projects/p/locations/l"
METHODS = ["GET", "POST", "PATCH", "DELETE", "PUT", "HEAD", "OPTIONS", "TRACE", "QUERY"]
_SHAPE = {"code", "message", "status", "details"}
_DECLARED = {501: "UNIMPLEMENTED", 503: "UNAVAILABLE"}
"""Answers from 500 on that a request may have; anything else is a defect."""

_HEALTH_EVERY = 250


@dataclass(frozen=True)
class Sent:
    """One request as it goes over the wire."""

    method: str
    target: str
    body: bytes
    headers: dict[str, str]


@dataclass
class Report:
    """What came of the requests; `findings` are those that were answered wrongly, or not at all."""

    requests: int = 0
    statuses: Counter[int] = field(default_factory=Counter)
    findings: list[str] = field(default_factory=list)


class Fuzzer:
    """Makes requests out of the table of methods, from right to absurd; the same ones for the same seed."""

    def __init__(self, seed: int) -> None:
        self._chance = Random(seed)  # noqa: S311 - a seed, so that it can be repeated
        self._rpcs = [rpc for rpc in all_rpcs() if rpc.public]
        self._known: list[str] = ["1"]

    def learn(self, body: Any) -> None:
        """Remember the names of an answer, so that later requests are about what exists."""
        found = re.findall(r'"name": ?"[^"]*/([^"/]+)"', json.dumps(body))
        self._known = [*found[:20], *self._known][:200]

    def request(self, engine: str) -> Sent:
        """Return the next request."""
        chance = self._chance
        rpc = chance.choice(self._rpcs)
        method = rpc.method if chance.random() < 0.9 else chance.choice(METHODS)
        path = re.sub(r"\{(\w+)\}", lambda found: self._segment(found[1], engine), rpc.template)
        prefix = chance.choice(["/v1beta1", "/v1"]) + (f"/{PARENT}" if chance.random() < 0.95 else "")
        if chance.random() < 0.05:
            spoilt = (f"{path}/", f"/{path}", f"{path}:", f"{path}:x", path.upper(), path[: len(path) // 2])
            path = chance.choice(spoilt)
        target = f"{prefix}/{path}"
        query = self._query(rpc)
        body, headers = self._body(rpc) if method != "GET" or chance.random() < 0.05 else (b"", {})
        return Sent(method, f"{target}?{query}" if query else target, body, headers)

    def _segment(self, variable: str, engine: str) -> str:
        if variable == "engine":
            return engine if self._chance.random() < 0.95 else self._nasty()
        return self._chance.choice(self._known) if self._chance.random() < 0.8 else self._nasty()

    def _nasty(self) -> str:
        text = str(self._chance.choice(NASTY))[:300]
        return quote(text, safe=self._chance.choice(["", ":", "/", "%"]), errors="replace")

    def _query(self, rpc: Rpc) -> str:
        chance = self._chance
        pairs = [(name, chance.choice(QUERIES.get(name, NASTY))) for name in rpc.query or () if chance.random() < 0.4]
        if rpc.name == "WaitOperation":
            pairs = [("timeout", "0s")]  # a run must not wait for what nobody finishes
        elif chance.random() < 0.1:
            pairs.append((chance.choice([*QUERIES, "alt", "$.xgafv", "x"]), chance.choice(NASTY)))
        return "&".join(f"{quote(str(key))}={quote(str(value)[:3000], errors='replace')}" for key, value in pairs)

    def _body(self, rpc: Rpc) -> tuple[bytes, dict[str, str]]:
        chance = self._chance
        body = mutated(chance.choice(BODIES.get(rpc.name, [{}])), chance)
        text = json.dumps(body).encode()
        headers = {"Content-Type": "application/json"}
        if chance.random() < 0.05:
            cut = chance.randrange(len(text) + 1)
            split = text[:cut] + b"\xff" + text[cut:]
            text = chance.choice([text[:cut], text + text, split, b"[" * 5000, b"\x1f\x8b" + text])
        if chance.random() < 0.03:
            headers |= chance.choice(
                [{"Content-Encoding": "gzip"}, {"Content-Encoding": "br"}, {"Accept": "text/html"}]
            )
        return text, headers


def fuzz(url: str, *, requests: int, seed: int) -> Report:
    """Send so many requests on one connection after another, and look at every answer."""
    report, fuzzer = Report(), Fuzzer(seed)
    place = urlsplit(url)
    connection = HTTPConnection(place.hostname or "", place.port, timeout=PATIENCE)
    engine = ""
    for number in range(requests):
        if number % _HEALTH_EVERY == 0:
            engine = _engine(connection)
        sent = fuzzer.request(engine)
        try:
            status, body, head = _exchange(connection, sent)
        except (HTTPException, OSError) as error:
            report.findings.append(f"{_short(sent)} was not answered: {error!r}")
            connection.close()
            continue
        report.requests += 1
        report.statuses[status] += 1
        if (wrong := _wrong(status, body, head=head)) is not None:
            report.findings.append(f"{_short(sent)} was answered {status}, {wrong}: {body[:300]!r}")
        elif status == 200 and not head:
            fuzzer.learn(json.loads(body))
    _engine(connection)
    connection.close()
    return report


def _engine(connection: HTTPConnection) -> str:
    """Check that the server is well, and return the id of a new engine: an earlier one may have been deleted."""
    status, body, _ = _exchange(connection, Sent("GET", "/health", b"", {}))
    assert (status, json.loads(body)) == (200, {"status": "ok"}), body
    status, body, _ = _exchange(connection, Sent("POST", f"/v1/{PARENT}/reasoningEngines", b"{}", {}))
    assert status == 200, body
    return str(json.loads(body)["response"]["name"]).rpartition("/")[2]


def _exchange(connection: HTTPConnection, sent: Sent) -> tuple[int, bytes, bool]:
    connection.request(sent.method, sent.target, body=sent.body or None, headers=sent.headers)
    answer = connection.getresponse()
    return answer.status, answer.read(), sent.method == "HEAD"


def _wrong(status: int, body: bytes, *, head: bool) -> str | None:
    """Return what is wrong with an answer, or None."""
    if status >= 500 and status not in _DECLARED:
        return "which is a defect"
    if head:
        return "a HEAD with a body" if body else None
    try:
        found = json.loads(body)
    except ValueError:
        return "not JSON"
    if not isinstance(found, dict):
        return "not an object"
    return None if status == 200 else _wrong_error(status, found.get("error"))


def _wrong_error(status: int, error: Any) -> str | None:
    if not (isinstance(error, dict) and error.keys() == _SHAPE and error["code"] == status and error["message"]):
        return "not in the shape of an error"
    if status in _DECLARED and error["status"] != _DECLARED[status]:
        return "by another name"
    return None


def _short(sent: Sent) -> str:
    return f"{sent.method} {sent.target[:300]} {sent.body[:300]!r}"


def main(arguments: Sequence[str]) -> int:
    """Serve a bank, send requests, and print what came of it."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--requests", type=int, default=20_000)
    parser.add_argument("--seed", type=int, default=1)
    given = parser.parse_args(arguments)
    settings = Settings(data=":memory:", models="offline", embeddings="offline")
    began = time.monotonic()
    with LocalServer(Bank(settings, embedded_adapters(settings))) as server:
        report = fuzz(server.url, requests=given.requests, seed=given.seed)
    print(f"{report.requests} requests in {time.monotonic() - began:.0f} s: {dict(sorted(report.statuses.items()))}")  # noqa: T201 - a program's table
    print(f"{len(report.findings)} of them were answered wrongly", *report.findings[:10], sep="\n")  # noqa: T201 - as above
    return 1 if report.findings else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
