"""A connection to Firestore that goes silent: no error, no end, and nothing arrives any more."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, contextmanager

import grpc
import pytest

from memorybank.storage.firestore import FirestoreStore
from memorybank.storage.firestore.connection import CHANNEL_OPTIONS
from memorybank.testing.silent_proxy import SilentProxy
from tests.unit.firestore_server import EmptyFirestore
from tests.waiting import PATIENCE, until

_FASTER = {"grpc.keepalive_time_ms": 100, "grpc.keepalive_timeout_ms": 300, "grpc.http2.ping_timeout_ms": 300}
_FASTER |= {"grpc.min_reconnect_backoff_ms": 300, "grpc.max_reconnect_backoff_ms": 100}
"""The store's own times would take a test half a minute."""

PATH = "engines/e"


@contextmanager
def connected(proxy: SilentProxy) -> Iterator[tuple[FirestoreStore, list[grpc.ChannelConnectivity]]]:
    """Yield a store that has called once, and the states of its connection from then on."""
    states: list[grpc.ChannelConnectivity] = []
    options = {**dict(CHANNEL_OPTIONS), **_FASTER}
    channel = grpc.insecure_channel(proxy.address, options=[*options.items()])
    with closing(FirestoreStore("p", connect=lambda: channel, retry_seconds=PATIENCE)) as store:
        assert store.get(PATH) is None
        channel.subscribe(states.append)
        until(lambda: states == [grpc.ChannelConnectivity.READY])
        yield store, states


def test_an_idle_connection_that_went_silent_is_given_up_before_anybody_calls() -> None:
    with EmptyFirestore() as server, SilentProxy(server.address) as proxy, connected(proxy) as (store, states):
        proxy.be_silent()
        until(lambda: states[-1] is not grpc.ChannelConnectivity.READY)
        proxy.speak()
        assert store.get(PATH) is None
        assert proxy.accepted >= 2


@pytest.mark.parametrize("name", [*_FASTER, "grpc.keepalive_permit_without_calls"])
def test_the_options_of_a_channel_are_the_ones_tested_here(name: str) -> None:
    """GRPC takes any name; a wrong one would leave its default, which is minutes."""
    assert name in dict(CHANNEL_OPTIONS)


def test_a_call_into_silence_is_made_again_on_a_new_connection() -> None:
    with EmptyFirestore() as server, SilentProxy(server.address) as proxy, connected(proxy) as (store, _):
        proxy.be_silent()
        proxy.speak()  # for new connections
        assert store.get(PATH) is None
        assert proxy.accepted >= 2


def test_a_network_that_comes_back_is_found_by_the_call_that_waits() -> None:
    with EmptyFirestore() as server, SilentProxy(server.address) as proxy, connected(proxy) as (store, states):
        proxy.be_silent()
        until(lambda: states[-1] is not grpc.ChannelConnectivity.READY)
        with ThreadPoolExecutor(1) as pool:
            waiting = pool.submit(store.get, PATH)
            until(lambda: proxy.accepted >= 4)
            proxy.speak()
            assert waiting.result() is None
