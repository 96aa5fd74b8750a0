"""Schemas and queries against the handlers: `python -m tests.fuzz.fuzz_requests --count 10000 --seed 7`.

Whatever a profile schema, a filter, a group of metadata filters, a mask or an order contains: the answer is no crash,
nothing is fetched, no file is opened, and it takes no more CPU time than its budget. Each case is made from the seed
and its number alone, so that `--first N --count 1` repeats one.
"""

from __future__ import annotations

import argparse
import json
import signal
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from http import HTTPStatus
from random import Random
from threading import get_ident
from typing import Any

from memorybank.aip.http import Request
from memorybank.config import Settings
from memorybank.local.bank import Bank, embedded_adapters
from memorybank.resources.config import SchemaConfig
from memorybank.resources.profile_schemas import is_valid
from tests.fuzz.queries import Queries
from tests.fuzz.schemas import Schemas, body_of

MOST_SECONDS = 7.0
"""The most CPU seconds of one case: a filter may use five before it is refused."""

_STUCK = 30.0
_LOADING = 5
_OUTWARD = ("open", "socket.", "subprocess.", "os.system", "os.exec", "os.posix_spawn", "os.listdir", "urllib.")
"""The audit events that reach out of the process, by their beginnings: https://docs.python.org/3/library/audit_events.html."""

_IMPORTED = (".py", ".pyc", ".so", ".lark")
_SCHEMAS = "contextSpec.memoryBankConfig"


class Stuck(BaseException):
    """A case ran on; not an `Exception`, so that no handler answers it."""


@dataclass
class Watch:
    """What this thread does that reaches outside, while it is `on`."""

    on: bool = False
    thread: int = field(default_factory=get_ident)
    seen: list[str] = field(default_factory=list)

    def hook(self, event: str, given: tuple[Any, ...]) -> None:
        """Note an event; modules are looked for and read when they are first imported."""
        if not self.on or get_ident() != self.thread or not event.startswith(_OUTWARD):
            return
        place = str(given[0]) if given else ""
        if place.endswith(_IMPORTED) or (event == "os.listdir" and place.startswith(tuple(filter(None, sys.path)))):
            return
        self.seen.append(f"{event} {str(given[:1])[:200]}")


@dataclass
class Report:
    """What came of the cases of one kind."""

    kind: str
    cases: int = 0
    statuses: Counter[int] = field(default_factory=Counter)
    slowest: float = 0.0
    findings: list[str] = field(default_factory=list)

    def line(self) -> str:
        """Say it in a line."""
        answers = ", ".join(f"{count} x {status}" for status, count in sorted(self.statuses.items()))
        return (
            f"{self.kind}: {self.cases} cases ({answers}), {self.slowest:.2f} s at most, {len(self.findings)} findings"
        )


class Target:
    """A bank in memory whose handlers are called without a server between."""

    def __init__(self, bank: Bank, watch: Watch) -> None:
        self._bank, self._watch = bank, watch
        self.engine = "projects/p/locations/l/reasoningEngines"
        self.engine = json.loads(self.send("POST", "", {})[1])["response"]["name"]
        scope = {"user_id": "u"}
        for number in range(30):
            metadata = {"k": {"stringValue": f"v{number}"}, "n": {"doubleValue": number}}
            fact = f"I like tea number {number} " + "a" * 500
            self.send("POST", f"/memories?memoryId=m{number}", {"fact": fact, "scope": scope, "metadata": metadata})
        self.send("POST", "/sessions?sessionId=s", {"userId": "u", "labels": {"env": "a"}})
        event = {"author": "user", "invocationId": "1", "timestamp": "2026-11-28T10:00:00Z"}
        self.send("POST", "/sessions/s:appendEvent", event)
        is_valid("a", {"type": "string"})
        for case in KINDS.values():  # what is loaded on first use is loaded now
            for number in range(_LOADING):
                case(self, Random(number))

    def send(self, method: str, path: str, body: Any = None, **query: str) -> tuple[int, str]:
        """Call a path below the engine; return the status and the text of the answer."""
        path, _, fixed = path.partition("?")
        pairs = [*(tuple(each.split("=")) for each in fixed.split("&") if each), *query.items()]
        content = b"" if body is None else body_of(body)
        request = Request(method, f"/v1beta1/{self.engine}{path}", pairs, {}, content)  # type: ignore[arg-type]
        response = self._bank.application.handle(request)
        return response.status, response.body.decode()

    @contextmanager
    def watched(self) -> Iterator[list[str]]:
        """Note what reaches outside meanwhile."""
        self._watch.seen, self._watch.on = [], True
        try:
            yield self._watch.seen
        finally:
            self._watch.on = False


Case = Callable[[Target, Random], tuple[int, str]]


_PATIENT = "a" * 40 + "!"
_VALUES = (_PATIENT, {_PATIENT: 1, "a": _PATIENT}, [_PATIENT])
"""Values that a careless pattern takes for ever to match, wherever it stands."""


def _schema(target: Target, chance: Random) -> tuple[int, str]:
    schemas = Schemas(chance)
    schema, name = schemas.schema(), chance.choice(("jsonSchema", "schema"))
    configs = [{"schemaConfigs": [{"id": "x", name: schema}], "scopeKeys": ["user_id"]}]
    body = {"contextSpec": {"memoryBankConfig": {"structuredMemoryConfigs": configs}}}
    answer = target.send("PATCH", "", body, updateMask=_SCHEMAS)
    if answer[0] == HTTPStatus.OK:  # only such schemas are ever used
        stored = SchemaConfig.model_validate({"id": "x", name: json.loads(body_of(schema))}).effective_schema
        for rule in stored["properties"].values():
            for value in (*_VALUES, schemas.value(), schemas.value()):
                is_valid(value, rule if isinstance(rule, Mapping) else {})
    return answer


_MEMORY_FIELDS = ("fact", "create_time", "updateTime", "topics.custom_memory_topic_label", "memory_type")
_FILTERED: Sequence[tuple[str, str, tuple[str, ...]]] = (
    ("GET", "/memories", (*_MEMORY_FIELDS, "scope")),
    ("POST", "/memories:retrieve", _MEMORY_FIELDS),
    ("POST", "/memories:purge", (*_MEMORY_FIELDS, "scope")),
    ("GET", "/memories/m1/revisions", ("labels.a", "produced_by.extraction")),
    ("GET", "/memories/m1/operations", ("done", "name", "metadata.type", "metadata.create_time")),
    ("GET", "/operations", ("done", "name", "metadata.generic_metadata.updateTime")),
    ("GET", "/sessions", ("user_id", "displayName", "labels.env")),
    ("GET", "/sessions/s/events", ("timestamp",)),
)
"""What takes a filter, and the fields that it may name."""


def _filter(target: Target, chance: Random) -> tuple[int, str]:
    method, path, fields = chance.choice(_FILTERED)
    text = Queries(chance, fields=fields).filter()
    if method == "GET":
        return target.send(method, path, filter=text)
    body = {"filter": text, "scope": {"user_id": "u"}} if path.endswith("retrieve") else {"filter": text}
    return target.send(method, path, body)


def _groups(target: Target, chance: Random) -> tuple[int, str]:
    groups = Queries(chance).groups()
    if chance.random() < 0.3:
        return target.send("POST", "/memories:purge", {"filterGroups": groups})
    search = {"similaritySearchParams": {"searchQuery": "tea"}} if chance.random() < 0.5 else {}
    return target.send("POST", "/memories:retrieve", {"scope": {"user_id": "u"}, "filterGroups": groups, **search})


def _mask(target: Target, chance: Random) -> tuple[int, str]:
    queries = Queries(chance)
    path = chance.choice(("/memories/m1", "/memories/m2", "/sessions/s", ""))
    return target.send("PATCH", path, queries.body(), updateMask=queries.mask())


def _order(target: Target, chance: Random) -> tuple[int, str]:
    path = chance.choice(("/memories", "/sessions", "/sessions/s/events"))
    return target.send("GET", path, orderBy=Queries(chance).order())


KINDS: Mapping[str, Case] = {
    "schemas": _schema,
    "filters": _filter,
    "groups": _groups,
    "masks": _mask,
    "orders": _order,
}


def fuzz(kind: str, target: Target, *, seed: int, first: int, count: int) -> Report:
    """Try cases of one kind, and report what was answered wrongly."""
    report = Report(kind)
    for number in range(first, first + count):
        chance = Random(f"{seed} {kind} {number}")
        begin = time.thread_time()
        with target.watched() as seen:
            wrong = _tried(lambda chance=chance: KINDS[kind](target, chance), report)  # type: ignore[misc]
        spent = time.thread_time() - begin
        report.cases += 1
        report.slowest = max(report.slowest, spent)
        wrong += [f"reached outside: {each}" for each in seen[:3]]
        if spent > MOST_SECONDS:
            wrong.append(f"took {spent:.1f} s of CPU time")
        report.findings += [f"{kind} --seed {seed} --first {number}: {each}" for each in wrong]
    return report


def _tried(case: Callable[[], tuple[int, str]], report: Report) -> list[str]:
    signal.setitimer(signal.ITIMER_VIRTUAL, _STUCK)
    try:
        status, text = case()
        report.statuses[status] += 1
        answer = json.loads(text)
        if status >= HTTPStatus.INTERNAL_SERVER_ERROR:
            return [f"answered {status}: {text[:200]}"]
        return [] if status == HTTPStatus.OK or answer["error"]["message"] else ["answered an error that says nothing"]
    except Stuck:
        return [f"ran for more than {_STUCK:.0f} s of CPU time"]
    except Exception as error:  # noqa: BLE001 - whatever escapes is a finding
        return [f"raised {type(error).__name__}: {str(error)[:200]}"]
    finally:
        signal.setitimer(signal.ITIMER_VIRTUAL, 0)


@contextmanager
def target_with_watch() -> Iterator[Target]:
    """Make a bank in memory, and watch what the handlers reach for."""
    watch = Watch()
    sys.addaudithook(watch.hook)

    def stop(*_: Any) -> None:
        raise Stuck

    before = signal.signal(signal.SIGVTALRM, stop)
    settings = Settings(data=":memory:", embeddings="offline")
    try:
        with Bank(settings, embedded_adapters(settings)) as bank:
            yield Target(bank, watch)
    finally:
        signal.signal(signal.SIGVTALRM, before)


def main() -> int:
    """Run, print what was found, and return 1 if that is anything."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--kind", choices=KINDS, help="only cases of this kind (all)")
    parser.add_argument("--count", type=int, default=10_000, help="cases of each kind (%(default)s)")
    parser.add_argument("--first", type=int, default=0, help="number of the first case (%(default)s)")
    parser.add_argument("--seed", type=int, default=7, help="seed (%(default)s)")
    asked = parser.parse_args()
    found = 0
    with target_with_watch() as target:
        for kind in [asked.kind] if asked.kind else KINDS:
            report = fuzz(kind, target, seed=asked.seed, first=asked.first, count=asked.count)
            print(report.line(), flush=True)
            print("\n".join(report.findings[:50]), end="\n" * bool(report.findings), flush=True)
            found += len(report.findings)
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
