"""The fault proxy does to a call what it was told, and no more."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import grpc
import pytest
from google.api_core import exceptions

from memorybank.testing.cloud_tasks.server import CloudTasksServer, client_for
from memorybank.testing.fault_proxy import CLOUD_TASKS, FaultProxy, doubled, hung, lost, refused
from tests.waiting import PATIENCE

_PARENT = "projects/p/locations/l"
_QUEUE = f"{_PARENT}/queues/q"


@dataclass(frozen=True)
class Behind:
    """A queue behind a proxy: Google's client for the proxy, and one for the server itself."""

    proxy: FaultProxy
    client: Any
    direct: Any

    def create(self, *, timeout: float = PATIENCE) -> Any:
        task = {"name": f"{_QUEUE}/tasks/t", "http_request": {"url": "http://127.0.0.1:9/"}}
        return self.client.create_task(parent=_QUEUE, task=task, retry=None, timeout=timeout)

    @property
    def kept(self) -> int:
        return len(list(self.direct.list_tasks(parent=_QUEUE)))


@pytest.fixture
def behind(tasks: CloudTasksServer) -> Iterator[Behind]:
    direct = tasks.client()
    direct.create_queue(parent=_PARENT, queue={"name": _QUEUE})
    direct.pause_queue(name=_QUEUE)
    with FaultProxy({CLOUD_TASKS: tasks.address}) as proxy:
        client = client_for(proxy.address)
        yield Behind(proxy, client, direct)
        client.transport.close()


def test_calls_pass_as_they_are_and_are_noted(behind: Behind) -> None:
    assert behind.create().name == f"{_QUEUE}/tasks/t"
    with pytest.raises(exceptions.NotFound, match="Requested entity was not found"):
        behind.client.get_task(name=f"{_QUEUE}/tasks/other")
    assert behind.proxy.calls == ("CreateTask", "GetTask")
    assert behind.proxy.happened == ()


def test_a_refused_call_has_no_effect_and_the_next_one_passes(behind: Behind) -> None:
    behind.proxy.inject(refused(grpc.StatusCode.ABORTED), at=0)
    with pytest.raises(exceptions.Aborted):
        behind.create()
    assert behind.kept == 0
    behind.create()
    assert behind.kept == 1


@pytest.mark.parametrize(
    ("fault", "told"),
    [
        (lost(grpc.StatusCode.UNAVAILABLE), exceptions.ServiceUnavailable),
        (hung(), exceptions.DeadlineExceeded),
        (doubled(answer=2), exceptions.AlreadyExists),
    ],
    ids=lambda value: getattr(value, "name", None),
)
def test_a_call_may_take_effect_while_its_caller_is_told_otherwise(behind: Behind, fault: Any, told: Any) -> None:
    with pytest.raises(exceptions.NotFound):  # both sides of the proxy are connected from here on
        behind.client.get_task(name=f"{_QUEUE}/tasks/other")
    behind.proxy.inject(fault, method="CreateTask")
    with pytest.raises(told):
        behind.create(timeout=2 if fault == hung() else PATIENCE)
    assert behind.kept == 1
    assert behind.proxy.happened == (("CreateTask", fault),)


def test_of_a_doubled_call_the_first_answer_may_count(behind: Behind) -> None:
    behind.proxy.inject(doubled(answer=1), method="CreateTask")
    assert behind.create().name == f"{_QUEUE}/tasks/t"


def test_a_fault_waits_for_its_occurrence(behind: Behind) -> None:
    behind.proxy.inject(refused(grpc.StatusCode.UNAVAILABLE), method="GetTask", occurrence=2)
    behind.create()
    behind.client.get_task(name=f"{_QUEUE}/tasks/t", retry=None)
    with pytest.raises(exceptions.ServiceUnavailable):
        behind.client.get_task(name=f"{_QUEUE}/tasks/t", retry=None)


def test_a_fault_needs_one_place(behind: Behind) -> None:
    with pytest.raises(ValueError, match="either"):
        behind.proxy.inject(hung())
