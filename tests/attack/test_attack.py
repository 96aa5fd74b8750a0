"""Short runs of the attack and of the fuzzer."""

from __future__ import annotations

from memorybank.handlers.rpcs import all_rpcs
from tests.attack.attempts import attack
from tests.attack.fuzzer import fuzz
from tests.attack.world import world
from tests.conftest import Served
from tests.functions.callers import ANYBODY, READER_OF_ALL

ATTEMPTS = 600
REQUESTS = 800


def test_no_attempt_on_any_method_reaches_anothers_scope() -> None:
    with world() as target:
        report = attack(target, attempts=ATTEMPTS, seed=1)
    assert report.findings == []
    assert report.attempts == ATTEMPTS
    assert set(report.rpcs) == {rpc.name for rpc in all_rpcs() if rpc.public}
    assert report.statuses[200], "some of what the attacker tries is theirs to do"


def test_the_attack_sees_who_may_read_everything() -> None:
    with world(READER_OF_ALL) as target:
        assert attack(target, attempts=200, seed=1).findings


def test_the_attack_sees_who_may_change_everything() -> None:
    with world(ANYBODY) as target:
        report = attack(target, attempts=200, seed=1)
    assert any(finding.startswith("changed") for finding in report.findings)


def test_requests_of_every_kind_are_answered_in_the_shape_of_the_api(served: Served) -> None:
    report = fuzz(served.url, requests=REQUESTS, seed=1)
    assert report.findings == []
    assert report.requests == REQUESTS
    assert {200, 400, 404} <= set(report.statuses)
