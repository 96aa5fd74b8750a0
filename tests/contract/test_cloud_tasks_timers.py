"""Streams are flushed by timers that Cloud Tasks keeps: named once, put off as often as it takes, delivered by HTTP."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from typing import Any, cast

from memorybank.bank import worker
from memorybank.tasks.cloud_tasks import CloudTasksQueue, attempt_of
from memorybank.testing.cloud_tasks.server import CloudTasksServer
from tests.contract.cloud_tasks_worker import CloudTasksWorker
from tests.unit.policy import open_policy
from tests.unit.streaming import MINUTE, Streaming, rule
from tests.waiting import LONG

PARENT = "projects/p/locations/europe-west1"
QUEUE = f"{PARENT}/queues/work"


@contextmanager
def _streaming_on_cloud_tasks() -> Iterator[tuple[Streaming, CloudTasksServer]]:
    policy = open_policy()

    def receive(headers: Mapping[str, str], body: Mapping[str, Any]) -> None:
        worker.run(streaming.policy.ports, attempt_of(headers, body, max_attempts=4))

    with CloudTasksWorker(receive) as http, CloudTasksServer(clock=policy.clock) as server:
        server.client().create_queue(parent=PARENT, queue={"name": QUEUE, "retry_config": {"max_attempts": 4}})
        queue = CloudTasksQueue(
            QUEUE,
            worker_url=http.url,
            service_account_email="tasks@p.iam.gserviceaccount.com",
            audience="worker",
            clock=policy.clock,
            client=server.client(),
            timeout=LONG,
        )
        streaming = Streaming(replace(policy, ports=replace(policy.ports, queue=cast(Any, queue))))
        yield streaming, server


def _waiting(server: CloudTasksServer) -> int:
    return len(list(server.client().list_tasks(parent=QUEUE)))


def test_an_idle_stream_is_flushed_and_becomes_memories_without_another_call() -> None:
    with _streaming_on_cloud_tasks() as (streaming, server):
        operation = streaming.ingest("I like tea", **rule(idleDuration="120s"))
        for text in ("I like figs", "I like rain"):
            streaming.policy.clock.advance(MINUTE)
            assert server.wait_idle(LONG)
            streaming.ingest(text)
            assert _waiting(server) == 1
        streaming.policy.clock.advance(MINUTE)
        assert server.wait_idle(LONG)
        assert not streaming.operation(operation).done
        streaming.policy.clock.advance(MINUTE)
        assert server.wait_idle(LONG)
        assert streaming.operation(operation).done
        assert streaming.policy.facts() == ["I like figs", "I like rain", "I like tea"]
        assert _waiting(server) == 0


def test_a_timer_delivered_twice_flushes_once() -> None:
    with _streaming_on_cloud_tasks() as (streaming, server):
        streaming.ingest("I like tea", **rule(fixedInterval="60s"))
        server.deliver_twice()
        server.drop_responses()
        streaming.policy.clock.advance(MINUTE)
        assert server.wait_idle(LONG)
        streaming.policy.clock.advance(MINUTE)
        assert server.wait_idle(LONG)
        assert len(streaming.operations_of("GenerateMemories")) == 1
        assert streaming.policy.facts() == ["I like tea"]
