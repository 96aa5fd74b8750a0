"""A gRPC server on this machine, in front of the application that HTTP requests go to, too."""

from __future__ import annotations

import errno
import logging
from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from http import HTTPStatus
from types import TracebackType
from typing import Any, NoReturn, Self

import grpc
from google.longrunning import operations_pb2
from grpc_status import rpc_status

from memorybank.aip.entry import Application
from memorybank.aip.errors import error_response
from memorybank.aip.http import Response
from memorybank.aip.routing import Route
from memorybank.config import MAX_BODY
from memorybank.errors import MemoryBankError, Unimplemented
from memorybank.local.grpc.methods import Message, Method, methods_for
from memorybank.local.grpc.transcoding import answer_of, message_of, request_of, status_of

_THREADS = 32
_MOST_CALLS = 128
"""Calls that are served or wait for a thread, each with its request; further ones are refused."""

_IDLE_MILLISECONDS = 10 * 60 * 1000
_GRACE_SECONDS = 10
"""How long calls may run on when the server stops."""

_WAIT = 10.0
_LONGEST_WAIT = 30.0
_STEP = 1.0
"""Seconds that WaitOperation waits before it looks whether the client is still there."""

_MOST_REMEMBERED = 10_000

_log = logging.getLogger(__name__)


class GrpcServer:
    """Serves an application over gRPC at `address` until it is closed. Port 0 takes a free one.

    Raises `OSError` if the address is not available.
    """

    def __init__(
        self, application: Application[Any], routes: Iterable[Route], *, host: str = "127.0.0.1", port: int = 0
    ) -> None:
        self._pool = ThreadPoolExecutor(_THREADS, thread_name_prefix="grpc")
        self._server = grpc.server(
            self._pool,
            handlers=[Handlers(application, methods_for(routes))],
            maximum_concurrent_rpcs=_MOST_CALLS,
            options=[
                ("grpc.max_receive_message_length", MAX_BODY),
                ("grpc.max_concurrent_streams", _MOST_CALLS),
                ("grpc.max_connection_idle_ms", _IDLE_MILLISECONDS),
                ("grpc.so_reuseport", 0),  # a second server would share the port and take every other call
            ],
        )
        shown = f"[{host}]" if ":" in host else host
        try:
            bound = self._server.add_insecure_port(f"{shown}:{port}")
        except RuntimeError as error:
            raise OSError(errno.EADDRNOTAVAIL, "gRPC cannot have this address", f"{shown}:{port}") from error
        self.address = f"{shown}:{bound}"

    def __enter__(self) -> Self:
        """Serve in the background."""
        self._server.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Refuse new calls, and finish or cancel the running ones."""
        self._server.stop(_GRACE_SECONDS).wait()
        self._pool.shutdown()


class Handlers(grpc.GenericRpcHandler):  # type: ignore[misc]
    """Finds the method of a call and serves it."""

    def __init__(self, application: Application[Any], methods: dict[str, Method]) -> None:
        self._application = application
        self._methods = methods
        self._of_v1: dict[str, None] = {}

    def service(self, handler_call_details: Any) -> Any:
        """Return the handler of a call. It gets bytes: gRPC has one answer only to those that it cannot read."""
        path = handler_call_details.method
        method = self._methods.get(path)
        serve = partial(_refuse, path) if method is None else partial(self._serve, method)
        return grpc.unary_unary_rpc_method_handler(serve)

    def _serve(self, method: Method, data: bytes, context: Any) -> bytes:
        try:
            answer = self._answer(method, data, context)
        except MemoryBankError as error:
            _abort(context, error_response(error))
        except _RefusedError as refused:
            _abort(context, refused.response)
        except Exception as error:  # noqa: BLE001 - the border: gRPC would show the error's text to the caller
            _log.exception("a call failed", extra={"method": method.path})
            _abort(context, error_response(error))
        return answer.SerializeToString()  # type: ignore[no-any-return]

    def _answer(self, method: Method, data: bytes, context: Any) -> Message:
        message = message_of(method, data)
        if method.request is operations_pb2.WaitOperationRequest:
            return self._wait(method, message, context)
        if not context.is_active():  # it waited for a thread, and its client did not
            return method.response()
        return self._ask(method, message, context)

    def _ask(self, method: Method, message: Message, context: Any) -> Message:
        """Put a request to the application."""
        request = request_of(method, message, metadata=context.invocation_metadata(), max_body=MAX_BODY)
        if getattr(message, "name", None) in self._of_v1:
            request = request._replace(path=request.path.replace("/v1beta1/", "/v1/", 1))
        response = self._application.handle(request)
        if response.status != HTTPStatus.OK:
            raise _RefusedError(response)
        answer = answer_of(method, response)
        if isinstance(answer, operations_pb2.Operation) and not answer.done and request.path.startswith("/v1/"):
            self._remember(answer.name)
        return answer

    def _remember(self, operation: str) -> None:
        """Remember that v1 started an operation: polling has no version, and a client reads messages of its own."""
        self._of_v1[operation] = None
        if len(self._of_v1) > _MOST_REMEMBERED:
            self._of_v1.pop(next(iter(self._of_v1)), None)

    def _wait(self, method: Method, message: Message, context: Any) -> Message:
        """Wait for an operation in steps, so that a client that has gone does not hold a thread."""
        asked = message.timeout.seconds + message.timeout.nanos / 1e9 if message.HasField("timeout") else _WAIT
        left = max(-1.0, min(asked, _LONGEST_WAIT))  # the application refuses a negative one
        while True:
            message.timeout.FromMilliseconds(int(min(left, _STEP) * 1000))
            operation = self._ask(method, message, context)
            left -= _STEP
            if operation.done or left <= 0 or not context.is_active():
                return operation


class _RefusedError(Exception):
    def __init__(self, response: Response) -> None:
        super().__init__()
        self.response = response


def _refuse(path: str, data: bytes, context: Any) -> bytes:
    del data
    told = f"{path[:200]} is not served over gRPC. Over HTTP the bank serves more: see the API's documentation."
    _abort(context, error_response(Unimplemented(told)))


def _abort(context: Any, response: Response) -> NoReturn:
    """End a call with an error; it raises what gRPC ends a handler by."""
    context.abort_with_status(rpc_status.to_status(status_of(response)))
    raise AssertionError  # not reached
