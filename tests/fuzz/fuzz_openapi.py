"""Requests made from the description of the API, and answers held against it (`python -m tests.fuzz.fuzz_openapi`).

Half of the requests fit their schemas, and name things that exist; the others break a schema and must be refused. No
answer may be a crash, and each must have the type and the schema that the description promises.
"""

from __future__ import annotations

import argparse
import sys
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

import schemathesis
from hypothesis import HealthCheck, Phase, given, seed, settings
from schemathesis.core.failures import FailureGroup
from schemathesis.core.parameters import ParameterLocation
from schemathesis.core.result import Ok
from schemathesis.generation import GenerationMode
from schemathesis.specs.openapi import checks

from memorybank.client import BankClient
from memorybank.config import Settings
from memorybank.handlers.openapi import document
from memorybank.local.bank import Bank, embedded_adapters
from memorybank.mcp.in_process import URL, InProcess

LOCATION = "projects/p/locations/us-central1"
SCOPE = {"user_id": "ada"}
CHECKS = (
    checks.content_type_conformance,
    checks.negative_data_rejection,
    checks.response_schema_conformance,
    checks.status_code_conformance,
)
_CRASHED, _UNIMPLEMENTED, _TOO_LARGE = 500, 501, 413


@dataclass
class Outcome:
    """The statuses answered, and what was wrong, by method and kind of request."""

    statuses: Counter[tuple[str, int]] = field(default_factory=Counter)
    wrong: dict[tuple[str, str], str] = field(default_factory=dict)


@contextmanager
def bank() -> Iterator[Bank]:
    """Open a bank in memory."""
    chosen = Settings(data=":memory:", models="offline", embeddings="offline")
    with Bank(chosen, embedded_adapters(chosen)) as opened:
        yield opened


def explore(
    opened: Bank,
    *,
    examples: int,
    start: int = 0,
    kinds: Sequence[str] = ("positive", "negative"),
    only: Sequence[str] = (),
    described: dict[str, Any] | None = None,
) -> Outcome:
    """Send `examples` requests of each kind to every method, or to `only` those with these ids."""
    explorer = _Explorer(opened, examples=examples, start=start)
    schema = schemathesis.openapi.from_dict(described or document())
    schema.app = opened.application
    for kind in kinds:
        for found in schema.get_all_operations():
            assert isinstance(found, Ok), found
            if not only or found.ok().definition.raw["operationId"] in only:
                explorer.explore(found.ok(), GenerationMode(kind))
    return explorer.outcome


class _Explorer:
    """Sends requests that name what exists; what a method may delete is made anew."""

    def __init__(self, opened: Bank, *, examples: int, start: int) -> None:
        self.outcome = Outcome()
        self._client = BankClient(URL, exchange=InProcess(opened.application.handle))
        self._examples, self._start = examples, start
        self._known = _world(self._client)

    def explore(self, method: Any, mode: GenerationMode) -> None:
        """Send requests to one method."""

        @seed(self._start)
        @settings(
            max_examples=self._examples,
            deadline=None,
            database=None,
            phases=[Phase.generate],
            suppress_health_check=list(HealthCheck),
        )
        @given(case=method.as_strategy(generation_mode=mode))
        def run(case: Any) -> None:
            if not _is_wrong_in_path(case):
                case.path_parameters = {name: self._known[name] for name in case.path_parameters}
            self._send(method.label, mode.name.lower(), case)
            if method.method.upper() == "DELETE" or ":erase" in method.path:
                self._known = _world(self._client)

        run()

    def _send(self, label: str, kind: str, case: Any) -> None:
        response = case.call()
        self.outcome.statuses[kind, response.status_code] += 1
        try:
            assert response.status_code < _CRASHED or response.status_code == _UNIMPLEMENTED, response.text
            case.validate_response(response, checks=_checks(case, response.status_code))
        except (AssertionError, FailureGroup) as error:
            self.outcome.wrong[label, kind] = f"{error}\n{case.path_parameters} {case.query} {case.body}"


def _is_wrong_in_path(case: Any) -> bool:
    """Tell whether a request breaks the schema of its path."""
    path = (case.meta.components if case.meta is not None else {}).get(ParameterLocation.PATH)
    return path is not None and not path.mode.is_positive


def _checks(case: Any, status: int) -> tuple[Any, ...]:
    """Return what to hold against the answer; a query parameter without a value counts as left out, as in protobuf."""
    empty = any(value in ("", [], {}, None) for value in (case.query or {}).values())
    refused_or_fine = empty or status == _TOO_LARGE
    return tuple(check for check in CHECKS if not (refused_or_fine and check is checks.negative_data_rejection))


def _world(client: BankClient) -> dict[str, str]:
    """Create an engine with one of everything, and return the ids."""
    engine = client.engine(client.wait(client.call("POST", f"{LOCATION}/reasoningEngines"))["name"])
    memory = client.wait(engine.call("POST", "memories", {"fact": "I like tea", "scope": SCOPE}))["name"]
    session = client.wait(engine.call("POST", "sessions", {"userId": "ada"}))["name"]
    event = {"author": "user", "invocationId": "1", "timestamp": "2026-01-01T00:00:00Z"}
    client.call("POST", f"{session}:appendEvent", event)
    source = {"directMemories": [{"fact": "I have a cat"}]}
    operation = engine.call("POST", "memories:generate", {"scope": SCOPE, "directMemoriesSource": source})["name"]
    client.until_done(operation)
    [revision] = client.call("GET", f"{memory}/revisions")["memoryRevisions"]
    named = {"engine": engine.name, "memory": memory, "session": session, "operation": operation}
    ids = {name: each.rpartition("/")[2] for name, each in {**named, "revision": revision["name"]}.items()}
    return {"project": "p", "location": "us-central1", **ids}


def main() -> int:
    """Explore with as many requests as asked for, and print what was wrong."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--examples", type=int, default=20, help="requests of each kind to each method (%(default)s)")
    parser.add_argument("--seed", type=int, default=0)
    asked = parser.parse_args()
    with bank() as opened:
        outcome = explore(opened, examples=asked.examples, start=asked.seed)
    for (kind, status), count in sorted(outcome.statuses.items()):
        print(f"{count:6} {kind} {status}")
    for (method, kind), what in outcome.wrong.items():
        print(f"{kind} {method}\n{what[:2000]}\n")
    return 1 if outcome.wrong else 0


if __name__ == "__main__":
    sys.exit(main())
