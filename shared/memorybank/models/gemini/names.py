"""Names of models: bare (`gemini-3.5-flash-lite`) and as full resources, as Google's SDKs write them."""

from __future__ import annotations

import re
from dataclasses import dataclass

from memorybank.errors import FailedPrecondition

GENERATE = "gemini-3.5-flash-lite"
"""The default language model, if neither settings nor a bank's configuration name one.

It is Google's successor to gemini-2.5-flash, which is closed to new users of both APIs.
"""

EMBED = "text-embedding-005"
"""The default embedding model, if neither settings nor a bank's configuration name one."""

EMBED_DEVELOPER = "gemini-embedding-001"
"""The same for the Developer API, which has none of those below."""

VERTEX_ONLY = frozenset({EMBED, "text-multilingual-embedding-002"})

_ID = "[A-Za-z0-9][A-Za-z0-9._@:-]{0,127}"
_PLACE = "(?:projects/(?P<project>[^/]+)/locations/(?P<location>[a-z0-9-]+)/)?"
_MODEL = re.compile(f"{_PLACE}(?:publishers/(?P<publisher>[a-z0-9-]+)/)?(?:models/)?(?P<id>{_ID})")
_ENDPOINT = re.compile(
    r"projects/(?P<project>[^/]+)/locations/(?P<location>[a-z0-9-]+)/endpoints/(?P<id>[A-Za-z0-9-]+)"
)


@dataclass(frozen=True)
class ModelName:
    """A model, with its place on Vertex AI if its name has one. `resource` is its path below a location."""

    id: str
    resource: str
    project: str | None = None
    location: str | None = None


def model_name(name: str) -> ModelName:
    """Parse a name in any of its forms; raise `FailedPrecondition` if it is not one."""
    if match := _ENDPOINT.fullmatch(name):
        resource = f"endpoints/{match['id']}"
        return ModelName(f"{match['location']}-{resource}", resource, match["project"], match["location"])
    match = _MODEL.fullmatch(name)
    if match is None:
        raise FailedPrecondition(
            f"the bank's configuration names the model {name[:200]!r}: it must be a model's id, such as {GENERATE}, or "
            f"projects/P/locations/L/publishers/google/models/{GENERATE}"
        )
    resource = f"publishers/{match['publisher'] or 'google'}/models/{match['id']}"
    return ModelName(match["id"], resource, match["project"], match["location"])
