"""The worker: Cloud Tasks posts every task to it, and nothing else may call it."""

from __future__ import annotations

import logging
from typing import Any

from memorybank.aip.entry import Call
from memorybank.bank import worker
from memorybank.errors import Internal, MemoryBankError, Unavailable, Unimplemented
from memorybank.handlers.request_context import Service

_log = logging.getLogger(__name__)
worker.load_finishers()  # when the function starts, so that no delivery waits for them


def run_task(service: Service, call: Call) -> dict[str, Any]:
    """Do the work of one delivery. Any response other than 2xx causes another delivery.

    Every failure except an outage is a 500, because Cloud Tasks slows down the whole queue on 429 and 503.
    """
    if service.receive is None:
        raise Unimplemented("this deployment runs its queue in the process: tasks cannot be delivered to it")
    attempt = service.receive(call.headers, call.body)
    if attempt is None:
        return {}
    try:
        worker.run(service.ports, attempt)
    except MemoryBankError as error:
        _log.warning("task failed", extra={"operation": attempt.task.body, "attempt": attempt.number}, exc_info=True)
        if isinstance(error, Unavailable):
            raise
        raise Internal("the task failed and must be delivered again") from error
    return {}
