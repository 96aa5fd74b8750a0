"""The sweep, called by Cloud Scheduler: removes what has expired and resumes stuck operations."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from datetime import timedelta
from typing import Any, cast

from memorybank.aip.entry import Call
from memorybank.aip.http import Response, json_response
from memorybank.bank import sweep
from memorybank.bank.ports import Ports
from memorybank.errors import DeadlineExceeded
from memorybank.handlers.request_context import Service
from memorybank.ports.documents import Delete, DocumentStore, Version, Write

_log = logging.getLogger(__name__)

_TIME = timedelta(seconds=50)
"""How long one run may take; the next one continues where it stopped."""


_UNFINISHED = 202
"""The status of a run that ran out of time. The alert in infra/monitoring.tf counts answers of 200: finished runs."""


def run_sweep(service: Service, call: Call) -> Response:
    """Run a sweep, and answer how many documents were removed and whether it is finished."""
    del call
    ports = _Limited(service.ports)
    try:
        sweep.sweep(cast(Ports, ports))
    except TimeBudgetExceeded:
        _log.warning("the sweep ran out of time", extra={"removed": ports.store.removed})
        return json_response({"removed": ports.store.removed, "finished": False}, status=_UNFINISHED)
    return json_response({"removed": ports.store.removed, "finished": True})


class TimeBudgetExceeded(DeadlineExceeded):
    """The sweep has used up its time; this is distinct from a store that was too slow."""


class _Limited:
    """The ports, with a store that stops when the time is over."""

    def __init__(self, ports: Ports) -> None:
        self._ports = ports
        self.store = _LimitedStore(ports)

    def __getattr__(self, port: str) -> Any:
        return getattr(self._ports, port)


class _LimitedStore:
    """A store that fails when its time is over, and counts what it deletes.

    The sweep may stop between any two calls: it is repeated anyway, and finds what is left.
    """

    def __init__(self, ports: Ports) -> None:
        self._clock, self._store = ports.clock, ports.store
        self._end = self._clock.now() + _TIME
        self.removed = 0

    def commit(self, writes: Sequence[Write]) -> list[Version]:
        """Apply the writes, and count the deletions."""
        versions = self._in_time().commit(writes)
        self.removed += sum(isinstance(write, Delete) for write in writes)
        return versions

    def __getattr__(self, method: str) -> Any:
        return getattr(self._in_time(), method)

    def _in_time(self) -> DocumentStore:
        if self._clock.now() >= self._end:
            raise TimeBudgetExceeded("the time limit of this sweep was reached")
        return self._store
