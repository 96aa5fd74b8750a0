"""What has been read of a long conversation, kept on its operation piece by piece."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, replace
from typing import Any

from memorybank.bank import operations
from memorybank.bank.ports import Ports
from memorybank.bank.records import json_text
from memorybank.models.pieces import Pieces, Reading, resumable
from memorybank.models.port import ExtractedFact, Intent, ProfileField
from memorybank.storage.documents import Document, Patch

_MOST = 500_000
"""Characters of pieces that an operation keeps: it must fit a document. What is more is read again if need be."""


class Kept:
    """The operation of a conversation that is being read, at the version that it has after each piece.

    Keeping a piece fails with `Aborted` or `NotFound` where somebody else has got on with the operation or ended it:
    then nothing more is asked of a model for it.
    """

    def __init__(self, ports: Ports, operation: Document) -> None:
        self._ports = ports
        self.operation = operation

    @contextmanager
    def reading(self) -> Iterator[None]:
        """Have the model go on from the pieces that are kept, and keep what it reads."""
        plan, pieces = _read(self.operation.data.get("pieces"))
        with resumable(Reading(plan, pieces, self._keep)):
            yield

    def _keep(self, plan: str, pieces: Pieces) -> None:
        text = json_text({"plan": plan, "pieces": [[asdict(fact) for fact in facts] for facts in pieces]})
        if len(text) > _MOST:
            return
        now, operation = self._ports.clock.now(), self.operation
        data = {"pieces": text, "update_time": now, "adrift_at": now + operations.ADRIFT_AFTER, **operations.cost()}
        [version] = self._ports.store.commit([Patch(operation.path, data, version=operation.version)])
        self.operation = replace(operation, data={**operation.data, **data}, version=version)


def _read(text: str | None) -> tuple[str, Pieces]:
    if text is None:
        return "", []
    kept = json.loads(text)
    return kept["plan"], [[_fact(data) for data in facts] for facts in kept["pieces"]]


def _fact(data: dict[str, Any]) -> ExtractedFact:
    profile = data["profile"] and ProfileField(**data["profile"])
    return ExtractedFact(
        **{**data, "topics": tuple(data["topics"]), "intent": Intent(data["intent"]), "profile": profile}
    )
