"""Attempts to reach another's scope: every method of the API, with all that the attacker may know or guess.

python -m tests.attack.attempts --attempts 5000 --seed 7
"""

from __future__ import annotations

import argparse
import json
import re
import sys
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from itertools import cycle, islice
from random import Random
from typing import Any
from urllib.parse import quote

from memorybank.handlers.rpcs import Rpc, all_rpcs
from tests.attack.world import World, world
from tests.functions.callers import ADA, EVE, LOCATION

_EVERY = 20
"""After how many attempts the bank's documents are compared."""

_SCOPES: list[Any] = [
    *({"user_id": email} for email in (ADA, ADA, ADA, EVE)),
    *({"user_id": email} for email in (ADA.upper(), f"{ADA} ", f" {ADA}", f"{ADA}.", "*", "")),
    *({"user_id": ADA, key: EVE} for key in ("user_id ", "userId", "USER_ID", "x")),
    *({"userId": ADA}, {"User_id": ADA}, {}, None, [], "ada@agents.com", {"user_id": [ADA]}, {"user_id": {"$ne": EVE}}),
]
_FILTERS = [
    "",
    'scope.user_id="ada@agents.com"',
    'scope="{\\"user_id\\": \\"ada@agents.com\\"}"',
    'scope="{\\"user_id\\": \\"eve@agents.com\\"}" OR scope.user_id="ada@agents.com"',
    'NOT scope.user_id="eve@agents.com"',
    'NOT fact="x"',
    'fact=~"bees"',
    'create_time>"2000-01-01T00:00:00Z"',
    'user_id="ada@agents.com"',
    'NOT labels.a="b"',
    "done=true OR done=false",
]
_MASKS = ["", "*", "fact", "scope", "fact,scope", "name", "ttl", "userId", "displayName", "sessionState"]
_TURN = {"content": {"role": "user", "parts": [{"text": "I like tea"}]}}
_EVENT = {"author": "user", "invocationId": "1", "timestamp": "2031-01-02T03:04:06Z", **_TURN}


@dataclass(frozen=True)
class Attempt:
    """One request: the method's name for the report, and what is sent below `/v1beta1/`."""

    rpc: str
    method: str
    path: str
    body: Any


@dataclass
class Report:
    """What came of the attempts; `findings` says which of them got at something."""

    attempts: int = 0
    statuses: Counter[int] = field(default_factory=Counter)
    rpcs: Counter[str] = field(default_factory=Counter)
    findings: list[str] = field(default_factory=list)


def attack(target: World, *, attempts: int, seed: int) -> Report:
    """Make as many attempts, and stop at the first change of what is another's."""
    report = Report()
    for attempt in islice(_attempts(target, Random(seed)), attempts):  # noqa: S311 - a seed, so that it can be repeated
        _try(target, attempt, report)
        if (report.attempts % _EVERY == 0 or report.attempts == attempts) and (changed := target.changes()):
            report.findings.append(f"changed by one of {_EVERY} attempts up to {attempt}: {changed[:5]}")
            break
    return report


def _try(target: World, attempt: Attempt, report: Report) -> None:
    answer = target.attacker.send(attempt.method, f"/v1beta1/{attempt.path}", attempt.body)
    report.attempts += 1
    report.statuses[answer.status] += 1
    report.rpcs[attempt.rpc] += 1
    if (leak := target.leak(f"{attempt.path} {json.dumps(attempt.body)}", answer)) is not None:
        report.findings.append(f"{attempt} was answered {answer.status} with {leak}: {answer.body}")
    if answer.status >= 500 and answer.status != 501:
        report.findings.append(f"{attempt} was answered {answer.status}: {answer.body}")


def _attempts(target: World, chance: Random) -> Iterator[Attempt]:
    for rpc in cycle([rpc for rpc in all_rpcs() if rpc.public]):
        path = re.sub(r"\{(\w+)\}", lambda found: _identifier(target, found[1], chance), rpc.template)
        query = _query(target, rpc, chance)
        body = _bodies(target, rpc.name, chance)() if rpc.method in ("POST", "PATCH") else None
        yield Attempt(rpc.name, rpc.method, f"{LOCATION.rpartition('/')[0]}/{path}?{query}", body)


def _identifier(target: World, variable: str, chance: Random) -> str:
    if variable == "engine":
        return target.root.engine.rpartition("/")[2]
    theirs, own = target.ids.get(variable, []), target.own.get(variable, [])
    first = theirs[0] if theirs else "1"
    disguises = ["-", "*", "1", f"..%2F{first}", f"{first}%20", f"{first}%00", f"x%2F..%2F{first}"]
    return chance.choice([*theirs * 6, *own * 2, *disguises])


def _query(target: World, rpc: Rpc, chance: Random) -> str:
    values: dict[str, Sequence[str]] = {
        "filter": _FILTERS,
        "orderBy": ["", "create_time", "update_time desc", "createTime"],
        "pageSize": ["", "1", "2", "1000"],
        "pageToken": ["", *target.tokens],
        "updateMask": _MASKS,
        "memoryId": target.ids["memory"],
        "sessionId": target.ids["session"],
        "force": ["true", "false"],
        "readTime": ["", _now(), _now()],
        "parent": [LOCATION.rpartition("/")[0]],
        "timeout": ["0s"],
        "returnPartialSuccess": ["true"],
    }
    chosen = [name for name in rpc.query or () if chance.random() < 0.7 or name == "timeout"]
    if "pageToken" in chosen:  # a token is good for one request only
        chosen = ["pageToken", "pageSize"]
    return "&".join(f"{name}={quote(chance.choice(values.get(name, ('',))))}" for name in chosen)


def _now() -> str:
    return datetime.now(UTC).isoformat()


def _bodies(target: World, rpc: str, chance: Random) -> Callable[[], Any]:
    """Return what makes the body of a method."""
    scope = chance.choice(_SCOPES)
    session = f"{target.root.engine}/sessions/{chance.choice(target.ids['session'])}"
    sources: list[dict[str, Any]] = [
        {"directMemoriesSource": {"directMemories": [{"fact": "I like tea"}]}},
        {"directContentsSource": {"events": [_TURN]}},
        {"vertexSessionSource": {"session": session}},
    ]
    memory = {"fact": "mine now", "scope": scope, "name": chance.choice(target.ids["memory"])}
    filters = {"filter": chance.choice(_FILTERS[1:]), "force": chance.choice([True, False])}
    searches: list[dict[str, Any]] = [
        {},
        {"similaritySearchParams": {"searchQuery": "bees", "topK": 100}},
        {"simpleRetrievalParams": {"pageToken": chance.choice(target.tokens)}},
    ]
    bodies: dict[str, Any] = {
        "GenerateMemories": {"scope": scope, **chance.choice(sources)},
        "IngestEvents": {
            "scope": scope,
            "streamId": "s",
            "forceFlush": True,
            "directContentsSource": {"events": [_TURN]},
        },
        "CreateMemory": memory,
        "UpdateMemory": memory,
        "PurgeMemories": filters,
        "EraseMemories": {"scope": scope, "includeSessions": chance.choice([True, False])},
        "RollbackMemory": {"targetRevisionId": chance.choice(target.ids["revision"])},
        "RetrieveMemories": {
            "scope": scope,
            **chance.choice(searches),
            "filter": chance.choice(_FILTERS),
            "readTime": chance.choice([None, _now()]),
        },
        "RetrieveProfiles": {"scope": scope},
        "CreateSession": {"userId": chance.choice([ADA, EVE, "*"]), "sessionState": {"k": 1}},
        "UpdateSession": {"userId": chance.choice([ADA, EVE]), "displayName": "mine", "sessionState": {"k": "mine"}},
        "AppendEvent": {**_EVENT, "actions": {"stateDelta": {"k": "mine"}}},
        "CreateReasoningEngine": {"displayName": "mine"},
        "UpdateReasoningEngine": {"displayName": "mine"},
    }
    return lambda: bodies.get(rpc, {})


def main(arguments: Sequence[str]) -> int:
    """Attack, and print what came of it."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--attempts", type=int, default=5000)
    parser.add_argument("--seed", type=int, default=1)
    given = parser.parse_args(arguments)
    with world() as target:
        report = attack(target, attempts=given.attempts, seed=given.seed)
    print(f"{report.attempts} attempts on {len(report.rpcs)} methods: {dict(sorted(report.statuses.items()))}")  # noqa: T201 - a program's table
    print(f"{len(report.findings)} of them reached another's scope", *report.findings[:10], sep="\n")  # noqa: T201 - as above
    return 1 if report.findings else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
