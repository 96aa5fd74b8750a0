"""ID tokens from the metadata server: kept while they are good, and an outage is told as one."""

from __future__ import annotations

import threading
import time
from concurrent.futures import ThreadPoolExecutor

import pytest

from memorybank.errors import Unavailable
from memorybank.metadata import IdTokens
from memorybank.renewal import RETRY_AFTER
from memorybank.testing.cloud_tasks.tokens import Tokens
from memorybank.testing.metadata_server import MetadataServer

EMAIL = "router@p.iam.gserviceaccount.com"


def test_a_token_is_fetched_once_for_each_audience_until_shortly_before_it_expires() -> None:
    now = time.time()
    with MetadataServer(EMAIL) as server:
        tokens = IdTokens(server.host, now=lambda: now)
        first = tokens("https://a.example.app")
        assert tokens("https://a.example.app") == first
        assert tokens("https://b.example.app") != first
        assert server.asked == {"https://a.example.app": 1, "https://b.example.app": 1}
        now += 3600 - 299
        assert tokens("https://a.example.app") == first  # it is good still, and renewed meanwhile
        end = time.monotonic() + 120
        while server.asked["https://a.example.app"] < 2:
            assert time.monotonic() < end
            time.sleep(0.01)


def test_an_outage_is_told_and_a_call_soon_after_tries_again() -> None:
    now = time.time()
    with MetadataServer(EMAIL) as server:
        tokens = IdTokens(server.host, now=lambda: now)
        server.failing = True
        with pytest.raises(Unavailable, match="503"):
            tokens("https://a.example.app")
        server.failing = False
        now += RETRY_AFTER
        assert tokens("https://a.example.app").count(".") == 2


def test_nobody_there_is_told_as_an_outage() -> None:
    with MetadataServer(EMAIL) as server:
        host = server.host
    with pytest.raises(Unavailable):
        IdTokens(host)("https://a.example.app")


@pytest.mark.parametrize("answer", ["", "<html>", "a.b.c", Tokens().issue(EMAIL, "a").rpartition(".")[0][:40]])
def test_what_is_no_token_is_told_as_an_outage(answer: str) -> None:
    class Odd(IdTokens):
        def _fetch(self, _audience: str) -> str:
            """Answer something odd."""
            return answer

    with pytest.raises(Unavailable):
        Odd("unused")("https://a.example.app")


def test_one_audience_is_not_held_up_by_another_whose_token_is_slow() -> None:
    slow, entered = threading.Event(), threading.Event()

    class Slow(IdTokens):
        def _fetch(self, audience: str) -> str:
            if audience == "slow":
                entered.set()
                assert slow.wait(120)
            return Tokens().issue(EMAIL, audience)

    tokens = Slow("unused")
    with ThreadPoolExecutor(1) as pool:
        waiting = pool.submit(tokens, "slow")
        assert entered.wait(120)
        assert tokens("quick").count(".") == 2
        slow.set()
        assert waiting.result(120).count(".") == 2
