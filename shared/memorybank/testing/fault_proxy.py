"""A gRPC proxy that injects faults, in front of Firestore's emulator, the Cloud Tasks double, or both.

    with FaultProxy({FIRESTORE: emulator.host, CLOUD_TASKS: tasks.address}) as proxy:
        proxy.inject(lost(grpc.StatusCode.UNAVAILABLE), method="Commit", occurrence=2)
        channel = grpc.insecure_channel(proxy.address)

Clients are the real ones, and see what they would see of a failing network or service.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, suppress
from dataclasses import dataclass
from threading import Event, Lock
from typing import Any, Self

import grpc

FIRESTORE = "google.firestore.v1.Firestore"
CLOUD_TASKS = "google.cloud.tasks.v2.CloudTasks"

_THREADS = 32
_UNLIMITED = [("grpc.max_send_message_length", -1), ("grpc.max_receive_message_length", -1)]


@dataclass(frozen=True)
class Fault:
    """A fault of a call: how often it is forwarded, and what its caller gets.

    The caller gets the answer with number `answer`, counted from 1, or the status `code`, or, with neither, nothing
    until its own deadline.
    """

    name: str
    deliveries: int
    answer: int | None = None
    code: Any = None


def refused(code: Any) -> Fault:
    """Return the fault of a call that fails with a `grpc.StatusCode` and has no effect."""
    return Fault(f"refused {code.name}", 0, code=code)


def lost(code: Any) -> Fault:
    """Return the fault of a call that takes effect, although its caller gets a `grpc.StatusCode`."""
    return Fault(f"lost {code.name}", 1, code=code)


def hung() -> Fault:
    """Return the fault of a call that takes effect and is never answered."""
    return Fault("hung", 1)


def doubled(*, answer: int) -> Fault:
    """Return the fault of a call that arrives twice in sequence; the caller gets answer 1 or 2."""
    return Fault(f"doubled, answer {answer}", 2, answer=answer)


@dataclass(frozen=True)
class _Order:
    """A fault that is to happen once: to the call of that index, or to that occurrence of a method."""

    fault: Fault
    at: int | None
    method: str | None
    occurrence: int


@dataclass(frozen=True)
class _Answer:
    messages: tuple[bytes, ...]
    code: Any
    details: str
    metadata: Any


class FaultProxy:
    """Forwards calls, on a free port, inside a `with` block.

    `upstreams` maps the full name of each gRPC service to its address, host:port without TLS. Calls have one request
    and any number of answers, which are forwarded once all have arrived.
    """

    def __init__(self, upstreams: Mapping[str, str]) -> None:
        self._upstreams = dict(upstreams)
        self._stack = ExitStack()
        self._channels: dict[str, Any] = {}
        self._lock = Lock()  # guards the rest
        self._calls: list[str] = []
        self._occurrences: Counter[str] = Counter()
        self._orders: list[_Order] = []
        self._happened: list[tuple[str, Fault]] = []
        self.address = ""

    def __enter__(self) -> Self:
        for service, address in self._upstreams.items():
            self._channels[service] = grpc.insecure_channel(address, options=_UNLIMITED)
            self._stack.callback(self._channels[service].close)
        pool = self._stack.enter_context(ThreadPoolExecutor(_THREADS, "fault-proxy"))
        server = grpc.server(pool, options=[("grpc.so_reuseport", 0), *_UNLIMITED])
        server.add_generic_rpc_handlers((_Handler(self),))
        self.address = f"127.0.0.1:{server.add_insecure_port('127.0.0.1:0')}"
        server.start()
        self._stack.callback(lambda: server.stop(None).wait())
        return self

    def __exit__(self, *exception: object) -> None:
        self._stack.close()

    @property
    def calls(self) -> tuple[str, ...]:
        """The methods that were called, without their service, in order; each once, however often it was forwarded."""
        with self._lock:
            return tuple(self._calls)

    @property
    def happened(self) -> tuple[tuple[str, Fault], ...]:
        """The faults that have occurred, each with its method."""
        with self._lock:
            return tuple(self._happened)

    def inject(self, fault: Fault, *, at: int | None = None, method: str | None = None, occurrence: int = 1) -> None:
        """Inject a fault once: at index `at` in `calls`, or at that occurrence of `method`, counted from 1."""
        if (at is None) == (method is None):
            raise ValueError("give either at or method")
        with self._lock:
            self._orders.append(_Order(fault, at, method, occurrence))

    def serve(self, path: str, request: bytes, context: Any) -> Iterator[bytes]:
        """Answer a call of the method at `path`, /service/method: what gRPC calls."""
        fault = self._note(path.rpartition("/")[2])
        if fault is None:
            answer = self._pass_on(path, request, context)
        else:
            answers = [self._pass_on(path, request, context) for _ in range(fault.deliveries)]
            if fault.answer is None:
                _fail(fault, context)
            answer = answers[(fault.answer or 1) - 1]
        context.set_trailing_metadata(answer.metadata)
        yield from answer.messages
        if answer.code is not grpc.StatusCode.OK:
            context.abort(answer.code, answer.details)

    def knows(self, service: str) -> bool:
        """Say whether a gRPC service has an upstream."""
        return service in self._upstreams

    def _note(self, method: str) -> Fault | None:
        with self._lock:
            index = len(self._calls)
            self._calls.append(method)
            self._occurrences[method] += 1
            for order in self._orders:
                if order.at == index or (order.method, order.occurrence) == (method, self._occurrences[method]):
                    self._orders.remove(order)
                    self._happened.append((method, order.fault))
                    return order.fault
            return None

    def _pass_on(self, path: str, request: bytes, context: Any) -> _Answer:
        # On the wire there is no difference between one answer and many.
        method = self._channels[path.split("/")[1]].unary_stream(path)
        metadata = [pair for pair in context.invocation_metadata() if pair[0] != "user-agent"]
        call = method(request, timeout=context.time_remaining(), metadata=metadata)
        messages: list[bytes] = []
        with suppress(grpc.RpcError):  # which the code tells as well
            messages.extend(call)
        return _Answer(tuple(messages), call.code(), call.details(), call.trailing_metadata())


def _fail(fault: Fault, context: Any) -> None:
    if fault.code is None:
        ended = Event()
        if context.add_callback(ended.set):
            ended.wait()
    context.abort(fault.code or grpc.StatusCode.DEADLINE_EXCEEDED, f"told so: {fault.name}")


class _Handler(grpc.GenericRpcHandler):  # type: ignore[misc]  # grpc carries no types
    def __init__(self, proxy: FaultProxy) -> None:
        self._proxy = proxy

    def service(self, details: Any) -> Any:
        """Return the handler of a call, on bytes; None for a service without an upstream."""
        path = details.method
        if not self._proxy.knows(path.split("/")[1]):
            return None
        return grpc.unary_stream_rpc_method_handler(lambda request, context: self._proxy.serve(path, request, context))
