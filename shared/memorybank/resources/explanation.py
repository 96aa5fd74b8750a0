"""The messages of ExplainMemory: why the bank believes what a memory says. Google's API has nothing like it."""

from __future__ import annotations

from typing import Literal, TypeAlias

from memorybank.resources.memory import Memory, PartialDate
from memorybank.resources.wire import Timestamp, WireModel

RevisionAction: TypeAlias = Literal["CREATED", "UPDATED", "KEPT", "RECORDED", "RESTORED", "DELETED"]
"""What a revision did to its memory.

KEPT: the memory was said again and keeps its words. RECORDED: what was said before the memory joins its history.
RESTORED: a rollback or an undo brought back an earlier state.
"""


class Quote(WireModel):
    """Words that a fact was taken from, and the index of their event in the conversation."""

    event: int | None = None
    text: str


class RefusedDecision(WireModel):
    """A decision of the model that code did not allow, and why."""

    kind: str
    reason: str


class ExplainedRevision(WireModel):
    """One change of a memory and the reasons for it.

    `event_time` is when the fact was said, `since` and `until` when it holds, as far as it says so. `end_time` is when
    it stopped holding: when what took its place was said. `relation` and `reason` are the model's; `model` and
    `prompt_version` made the decision, or the extraction if there was nothing to decide. `produced_by` names those of
    every step.
    """

    name: str
    create_time: Timestamp
    event_time: Timestamp
    end_time: Timestamp | None = None
    action: RevisionAction
    fact: str | None = None
    since: PartialDate | None = None
    until: PartialDate | None = None
    quotes: list[Quote] = []
    relation: str | None = None
    reason: str | None = None
    model: str | None = None
    prompt_version: str | None = None
    produced_by: dict[str, str] = {}
    refused: list[RefusedDecision] = []


class MemoryExplanation(WireModel):
    """A memory, how many times it was said, when it was last said, and its changes, newest first.

    A deleted memory is shown as it was before its deletion at `delete_time`; it can be restored until `purge_time`.
    """

    memory: Memory
    evidence_count: int
    last_confirmed_time: Timestamp
    delete_time: Timestamp | None = None
    purge_time: Timestamp | None = None
    revisions: list[ExplainedRevision] = []
