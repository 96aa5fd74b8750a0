"""What a refusal looks like over plain HTTP, and that it changes nothing."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from contextlib import closing
from dataclasses import dataclass
from http.client import HTTPConnection
from typing import Any

import httpx

from memorybank.ports.documents import Document
from tests.conftest import Served
from tests.waiting import LONG, PATIENCE, finished

STATUSES = {
    400: {"INVALID_ARGUMENT", "FAILED_PRECONDITION"},
    403: {"PERMISSION_DENIED"},
    404: {"NOT_FOUND"},
    405: {"UNIMPLEMENTED"},
    409: {"ALREADY_EXISTS"},
    413: {"INVALID_ARGUMENT"},
    415: {"INVALID_ARGUMENT"},
    431: {"INVALID_ARGUMENT"},
    500: {"INTERNAL"},
    501: {"UNIMPLEMENTED"},
    503: {"UNAVAILABLE"},
}
"""The names that may stand beside each HTTP status."""

MAX_ANSWER = 64 * 1024
"""No refusal needs more bytes than this: whatever was sent is not sent back."""

Case = tuple[Any, str, str]
"""What is sent, the field that the refusal must name, and a part of what it must say about it."""


def error_of(answer: httpx.Response, code: int) -> dict[str, Any]:
    """Return the error of an answer, which must have the whole shape of AIP-193."""
    assert answer.status_code == code, f"{answer.status_code} {answer.text[:500]}"
    assert answer.headers["content-type"] == "application/json; charset=UTF-8"
    assert len(answer.content) <= MAX_ANSWER
    body = answer.json()
    assert set(body) == {"error"}
    error: dict[str, Any] = body["error"]
    assert set(error) == {"code", "message", "status", "details"}
    assert error["code"] == code
    assert error["status"] in STATUSES[code]
    assert error["message"]
    for detail in error["details"]:
        assert set(detail) == {"@type", "fieldViolations"}
        assert detail["@type"] == "type.googleapis.com/google.rpc.BadRequest"
        assert detail["fieldViolations"]
        assert all(each["description"] and isinstance(each["field"], str) for each in detail["fieldViolations"])
    return error


def violations_of(answer: httpx.Response) -> dict[str, str]:
    """Return what an answer of 400 says of each field."""
    error = error_of(answer, 400)
    return {each["field"]: each["description"] for detail in error["details"] for each in detail["fieldViolations"]}


@dataclass(frozen=True)
class Caller:
    """Someone who calls one engine of a bank by plain HTTP."""

    served: Served
    engine: str
    http: httpx.Client

    def call(self, method: str, path: str = "", **request: Any) -> httpx.Response:
        """Send a request to a path below the engine."""
        return self.http.request(method, f"/v1beta1/{self.engine}{path}", **request)

    def raw(self, method: str, path: str, body: Any = None) -> httpx.Response:
        """Send a request whose path goes over the wire as it stands: httpx would fold `..` away."""
        connection = HTTPConnection(self.http.base_url.host, self.http.base_url.port or 80, timeout=PATIENCE)
        with closing(connection):
            connection.request(method, f"/v1beta1/{self.engine}{path}", None if body is None else json.dumps(body))
            answer = connection.getresponse()
            return httpx.Response(answer.status, headers=answer.getheaders(), content=answer.read())

    def in_turn(self, method: str, path: str, bodies: Iterable[str]) -> Iterator[tuple[str, httpx.Response]]:
        """Send bodies over one connection, and yield each with its answer: a third of what `call` costs."""
        connection = HTTPConnection(self.http.base_url.host, self.http.base_url.port or 80, timeout=PATIENCE)
        with closing(connection):
            for body in bodies:
                headers = {"Content-Type": "application/json"}
                connection.request(method, f"/v1beta1/{self.engine}{path}", body.encode(), headers)
                answer = connection.getresponse()
                yield body, httpx.Response(answer.status, headers=answer.getheaders(), content=answer.read())

    def ok(self, method: str, path: str = "", **request: Any) -> dict[str, Any]:
        """Send a request that must succeed and return the answer."""
        answer = self.call(method, path, **request)
        assert answer.status_code == 200, answer.text
        found: dict[str, Any] = answer.json()
        return found

    def finished(self, method: str, path: str = "", **request: Any) -> dict[str, Any]:
        """Send a request that must succeed, and return its operation when it is done."""
        return finished(self.http, self.ok(method, path, **request))

    def memory(self, identifier: str, *, fact: str = "I like tea", **fields: Any) -> dict[str, Any]:
        """Create a memory and return it."""
        body = {"fact": fact, "scope": {"user_id": "u"}, **fields}
        created: dict[str, Any] = self.ok("POST", f"/memories?memoryId={identifier}", json=body)["response"]
        return created

    def state(self) -> dict[str, Any]:
        """Return the version of every document in the store, once no work is under way any more."""
        assert self.served.bank.adapters.queue.wait_idle(LONG)
        store = self.served.bank.adapters.store
        paths = [path for collection in ("engines", "tasks") for path in store.below(collection, limit=10_000)]
        found: list[Document | None] = store.get_many(paths)
        return {path: document and document.version for path, document in zip(paths, found, strict=True)}

    def refused(self, code: int, method: str, path: str = "", **request: Any) -> dict[str, Any]:
        """Send a request that must be refused with that HTTP status and change nothing; return the error."""
        before = self.state()
        error = error_of(self.call(method, path, **request), code)
        assert self.state() == before
        return error

    def refuses_bodies(self, cases: Iterable[Case], method: str, path: str = "", **request: Any) -> None:
        """Send every body, and check that each is refused for its field, and that nothing changes."""
        self._refuses(cases, method, path, key="json", **request)

    def refuses_queries(self, cases: Iterable[Case], method: str, path: str = "", **request: Any) -> None:
        """Send every query, and check that each is refused for its field, and that nothing changes."""
        self._refuses(cases, method, path, key="params", **request)

    def _refuses(self, cases: Iterable[Case], method: str, path: str, *, key: str, **request: Any) -> None:
        before = self.state()
        wrong = []
        for sent, field, says in cases:
            answer = self.call(method, path, **{key: sent}, **request)
            found = violations_of(answer) if answer.status_code == 400 else {}
            if says not in found.get(field, "(nothing)"):
                wrong.append(f"{str(sent)[:120]}: expected {field}: {says}, found {answer.status_code} {found}")
        assert not wrong, "\n".join(wrong)
        assert self.state() == before
