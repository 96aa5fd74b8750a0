"""What an instance remembers of configurations, for how long, and of how many engines."""

from __future__ import annotations

from datetime import timedelta

from memorybank.bank.config_cache import ConfigCache
from memorybank.resources.config import MemoryBankConfig
from memorybank.resources.names import EngineName
from memorybank.testing.frozen import START

MINUTE = timedelta(minutes=1)


class _Reads:
    """Reads configurations, and counts how often."""

    def __init__(self) -> None:
        self.count = 0

    def __call__(self) -> MemoryBankConfig:
        self.count += 1
        return MemoryBankConfig()


def _engine(number: int) -> EngineName:
    return EngineName("p", "l", str(number))


def test_a_configuration_is_believed_for_its_lifetime_and_not_a_moment_longer() -> None:
    cache, read = ConfigCache(MINUTE), _Reads()
    for later, reads in ((timedelta(0), 1), (MINUTE - timedelta(microseconds=1), 1), (MINUTE, 2)):
        cache.get(_engine(1), read, now=START + later)
        assert read.count == reads
    assert cache.is_fresh(_engine(1), now=START + MINUTE)
    assert not cache.is_fresh(_engine(2), now=START)


def test_without_a_lifetime_nothing_is_believed() -> None:
    cache, read = ConfigCache(timedelta(0)), _Reads()
    for _ in range(2):
        cache.get(_engine(1), read, now=START)
    assert read.count == 2


def test_of_very_many_engines_those_used_last_are_remembered() -> None:
    cache, read = ConfigCache(MINUTE), _Reads()
    for number in range(1500):
        cache.get(_engine(number), read, now=START)
    fresh = [number for number in range(1500) if cache.is_fresh(_engine(number), now=START)]
    assert fresh == list(range(500, 1500))
