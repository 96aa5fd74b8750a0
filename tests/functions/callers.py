"""Callers with rules, and what they find when they call a bank without a server between."""

from __future__ import annotations

import base64
import json
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from memorybank.access.access import Access
from memorybank.access.identity import Identity
from memorybank.access.rules import read_rules
from memorybank.access.tokens import unverified_claims
from memorybank.aip.http import Request
from memorybank.config import Settings
from memorybank.local.bank import Bank, embedded_adapters
from tests.waiting import until

ANYBODY, ADA, EVE = "root@example.com", "ada@agents.com", "eve@agents.com"
ROUTER = "router@p.iam.gserviceaccount.com"
READER, READER_OF_ALL = "r@readers.com", "reader@example.com"
LOCATION = "projects/p/locations/l/reasoningEngines"
RULES = """
- callers: [root@example.com]
  access: write
- callers: ["*@agents.com"]
  scopes: [{user_id: "${caller}"}]
  access: write
- callers: ["*@readers.com"]
  scopes: [{user_id: "*@agents.com"}]
- callers: [teams@example.com]
  scopes: [{team: "*"}]
  access: write
- callers: [reader@example.com]
"""


@contextmanager
def bank_with_rules(**adapters: Any) -> Iterator[Bank]:
    """Run a bank in memory whose callers are limited by `RULES`; adapters replace the usual ones."""
    settings = Settings(data=":memory:", embeddings="offline")
    access = Access(Identity(unverified_claims, router=ROUTER), read_rules(RULES))
    with Bank(settings, embedded_adapters(settings, **adapters), access=access) as bank:
        yield bank


def token(email: Any = "ada@example.com", **claims: Any) -> str:
    """Return a token as Cloud Run hands it on: its signature is gone."""
    found = {"iss": "https://accounts.google.com", "exp": time.time() + 600, "email_verified": True, "email": email}
    parts = [{"alg": "RS256", "kid": "k", "typ": "JWT"}, {**found, **claims}]
    encoded = [base64.urlsafe_b64encode(json.dumps(part).encode()).decode().rstrip("=") for part in parts]
    return ".".join([*encoded, "SIGNATURE_REMOVED_BY_GOOGLE"])


@dataclass(frozen=True)
class Answer:
    """What came back."""

    status: int
    body: Any

    @property
    def message(self) -> str:
        return str(self.body["error"]["message"])


@dataclass(frozen=True)
class Calling:
    """Somebody who calls a bank; `engine` is the name that paths are below."""

    bank: Bank
    email: str = ANYBODY
    engine: str = ""
    headers: dict[str, str] = field(default_factory=dict)

    def call(self, method: str, path: str = "", body: Any = None) -> Answer:
        """Send a request to a path below the engine."""
        return self.send(method, f"/v1beta1/{self.engine}{path}", body)

    def post_to_root(self) -> Answer:
        """Send what Cloud Tasks and Cloud Scheduler send."""
        return self.send("POST", "/", {})

    def send(self, method: str, path: str, body: Any) -> Answer:
        """Send a request to a path of the server."""
        parts = urlsplit(path)
        request = Request(
            method=method,
            path=parts.path,
            query=parse_qsl(parts.query),
            headers={"authorization": f"Bearer {token(self.email)}", **self.headers},
            body=b"" if body is None else json.dumps(body).encode(),
        )
        response = self.bank.application.handle(request)
        return Answer(response.status, json.loads(response.body))

    def ok(self, method: str, path: str = "", body: Any = None) -> Any:
        """Send a request that must succeed and return the answer."""
        answer = self.call(method, path, body)
        assert answer.status == 200, answer
        return answer.body

    def done(self, method: str, path: str = "", body: Any = None) -> Any:
        """Send a request that must succeed, and return the response of its operation once it is done."""
        return self.finished(self.ok(method, path, body))["response"]

    def finished(self, operation: dict[str, Any]) -> dict[str, Any]:
        """Return an operation when it is done; some callers may not read it after the call that answered it."""

        def found() -> Any:
            now = operation if operation.get("done") else self.ok("GET", operation["name"].removeprefix(self.engine))
            return now if now.get("done") else None

        return dict(until(found))


def new_engine(bank: Bank) -> Calling:
    """Create an engine and call it as somebody who may do everything."""
    created = Calling(bank).ok("POST", LOCATION, {})
    return Calling(bank, engine=created["response"]["name"])
