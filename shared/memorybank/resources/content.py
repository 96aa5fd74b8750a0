"""Conversation content as Google's SDKs send it."""

from __future__ import annotations

from typing import Annotated, Any

from pydantic import Field, model_validator

from memorybank.resources.wire import Base64, Bool, Timestamp, WireModel

MAX_TEXT = 256 * 1024
"""The most characters of one text part: our limit; Google states only 8 MB per request."""

MAX_EVENTS = 1000
"""The most events of one request: our limit."""

MAX_PARTS = 1000
"""The most parts of one turn: our limit."""


class Blob(WireModel):
    """Media sent inline."""

    mime_type: Annotated[str, Field(min_length=1, max_length=255)]
    data: Base64
    display_name: str | None = None


class FileData(WireModel):
    """Media by uri."""

    file_uri: Annotated[str, Field(min_length=1, max_length=2048)]
    mime_type: Annotated[str, Field(max_length=255)] | None = None
    display_name: str | None = None


class Part(WireModel):
    """A part of a turn. Function calls, their responses and parts of unknown kinds are accepted but ignored."""

    model_config = WireModel.model_config | {"extra": "allow"}

    text: Annotated[str, Field(max_length=MAX_TEXT)] | None = None
    inline_data: Blob | None = None
    file_data: FileData | None = None
    thought: Bool | None = None


class Content(WireModel):
    """One turn: its role (the user by default) and its parts."""

    role: str | None = None
    parts: Annotated[list[Part], Field(max_length=MAX_PARTS)] = []

    @model_validator(mode="before")
    @classmethod
    def _empty_role(cls, value: Any) -> Any:
        if isinstance(value, dict) and value.get("role") == "":
            return {key: item for key, item in value.items() if key != "role"}
        return value


class ContentEvent(WireModel):
    """One turn of a conversation, its time, and an id by which repeats are recognised."""

    content: Content
    event_id: str | None = None
    event_time: Timestamp | None = None
