"""Memories of Google's Memory Bank, or of any bank that speaks its API, read by Google's SDK."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from memorybank.client.transfer import Record
from memorybank.commands.importers.files import Readable
from memorybank.commands.terminal import require
from memorybank.errors import FailedPrecondition, InvalidArgument, Violation

_NAME = re.compile("projects/([^/]+)/locations/([^/]+)/reasoningEngines/[^/]+")


def records(engine: Readable, scope: dict[str, str]) -> Iterator[Record]:
    """Yield the memories of an engine, with their times, topics and metadata; the caller's own credentials are used."""
    del scope  # each memory has one
    name = str(engine)
    named = _NAME.fullmatch(name)
    if named is None:
        right = "must be the full name of an engine, projects/P/locations/L/reasoningEngines/E"
        raise InvalidArgument.of(Violation("FILE", right))
    require("sdk")
    from google.api_core.exceptions import GoogleAPIError  # noqa: PLC0415 - comes with an extra, and takes seconds
    from google.auth.exceptions import GoogleAuthError  # noqa: PLC0415 - as above
    from google.genai.errors import APIError  # noqa: PLC0415 - as above

    try:
        client = _client(*named.groups())
        for number, memory in enumerate(client.agent_engines.memories.list(name=name), start=1):
            yield Record("memory", {"memory": _memory(memory)}, number)
    except (APIError, GoogleAPIError, GoogleAuthError) as error:
        raise FailedPrecondition(f"{name} cannot be read: {error}; check its name and your credentials") from error


def _client(project: str, location: str) -> Any:
    import vertexai  # noqa: PLC0415 - comes with an extra, and takes seconds

    return vertexai.Client(project=project, location=location)


def _memory(memory: Any) -> dict[str, Any]:
    kept = ("fact", "scope", "create_time", "topics", "metadata", "display_name", "description", "expire_time")
    found: dict[str, Any] = memory.model_dump(mode="json", include=set(kept), exclude_none=True)
    return found
