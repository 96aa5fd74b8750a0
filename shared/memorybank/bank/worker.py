"""The worker behind operations: a task may be delivered many times, with the same outcome as one delivery."""

from __future__ import annotations

import importlib
import logging
from collections.abc import Callable
from contextlib import suppress
from functools import cache
from typing import cast

from memorybank.bank import engines, retries
from memorybank.bank.delivery import Delivery
from memorybank.bank.operation_tasks import TASK_FIELDS, is_of_another_acceptance
from memorybank.bank.ports import Ports
from memorybank.errors import Aborted, Internal, MemoryBankError
from memorybank.ports.tasks import Attempt, Task
from memorybank.resources.names import path_of
from memorybank.resources.operation_kinds import KINDS, OperationKind, kind_of
from memorybank.retrying import When, decision_of

_log = logging.getLogger(__name__)


def run(ports: Ports, attempt: Attempt) -> None:
    """Do the work of the operation that a task names; raise to have it retried.

    An error ends the operation on the last attempt, or if no retry can fix it.
    """
    path = path_of(attempt.task.body)
    document, config = engines.get_with_config(ports, path)
    if document is None or is_of_another_acceptance(attempt.task, document):
        return
    kind = kind_of(document.data["kind"])
    if document.data["done"] and not kind.runs_when_done:
        return
    if attempt.exhausted:
        if kind.ends_on_failure:
            _give_up(ports, path, Internal("every attempt at the operation was lost: its process died each time"))
        return
    try:
        finisher_of(kind)(Delivery(ports, document, attempt.task.name, config, attempt.ending))
    except Exception as error:
        if not kind.ends_on_failure or not _is_taken_care_of(ports, path, attempt=attempt, error=error):
            raise


def _is_taken_care_of(ports: Ports, path: str, *, attempt: Attempt, error: Exception) -> bool:
    """Postpone a failed operation, or give it up; False means that its queue should retry it."""
    if _is_withdrawn(ports, path, attempt.task):
        return True
    decision = decision_of(error, last_attempt=attempt.final)
    # Conflicts are short, so the queue retries them; an outage may last and must not use up the queue's attempts.
    conflict = isinstance(error, Aborted) and not attempt.final
    if decision_of(error).when is When.NOW and not conflict:
        try:
            if retries.put_off(ports, path, error):
                told = {"operation": attempt.task.body, "reason": decision_of(error).reason}
                _log.warning("operation postponed", extra=told, exc_info=True)
                return True
        except MemoryBankError:  # the store is unreachable, too
            return False
    elif not decision.final:
        return False
    _log.warning("operation given up", extra={"operation": attempt.task.body}, exc_info=True)
    _give_up(ports, path, error)
    return True


def _is_withdrawn(ports: Ports, path: str, task: Task) -> bool:
    """Tell whether the operation of a task has gone meanwhile, or was accepted anew, which has a task of its own."""
    with suppress(MemoryBankError):  # the store is unreachable
        found = ports.store.get(path, fields=TASK_FIELDS)
        return found is None or is_of_another_acceptance(task, found)
    return False


def load_finishers() -> None:
    """Import all finishers now; otherwise each is imported on the first operation of its kind."""
    for kind in list(KINDS.values()):
        if kind.finisher is not None:
            finisher_of(kind)


def finisher_of(kind: OperationKind) -> Callable[[Delivery], None]:
    """Return the finisher of a kind, or raise `Internal`, so that the task is retried: a newer worker may know it."""
    if kind.finisher is None:
        raise Internal(f"this version of the worker cannot finish operations of the kind {kind.name}")
    return _imported(kind.finisher)


@cache
def _imported(name: str) -> Callable[[Delivery], None]:
    module, _, function = name.partition(":")
    return cast("Callable[[Delivery], None]", getattr(importlib.import_module(module), function))


def _give_up(ports: Ports, path: str, error: Exception) -> None:
    known = error if isinstance(error, MemoryBankError) else Internal("the bank failed; see its log")
    retries.give_up(ports, path, known)
