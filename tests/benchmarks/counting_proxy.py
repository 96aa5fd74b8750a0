"""A gRPC proxy that passes every call on as it is and notes what it was: RPCs are counted where they really happen."""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any, Self

import grpc

_THREADS = 16
_VECTOR = b"__vector__"  # what marks a vector among the values of a document


@dataclass
class Rpc:
    """One call: the last part of its method's name, the bytes that were received, and the vectors among them."""

    method: str
    received: int = 0
    vectors: int = 0


@dataclass(frozen=True)
class Tally:
    """The RPCs of something that was done."""

    rpcs: tuple[Rpc, ...]

    @property
    def reads(self) -> int:
        """How many were not commits."""
        return len(self.rpcs) - self.commits

    @property
    def commits(self) -> int:
        """How many were commits."""
        return sum(rpc.method == "Commit" for rpc in self.rpcs)

    @property
    def received(self) -> int:
        """The bytes of all that was received."""
        return sum(rpc.received for rpc in self.rpcs)

    @property
    def vectors(self) -> int:
        """How many vectors were received."""
        return sum(rpc.vectors for rpc in self.rpcs)

    def __str__(self) -> str:
        """Return the methods, each with how often it was called."""
        counts = Counter(rpc.method for rpc in self.rpcs)
        return " + ".join(f"{count} {method}" for method, count in counts.items()) or "none"


class CountingProxy:
    """Passes the calls of any gRPC service on to `upstream`, host:port without TLS, for as long as it is entered."""

    def __init__(self, upstream: str) -> None:
        self._channel = grpc.insecure_channel(upstream)
        self._pool = ThreadPoolExecutor(_THREADS, "counting-proxy")
        self._server = grpc.server(self._pool, options=[("grpc.so_reuseport", 0)])
        self._server.add_generic_rpc_handlers((_Handler(self._forward),))
        self._lock = threading.Lock()
        self._rpcs: list[Rpc] = []
        self.address = f"127.0.0.1:{self._server.add_insecure_port('127.0.0.1:0')}"

    def __enter__(self) -> Self:
        self._server.start()
        return self

    def __exit__(self, *exception: object) -> None:
        self._server.stop(None).wait()
        self._pool.shutdown()
        self._channel.close()

    def taken(self) -> Tally:
        """Return what was called since the last time."""
        with self._lock:
            rpcs, self._rpcs = tuple(self._rpcs), []
        return Tally(rpcs)

    def _forward(self, method: str, requests: Iterator[bytes], context: Any) -> Iterator[bytes]:
        rpc = Rpc(method.rpartition("/")[2])
        with self._lock:
            self._rpcs.append(rpc)
        call = self._channel.stream_stream(method)  # messages stay bytes; one of each is a stream too
        metadata = [pair for pair in context.invocation_metadata() if pair[0] != "user-agent"]
        try:
            for message in call(requests, timeout=context.time_remaining(), metadata=metadata):
                rpc.received += len(message)
                rpc.vectors += message.count(_VECTOR)
                yield message
        except grpc.RpcError as error:
            refused: Any = error
            context.abort(refused.code(), refused.details())


class _Handler(grpc.GenericRpcHandler):  # type: ignore[misc]  # grpc carries no types
    def __init__(self, forward: Any) -> None:
        self._forward = forward

    def service(self, details: Any) -> Any:
        """Serve whatever method is called."""
        method = details.method
        return grpc.stream_stream_rpc_method_handler(lambda requests, context: self._forward(method, requests, context))
