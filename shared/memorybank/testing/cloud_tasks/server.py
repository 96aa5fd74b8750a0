"""A double of Cloud Tasks: a gRPC server that Google's own client talks to, which posts tasks to a real HTTP worker.

    with CloudTasksServer(clock=FrozenClock()) as tasks:
        client = tasks.client()
        client.create_queue(parent="projects/p/locations/l", queue={"name": "projects/p/locations/l/queues/q"})
        ...

It implements the documented behaviour of Cloud Tasks: names that stay taken, retries, schedules, headers, signed
tokens, pausing. It has no rate limits, throttling after 503, App Engine, OAuth tokens, paging, or task deadlines
(31 days). It uses `clock`, except for `dispatch_deadline` and the times in tokens, which are the machine's.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any, Self

import grpc
from google.cloud import tasks_v2
from google.cloud.tasks_v2.services.cloud_tasks.transports import CloudTasksGrpcTransport
from google.protobuf.empty_pb2 import Empty

from memorybank.ports.clock import Clock, SystemClock
from memorybank.testing.cloud_tasks.dispatch import Dispatcher, Faults
from memorybank.testing.cloud_tasks.queues import Queues, Refused
from memorybank.testing.cloud_tasks.tokens import Tokens

_SERVICE = "google.cloud.tasks.v2.CloudTasks"
_RPC_THREADS = 8
_POLL = timedelta(milliseconds=10)


class CloudTasksServer:
    """Cloud Tasks inside a `with` block, on a free local port unless `listen` says host:port.

    It makes up to `concurrent` deliveries at once, and keeps the name of an ended task for `names_kept`.
    """

    def __init__(
        self,
        *,
        clock: Clock | None = None,
        concurrent: int = 16,
        names_kept: timedelta = timedelta(hours=24),
        listen: str = "127.0.0.1:0",
    ) -> None:
        self._listen = listen
        self._queues = Queues(clock or SystemClock(), concurrent=concurrent, names_kept=names_kept)
        self._tokens = Tokens()
        self._faults = Faults()
        self._dispatcher = Dispatcher(self._queues, self._tokens, self._faults, concurrent=concurrent, poll=_POLL)
        self._pool = ThreadPoolExecutor(_RPC_THREADS, "cloud-tasks-rpc")
        self._server = grpc.server(self._pool, options=[("grpc.so_reuseport", 0)])
        self._server.add_generic_rpc_handlers((grpc.method_handlers_generic_handler(_SERVICE, self._methods()),))
        self._port: int = 0
        self._clients: list[Any] = []
        self._failing_with = grpc.StatusCode.UNAVAILABLE

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(self, *exception: object) -> None:
        self.stop()

    def start(self) -> None:
        """Start listening and delivering; can be called once."""
        self._port = self._server.add_insecure_port(self._listen)
        self._server.start()
        self._dispatcher.start()

    def stop(self) -> None:
        """Stop at once, even during deliveries, and leave no thread behind."""
        for client in self._clients:
            client.transport.close()
        self._server.stop(None).wait()
        self._pool.shutdown()
        self._dispatcher.stop()
        self._tokens.stop()

    @property
    def address(self) -> str:
        """The address of the gRPC server, host:port, without TLS."""
        return f"127.0.0.1:{self._port}"

    @property
    def certs_url(self) -> str:
        """The URL of the certificates for verifying the tokens, in the form of Google's oauth2/v1/certs."""
        return self._tokens.certs_url

    def client(self) -> Any:
        """Return Google's client for this server, which `stop` closes."""
        client = client_for(self.address)
        self._clients.append(client)
        return client

    def wait_idle(self, timeout: timedelta) -> bool:
        """Wait until nothing is due and nothing is being delivered; say whether that happened within `timeout`.

        Tasks that wait for their time, for their next attempt, or in a paused queue are not counted.
        """
        deadline = time.monotonic() + timeout.total_seconds()
        with self._queues.changed:
            while not self._queues.idle():
                left = deadline - time.monotonic()
                if left <= 0:
                    return False
                self._queues.changed.wait(min(left, _POLL.total_seconds()))
        return True

    def deliver_twice(self, times: int = 1) -> None:
        """Send each of the next attempts twice at once; the first one's answer counts."""
        self._faults.order("deliver twice", times)

    def drop_responses(self, times: int = 1) -> None:
        """Lose the worker's answer to each of the next attempts, as if it had come too late."""
        self._faults.order("drop response", times)

    def fail_creates(
        self, times: int = 1, *, stored: bool = False, code: grpc.StatusCode = grpc.StatusCode.UNAVAILABLE
    ) -> None:
        """Answer the next calls of CreateTask with an error, before the task is stored or after it."""
        self._failing_with = code
        self._faults.order("fail after storing" if stored else "fail before storing", times)

    def _methods(self) -> dict[str, Any]:
        queues, queue, task = self._queues, tasks_v2.Queue, tasks_v2.Task
        empty: Any = Empty
        calls: dict[str, tuple[Callable[[Any], Any], Any, Any]] = {
            "CreateQueue": (queues.create_queue, tasks_v2.CreateQueueRequest, queue.serialize),
            "GetQueue": (queues.get_queue, tasks_v2.GetQueueRequest, queue.serialize),
            "PauseQueue": (queues.pause_queue, tasks_v2.PauseQueueRequest, queue.serialize),
            "ResumeQueue": (queues.resume_queue, tasks_v2.ResumeQueueRequest, queue.serialize),
            "PurgeQueue": (queues.purge_queue, tasks_v2.PurgeQueueRequest, queue.serialize),
            "CreateTask": (self._create_task, tasks_v2.CreateTaskRequest, task.serialize),
            "GetTask": (queues.get_task, tasks_v2.GetTaskRequest, task.serialize),
            "ListTasks": (queues.list_tasks, tasks_v2.ListTasksRequest, tasks_v2.ListTasksResponse.serialize),
            "DeleteTask": (queues.delete_task, tasks_v2.DeleteTaskRequest, empty.SerializeToString),
            "RunTask": (queues.run_task, tasks_v2.RunTaskRequest, task.serialize),
        }
        return {
            name: grpc.unary_unary_rpc_method_handler(
                _answering(call), request_deserializer=request.deserialize, response_serializer=serialize
            )
            for name, (call, request, serialize) in calls.items()
        }

    def _create_task(self, request: Any) -> Any:
        if self._faults.take("fail before storing"):
            raise Refused(self._failing_with, "told to fail before storing")
        task = self._queues.create_task(request)
        if self._faults.take("fail after storing"):
            raise Refused(self._failing_with, "told to fail after storing")
        return task


def client_for(address: str) -> Any:
    """Return Google's client for the server at `address`; its `transport.close()` is the caller's."""
    return tasks_v2.CloudTasksClient(transport=CloudTasksGrpcTransport(channel=grpc.insecure_channel(address)))


def _answering(call: Callable[[Any], Any]) -> Callable[[Any, Any], Any]:
    def answer(request: Any, context: Any) -> Any:
        try:
            return call(request)
        except Refused as refused:
            context.abort(refused.code, str(refused))

    return answer
