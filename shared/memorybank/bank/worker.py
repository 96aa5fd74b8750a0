"""The work behind operations: a task may be delivered many times, and has the outcome of one delivery."""

from __future__ import annotations

import importlib
import logging
from collections.abc import Callable
from functools import cache
from typing import cast

from memorybank.bank import engines, operations, payloads
from memorybank.bank.delivery import Delivery
from memorybank.bank.ports import Ports
from memorybank.errors import Aborted, Internal, MemoryBankError, NotFound
from memorybank.ports.documents import Patch
from memorybank.ports.tasks import Attempt
from memorybank.resources.names import path_of
from memorybank.resources.operation_kinds import KINDS, OperationKind, kind_of
from memorybank.retrying import decision_of

_log = logging.getLogger(__name__)


def run(ports: Ports, attempt: Attempt) -> None:
    """Do the work of the operation that a task names; raise to have it retried.

    An error ends the operation on the last attempt, or if no retry can fix it.
    """
    path = path_of(attempt.task.body)
    document, config = engines.get_with_config(ports, path)
    if document is None:
        return
    kind = kind_of(document.data["kind"])
    if document.data["done"] and not kind.runs_when_done:
        return
    if attempt.exhausted:
        if kind.ends_on_failure:
            _fail(ports, path, Internal("every attempt at the operation was lost: whatever worked on it died"))
        return
    try:
        finisher_of(kind)(Delivery(ports, document, attempt.task.name, config))
    except Exception as error:
        decision = decision_of(error, last_attempt=attempt.final)
        if not (decision.final and kind.ends_on_failure):
            raise
        told = {"operation": attempt.task.body, "reason": decision.reason}
        _log.warning("operation failed for good", extra=told, exc_info=True)
        _fail(ports, path, error)


def load_finishers() -> None:
    """Import all finishers now; otherwise each is imported for the first operation of its kind."""
    for kind in list(KINDS.values()):
        if kind.finisher is not None:
            finisher_of(kind)


def finisher_of(kind: OperationKind) -> Callable[[Delivery], None]:
    """Return the finisher of a kind, or raise `Internal`, which has the task retried: a newer worker may know it."""
    if kind.finisher is None:
        raise Internal(f"this version of the worker cannot finish operations of the kind {kind.name}")
    return _imported(kind.finisher)


@cache
def _imported(name: str) -> Callable[[Delivery], None]:
    module, _, function = name.partition(":")
    return cast("Callable[[Delivery], None]", getattr(importlib.import_module(module), function))


def _fail(ports: Ports, path: str, error: Exception) -> None:
    known = error if isinstance(error, MemoryBankError) else Internal("the bank failed; its log says why")
    while True:
        document = ports.store.get(path)
        if document is None or document.data["done"]:
            return
        outcome = operations.Outcome(error=known)
        try:
            writes = [Patch(path, outcome.data(ports), version=document.version), *payloads.removals(document)]
            ports.store.commit(writes)
        except (Aborted, NotFound):
            continue
        return
