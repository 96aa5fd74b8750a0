"""The messages of ListWaiting: what of a scope has not become memories yet."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from memorybank.resources.scopes import Scope
from memorybank.resources.wire import WireModel, format_timestamp


class ListWaitingRequest(WireModel):
    """Asks what waits in a scope; it comes as a query parameter."""

    scope: Scope


@dataclass(frozen=True)
class WaitingStream:
    """A stream with events of which no generation has been made yet: how many, and when one will be at the latest.

    `operation` is the name of the operation that those who sent the events were given.
    """

    stream_id: str
    events: int
    create_time: datetime
    flush_time: datetime
    operation: str

    def to_wire(self) -> dict[str, Any]:
        """Return it as it is answered."""
        return {
            "streamId": self.stream_id,
            "eventCount": self.events,
            "createTime": format_timestamp(self.create_time),
            "flushTime": format_timestamp(self.flush_time),
            "operation": self.operation,
        }
