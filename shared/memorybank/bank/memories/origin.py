"""Where a change of a memory comes from: what its revision tells of it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from memorybank.ports.models import Relation
from memorybank.resources.explanation import Quote, RefusedDecision, RevisionAction
from memorybank.resources.memory import ExtractedMemory, RevisionOptions

CONFIRMING = {Relation.SAME.value, Relation.ADDS.value}
"""The relations to a memory with which what it said stays true."""


@dataclass(frozen=True)
class Origin:
    """The origin of a change: the request's revision options, and what was extracted.

    `operation` is the id of the operation that makes it, if that can be undone. `restores` is the id of the revision
    whose state an undo restores. `produced_by` names the prompt and the model of each step that led to the
    change. `said` is when the fact was said, None for now.

    `quotes` are the words that the fact was taken from. `relation` is how the fact relates to the memory, and `reason`
    why, both as the model said; `refused` are the decisions that code did not allow. `change` says what kind of change
    it is where the fields do not show it. `evidence` is how many times the restored fact had been said.
    """

    options: RevisionOptions
    extracted: tuple[ExtractedMemory, ...] = ()
    operation: str | None = None
    restores: str | None = None
    produced_by: Mapping[str, str] = field(default_factory=dict)
    said: datetime | None = None
    quotes: tuple[Quote, ...] = ()
    relation: str | None = None
    reason: str | None = None
    refused: tuple[RefusedDecision, ...] = ()
    change: RevisionAction | None = None
    evidence: int | None = None
