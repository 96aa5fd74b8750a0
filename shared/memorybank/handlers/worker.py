"""The worker: only Cloud Tasks may call it, and posts every task to it."""

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
    """Do the work of one delivery. Any answer but 2xx has it delivered again.

    Every failure is a 500, but for an outage: Cloud Tasks slows the whole queue down on 429 and 503.
    """
    if service.receive is None:
        raise Unimplemented("this deployment keeps its queue in the process: no tasks are delivered to it")
    attempt = service.receive(call.headers, call.body)
    if attempt is None:
        return {}
    try:
        worker.run(service.ports, attempt)
    except MemoryBankError as error:
        _log.warning("task failed", extra={"operation": attempt.task.body, "attempt": attempt.number}, exc_info=True)
        if isinstance(error, Unavailable):
            raise
        raise Internal("the task failed and is to be delivered again") from error
    return {}
