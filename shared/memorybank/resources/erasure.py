"""The messages of EraseMemories."""

from __future__ import annotations

from typing import Self

from pydantic import model_validator

from memorybank.resources.scopes import Scope
from memorybank.resources.wire import Bool, Timestamp, WireModel, refuse

_USER = "user_id"


class EraseMemoriesRequest(WireModel):
    """Which data to erase: that of exactly this scope, and with `include_sessions` also that user's sessions.

    Sessions belong to a user, so the scope must be that of a user and nothing else: `{"user_id": ...}`.
    """

    scope: Scope
    include_sessions: Bool = False

    @model_validator(mode="after")
    def _sessions_of_a_user(self) -> Self:
        if self.include_sessions and self.scope.keys() != {_USER}:
            right = f'needs a scope of {_USER} alone, such as {{"{_USER}": "u1"}}: sessions belong to a user'
            refuse(("includeSessions", f"{right}; erase that scope by a call of its own"))
        return self


class ErasedCounts(WireModel):
    """How many documents of each kind were removed; `events` are those of sessions, `other` is everything else.

    Records in imports that are still waiting count as `other`.
    """

    memories: int
    revisions: int
    operations: int
    streams: int
    sessions: int
    events: int
    other: int


class ErasureReceipt(WireModel):
    """What one call erased. Unless `finished`, it reached its time limit, and repeating the call continues."""

    erased: ErasedCounts
    erase_time: Timestamp
    finished: bool
