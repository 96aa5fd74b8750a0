"""The worker's part of a generation: extract facts, unless that is done already, and commit them to the scope."""

from __future__ import annotations

import contextlib

from memorybank.bank import operations, payloads
from memorybank.bank.delivery import Delivery
from memorybank.bank.generation import accept, commit, extract
from memorybank.bank.generation.checkpoint import CheckpointedReading, checkpoint_of
from memorybank.bank.generation.left_out import combined
from memorybank.bank.ports import Ports
from memorybank.errors import MemoryBankError
from memorybank.models.usage import Meter, current, metered, timed
from memorybank.ports.documents import Document, Patch
from memorybank.ports.tasks import Ending
from memorybank.resources.config import MemoryBankConfig
from memorybank.resources.names import engine_of


def finish(delivery: Delivery) -> None:
    """Generate memories. Model usage is recorded even on failure, so that the next attempt adds to it."""
    ports, document = delivery.ports, delivery.operation
    config = delivery.config()
    with metered(Meter(document.data.get("usage") or {}, dict(document.data.get("seconds") or {}))):
        try:
            _generate(ports, document, config, ending=delivery.ending)
        except Exception:
            if current() is not None:
                with contextlib.suppress(MemoryBankError):
                    ports.store.commit([Patch(document.path, operations.cost())])
            raise


def _generate(ports: Ports, document: Document, config: MemoryBankConfig, *, ending: Ending) -> None:
    if document.data["stage"] != "accepted":
        commit.commit_scope(ports, document, ending=ending)
        return
    request = accept.request_of(ports, document)
    kept = CheckpointedReading(ports, document)
    with kept.reading(), timed("extract", ports.clock.now):
        found = extract.extract(ports, engine_of(document.path), config=config, request=request)
    document = kept.operation
    parts = tuple(payloads.removals(document))
    facts, left_out = found.facts, {"left_out": combined(None, found.left_out)}
    if facts:
        checkpoint = checkpoint_of(ports, document, request, facts=facts) | left_out | operations.cost()
        commit.commit_scope(ports, document, checkpoint=checkpoint, also=parts, ending=ending)
    else:
        outcome = operations.Outcome(response={}).data(ports) | left_out | operations.cost()
        writes = [Patch(document.path, outcome, version=document.version), *parts, *ending.writes]
        ports.store.commit(writes)
        ending.note(writes)
