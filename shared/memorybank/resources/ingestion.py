"""The message of IngestEvents."""

from __future__ import annotations

from typing import Annotated, Any

from pydantic import Field

from memorybank.resources.config import GenerationTriggerConfig
from memorybank.resources.content import MAX_EVENTS, ContentEvent
from memorybank.resources.generation import GenerationOptions
from memorybank.resources.scopes import Scope
from memorybank.resources.wire import Bool, WireModel

_OPTIONS = frozenset(GenerationOptions.model_fields) - {"scope"}


class IngestedContents(WireModel):
    """The next events of a conversation; empty if a call only changes the settings of its stream."""

    events: Annotated[list[ContentEvent], Field(max_length=MAX_EVENTS)] = []


class IngestEventsRequest(GenerationOptions):
    """The next events of one stream of a scope, and when the stream is to be turned into memories.

    Without an id, the stream is the one named `default`.
    """

    scope: Scope
    stream_id: Annotated[str, Field(max_length=256)] = ""
    direct_contents_source: IngestedContents | None = None
    generation_trigger_config: GenerationTriggerConfig | None = None
    force_flush: Bool = False

    @property
    def events(self) -> list[ContentEvent]:
        """The events, in order of arrival."""
        return self.direct_contents_source.events if self.direct_contents_source else []

    def given_options(self) -> dict[str, Any]:
        """Return the generation options that the request sets, in their wire format."""
        given = self.model_fields_set & _OPTIONS
        return self.model_dump(mode="json", by_alias=True, include=given, exclude_none=True)
