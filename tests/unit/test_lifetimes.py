"""When memories and revisions end: by the request, the bank's configuration, or the usual time."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest

from memorybank.bank.memories.lifetimes import Cause, keeps_revisions, memory_end, requested_end, revision_end
from memorybank.resources.config import MemoryBankConfig
from memorybank.resources.memory import Memory, RevisionOptions
from memorybank.resources.wire import parse
from memorybank.testing.frozen import START

DAY = timedelta(days=1)
GRANULAR = {"granularTtlConfig": {"createTtl": "60s", "generateCreatedTtl": "120s", "generateUpdatedTtl": "180s"}}
ENDS = START + DAY


def _config(**ttl: Any) -> MemoryBankConfig:
    return parse(MemoryBankConfig, {"ttlConfig": ttl} if ttl else {})


@pytest.mark.parametrize(
    ("ttl", "cause", "expected"),
    [
        ({}, Cause.UPDATED, ENDS),
        ({"defaultTtl": "60s"}, Cause.UPDATED, START + timedelta(seconds=60)),
        (GRANULAR, Cause.CREATED, START + timedelta(seconds=60)),
        (GRANULAR, Cause.GENERATED, START + timedelta(seconds=120)),
        (GRANULAR, Cause.REGENERATED, START + timedelta(seconds=180)),
        (GRANULAR, Cause.UPDATED, ENDS),
        ({"granularTtlConfig": {"createTtl": "60s"}}, Cause.REGENERATED, ENDS),
    ],
)
def test_a_memory_ends_as_the_cause_of_its_writing_says_and_else_as_before(
    ttl: dict[str, Any], cause: Cause, expected: datetime
) -> None:
    assert memory_end(_config(**ttl), cause, now=START, current=ENDS) == expected


def test_a_memory_of_which_nothing_says_when_it_ends_does_not() -> None:
    assert memory_end(_config(), Cause.CREATED, now=START) is None
    assert requested_end(Memory(), now=START) is None
    assert requested_end(Memory(ttl=DAY), now=START) == ENDS
    assert requested_end(Memory(expire_time=ENDS), now=START) == ENDS


def test_a_revision_ends_as_the_request_says_else_the_bank_else_after_a_year() -> None:
    bank = _config(memoryRevisionDefaultTtl="86400s")
    assert revision_end(bank, RevisionOptions(revision_ttl=2 * DAY), now=START) == START + 2 * DAY
    assert revision_end(bank, RevisionOptions(revision_expire_time=START + 3 * DAY), now=START) == START + 3 * DAY
    assert revision_end(bank, RevisionOptions(), now=START) == ENDS
    assert revision_end(_config(), RevisionOptions(), now=START) == START + 365 * DAY


@pytest.mark.parametrize(("bank", "request_"), [(False, False), (True, False), (False, True)])
def test_a_change_leaves_a_revision_unless_bank_or_request_want_none(*, bank: bool, request_: bool) -> None:
    config = MemoryBankConfig(disable_memory_revisions=bank)
    options = RevisionOptions(disable_memory_revisions=request_)
    assert keeps_revisions(config, options) == (not bank and not request_)
