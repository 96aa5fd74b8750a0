"""The work behind operations: what a task's delivery does, once or many times over, with the outcome of once."""

from __future__ import annotations

import contextlib
import logging

from memorybank.bank import engines, operations, payloads
from memorybank.bank.generation import accept, commit, extract
from memorybank.bank.generation.checkpoint import CheckpointedReading, checkpoint_of
from memorybank.bank.ingestion import flush
from memorybank.bank.memories import purge, reembedding
from memorybank.bank.ports import Ports
from memorybank.errors import (
    Aborted,
    FailedPrecondition,
    Internal,
    InvalidArgument,
    MemoryBankError,
    NotFound,
    PermissionDenied,
    Unimplemented,
)
from memorybank.models.usage import Meter, OverBudget, UnreadableAnswer, metered
from memorybank.ports.documents import Document, Patch
from memorybank.ports.tasks import Attempt
from memorybank.resources.config import MemoryBankConfig
from memorybank.resources.names import engine_of, path_of

_log = logging.getLogger(__name__)
_FINAL_ERRORS = (
    *(InvalidArgument, NotFound, FailedPrecondition, PermissionDenied, Unimplemented),
    *(OverBudget, UnreadableAnswer),
)
"""Errors that trying again cannot mend."""


def run(ports: Ports, attempt: Attempt) -> None:
    """Do the work of the operation that a task names; raise to have it tried again.

    The last attempt, and an error that trying again cannot mend, end the operation with that error.
    """
    path = path_of(attempt.task.body)
    document, config = engines.get_with_config(ports, path)
    if document is not None and document.data["kind"] == flush.KIND:
        # Also where it is done: its task may be the timer of the next one. What fails for good is the sweep's.
        if not attempt.exhausted:
            flush.wake(ports, document, timer=attempt.task.name)
        return
    if document is None or document.data["done"]:
        return
    if attempt.exhausted:
        _fail(ports, path, Internal("every attempt at the operation was lost: whatever worked on it died"))
        return
    try:
        if document.data["kind"] == engines.DELETE_KIND:
            engines.finish_delete(ports, document)
        elif document.data["kind"] == purge.KIND:
            purge.finish(ports, document)
        elif document.data["kind"] == engines.REEMBED_KIND:
            reembedding.finish(ports, document)
        else:
            _metered(ports, document, config())
    except Exception as error:
        if not attempt.final and not isinstance(error, _FINAL_ERRORS):
            raise
        _log.warning("operation failed for good", extra={"operation": attempt.task.body}, exc_info=True)
        _fail(ports, path, error)


def _metered(ports: Ports, document: Document, config: MemoryBankConfig) -> None:
    """Generate, and keep what models were billed for also where that fails: the next attempt begins with it."""
    with metered(Meter(document.data.get("usage") or {})):
        try:
            _generate(ports, document, config)
        except Exception:
            if cost := operations.cost():
                with contextlib.suppress(MemoryBankError):
                    ports.store.commit([Patch(document.path, cost)])
            raise


def _generate(ports: Ports, document: Document, config: MemoryBankConfig) -> None:
    if document.data["stage"] != "accepted":
        commit.commit_scope(ports, document, config)
        return
    request = accept.request_of(ports, document)
    kept = CheckpointedReading(ports, document)
    with kept.reading():
        facts = extract.extract(ports, config, request).facts
    document = kept.operation
    parts = tuple(payloads.removals(document))
    if facts:
        checkpoint = checkpoint_of(ports, document, request, facts) | operations.cost()
        # The models were asked for a while, and what is compared now must have vectors of the model configured now.
        config = engines.recent_config(ports, engine_of(document.path))
        commit.commit_scope(ports, document, config, checkpoint=checkpoint, also=parts)
    else:
        outcome = operations.Outcome(response={}).data(ports) | operations.cost()
        ports.store.commit([Patch(document.path, outcome, version=document.version), *parts])


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
