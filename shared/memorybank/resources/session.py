"""Sessions and their events: the conversations that an agent keeps.

What agents put into free maps (state, its changes, arguments of functions, raw events) is returned as it was sent,
including the spelling of its keys. All other keys are converted to camelCase at any depth.
"""

from __future__ import annotations

from datetime import timedelta
from typing import Annotated, Any, Self

from pydantic import AfterValidator, BeforeValidator, Field, model_validator
from pydantic.alias_generators import to_camel

from memorybank.resources.content import Content
from memorybank.resources.wire import PositiveDuration, Timestamp, WireModel, at_most, at_most_one, refuse_any

SHORTEST_LIFE = timedelta(hours=24)
"""The shortest time to live that a session may ask for: Google's own."""

MAX_USER_ID = 1024
"""The most characters of a user id: as a value of a scope."""

_FREE = frozenset(
    {"args", "response", "stateDelta", "artifactDelta", "requestedAuthConfigs", "customMetadata", "sessionState"}
)
"""Fields whose keys are chosen by the caller."""

MAX_LABELS = 64
"""The most labels of a session."""


def folded(value: Any) -> Any:
    """Return JSON with the keys of its messages in camelCase; those of free maps stay as they are."""
    if isinstance(value, list):
        return [folded(item) for item in value]
    if isinstance(value, dict):
        spelled = ((to_camel(key) if "_" in key else key, item) for key, item in value.items())
        return {key: item if key in _FREE else folded(item) for key, item in spelled if item is not None}
    return value


def _message(value: Any) -> Any:
    if not isinstance(value, dict):
        raise ValueError("must be an object")  # noqa: TRY004 - pydantic collects ValueError only
    return folded(value)


def _content(value: dict[str, Any]) -> dict[str, Any]:
    Content.model_validate(value)
    return value


def _actions(value: dict[str, Any]) -> dict[str, Any]:
    wrong = [name for name in ("stateDelta", "artifactDelta") if not isinstance(value.get(name, {}), dict)]
    refuse_any((name, "must be an object") for name in wrong)
    return value


def _not_starred(value: str) -> str:
    if "*" in value:
        raise ValueError("must not contain '*'")
    return value


Message = Annotated[dict[str, Any], BeforeValidator(_message)]
"""A message that is stored and returned but otherwise ignored."""

SessionLabels = Annotated[
    dict[
        Annotated[str, Field(pattern=r"^[a-z][a-z0-9_-]{0,63}$")],
        Annotated[str, Field(pattern=r"^[a-z0-9_-]{0,64}$")],
    ],
    at_most(MAX_LABELS),
]


class Session(WireModel):
    """A conversation of one user. `ttl` is input only; names and times of change are output only."""

    name: str | None = None
    user_id: Annotated[str, Field(min_length=1, max_length=MAX_USER_ID), AfterValidator(_not_starred)] | None = None
    display_name: Annotated[str, Field(max_length=256)] | None = None
    session_state: dict[str, Any] = {}
    labels: SessionLabels = {}
    create_time: Timestamp | None = None
    update_time: Timestamp | None = None
    expire_time: Timestamp | None = None
    ttl: PositiveDuration | None = None

    @model_validator(mode="after")
    def _one_end(self) -> Self:
        found = at_most_one(self, "ttl", "expire_time")
        if self.ttl is not None and self.ttl < SHORTEST_LIFE:
            found.append(("ttl", 'must be at least 24 hours, "86400s"'))
        refuse_any(found)
        return self


class SessionEvent(WireModel):
    """One thing that happened in a session: a turn, a function call, a change of state."""

    name: str | None = None
    author: Annotated[str, Field(min_length=1, max_length=1024)]
    invocation_id: Annotated[str, Field(min_length=1, max_length=1024)]
    timestamp: Timestamp
    content: Annotated[Message, AfterValidator(_content)] | None = None
    actions: Annotated[Message, AfterValidator(_actions)] | None = None
    error_code: Annotated[str, Field(max_length=1024)] | None = None
    error_message: Annotated[str, Field(max_length=65536)] | None = None
    event_metadata: Message | None = None
    raw_event: dict[str, Any] | None = None

    @property
    def state_delta(self) -> dict[str, Any]:
        """The event's changes to its session's state."""
        delta: dict[str, Any] = (self.actions or {}).get("stateDelta") or {}
        return delta
