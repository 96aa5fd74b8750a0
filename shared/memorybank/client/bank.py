"""A client for the public API of a bank: plain JSON in and out."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Self
from urllib.parse import quote, urlencode

from memorybank.client.bearer import Token
from memorybank.client.credentials import bearer_for
from memorybank.client.errors import operation_error, read_object, refusal
from memorybank.client.settings import ClientSettings, base_url, full_name
from memorybank.client.transport import Exchange, exchange
from memorybank.errors import DeadlineExceeded, InvalidArgument, NotFound, PermissionDenied, Violation

_OK = 200
_PAUSE, _LONGEST_PAUSE = 0.05, 2.0
"""Seconds between two polls of an operation: at first, and at most."""
EVERYWHERE = "projects/-/locations/-/reasoningEngines"
"""The engines of all projects that the caller may list."""


class BankClient:
    """Calls the bank at `url`. It holds no connection, so it need not be closed. Thread-safe.

    `token` is a bearer token or a function that returns one, and `audience` the audience of ID tokens if it is not the
    URL itself; see `bearer_for`. `timeout` is how many seconds to wait for one answer. `exchange` sends the requests;
    give another to reach a bank without a network.
    """

    def __init__(
        self,
        url: str,
        *,
        token: Token | None = None,
        audience: str | None = None,
        timeout: float = 120.0,
        version: str = "v1beta1",
        exchange: Exchange = exchange,
    ) -> None:
        try:
            self.url = base_url(url)
        except ValueError as error:
            raise InvalidArgument.of(Violation("url", str(error))) from error
        self.timeout, self.version, self._exchange = timeout, version, exchange
        self.bearer = bearer_for(self.url, token=token, audience=audience)

    @classmethod
    def of(cls, settings: ClientSettings, *, token: Token | None = None) -> Self:
        """Return a client for the bank in the settings."""
        return cls(settings.url, token=token)

    def call(
        self,
        method: str,
        path: str,
        body: Mapping[str, Any] | None = None,
        *,
        query: Mapping[str, Any] | None = None,
        timeout: float | None = None,
    ) -> dict[str, Any]:
        """Call a method of the API and return its answer.

        `path` is relative to the API's version, such as `projects/p/locations/l/reasoningEngines/1/memories`; with a
        leading slash it is relative to the URL. An error answer is raised as the error of `memorybank.errors` for its
        status, with its message and violations. Without a connection it is `Unavailable`, without an answer in time
        `DeadlineExceeded`.
        """
        headers = {"Accept": "application/json"}
        if (token := self.bearer()) is not None:
            headers["Authorization"] = f"Bearer {token}"
        data = None
        if body is not None:
            data, headers["Content-Type"] = json.dumps(body).encode(), "application/json"
        target = quote(path if path.startswith("/") else f"/{self.version}/{path}", safe="/:@-._~")
        if query:
            target += "?" + urlencode({name: _text(value) for name, value in query.items() if value is not None})
        answer = self._exchange(
            self.url, method, target, body=data, headers=headers, timeout=self.timeout if timeout is None else timeout
        )
        if answer.status != _OK:
            raise refusal(self.url, answer.status, answer.body)
        return read_object(self.url, answer.body)

    def list_all(self, path: str, *, query: Mapping[str, Any] | None = None) -> Iterator[dict[str, Any]]:
        """Yield all resources of a collection; pages are fetched as needed. `query` may have a `pageSize`."""
        token: str | None = None
        while True:
            page = self.call("GET", path, query={**(query or {}), "pageToken": token})
            for value in page.values():
                if isinstance(value, list):
                    yield from value
            token = page.get("nextPageToken")
            if not token:
                return

    def wait(self, operation: Mapping[str, Any] | str, *, deadline: float = 120.0) -> dict[str, Any]:
        """Wait until an operation, given as such or by name, is done, and return its response.

        Raises its error if it failed, and `DeadlineExceeded` if it is not done after `deadline` seconds.
        """
        found = self.until_done(operation, deadline=deadline)
        if "error" in found:
            raise operation_error(found["error"])
        response: dict[str, Any] = found.get("response") or {}
        return response

    def until_done(self, operation: Mapping[str, Any] | str, *, deadline: float = 120.0) -> dict[str, Any]:
        """Like `wait`, but return the operation itself, even if it has failed."""
        found = {"name": operation} if isinstance(operation, str) else dict(operation)
        name, end, pause = found["name"], time.monotonic() + deadline, _PAUSE
        while not found.get("done"):
            left = end - time.monotonic()
            if left <= 0:
                raise DeadlineExceeded(f"{name} is not done after {deadline:g} s.")
            time.sleep(min(pause, left))
            pause = min(2 * pause, _LONGEST_PAUSE)
            found = self.call("GET", name)
        return found

    def engine(self, name: str) -> Engine:
        """Return the engine of that full name, without checking that it exists."""
        return Engine(self, name)

    def find_engine(self, name: str, *, project: str, location: str) -> Engine:
        """Return the engine of that full name or id, which must exist.

        An id is looked up in `project` and `location`, then in all projects that the caller may list, where it must be
        unique.
        """
        full = full_name(name, project=project, location=location)
        try:
            self.call("GET", full)
        except NotFound as error:
            if full == name:
                raise
            full = self._elsewhere(full, error)
        return Engine(self, full)

    def _elsewhere(self, name: str, missing: NotFound) -> str:
        identifier = name.rpartition("/")[2]
        try:
            engines = [each["name"] for each in self.list_all(EVERYWHERE, query={"pageSize": 1000})]
        except (InvalidArgument, NotFound, PermissionDenied):  # a bank that does not list across projects
            raise missing from None
        found = [each for each in engines if each.rpartition("/")[2] == identifier]
        if not found:
            raise NotFound(
                f"{self.url} has no engine {identifier}, in {name.partition('/reasoningEngines')[0]} or elsewhere"
            )
        if len(found) > 1:
            raise InvalidArgument.of(
                Violation("engine", f"several engines have this id; give the full name, one of {', '.join(found)}")
            )
        return str(found[0])


@dataclass(frozen=True)
class Engine:
    """One engine of a bank; paths are relative to its name."""

    bank: BankClient
    name: str

    def get(self) -> dict[str, Any]:
        """Return the engine's resource."""
        return self.bank.call("GET", self.name)

    def call(
        self, method: str, path: str, body: Mapping[str, Any] | None = None, *, query: Mapping[str, Any] | None = None
    ) -> dict[str, Any]:
        """Call a method below the engine, such as `call("POST", "memories:retrieve", {...})`."""
        return self.bank.call(method, f"{self.name}/{path}", body, query=query)

    def list_all(self, path: str, *, query: Mapping[str, Any] | None = None) -> Iterator[dict[str, Any]]:
        """Yield all resources of a collection of the engine, such as `memories`."""
        return self.bank.list_all(f"{self.name}/{path}", query=query)

    def erase(self, scope: Mapping[str, str], *, sessions: bool = False) -> Iterator[dict[str, Any]]:
        """Erase a scope for good, and yield a receipt after each step; the last one is `finished`."""
        finished = False
        while not finished:
            receipt = self.call("POST", "memories:erase", {"scope": dict(scope), "includeSessions": sessions})
            finished = bool(receipt["finished"])
            yield receipt


def _text(value: Any) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)
