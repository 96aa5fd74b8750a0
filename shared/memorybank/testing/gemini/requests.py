"""The requests to a scripted Gemini, of both APIs, parsed from their paths and bodies."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

_DEVELOPER = re.compile(r"/v1(?:beta)?/models/(?P<model>[^/:]+):(?P<method>\w+)")
_VERTEX = re.compile(
    r"/v1(?:beta1)?/projects/(?P<project>[^/]+)/locations/(?P<location>[^/]+)"
    r"/(?:publishers/google/models|endpoints)/(?P<model>[^/:]+):(?P<method>\w+)"
)


@dataclass(frozen=True)
class Asked:
    """One request. `api` is "developer" or "vertex"; `at` is in monotonic seconds; headers' names are in lower case."""

    api: str
    model: str
    method: str
    body: Any
    headers: Mapping[str, str] = field(repr=False)
    at: float
    project: str = ""
    location: str = ""

    @property
    def system(self) -> str:
        """The text of the system instruction."""
        return "".join(part.get("text", "") for part in self.body["systemInstruction"]["parts"])

    @property
    def parts(self) -> list[dict[str, Any]]:
        """The parts of the user turn."""
        [content] = self.body["contents"]
        return list(content["parts"])

    @property
    def text(self) -> str:
        """The texts of those parts."""
        return "\n".join(part["text"] for part in self.parts if "text" in part)

    def fenced(self, name: str) -> list[Any]:
        """Return the data between the tags of that name, in the user's turn or else in the system instruction."""
        for text in (self.text, self.system):
            match = re.search(rf"^<{name}>\n(.*?)\n?^</{name}>$", text, re.DOTALL | re.MULTILINE)
            if match:
                return [json.loads(line) for line in match[1].splitlines()]
        return []


def read_path(path: str, headers: Mapping[str, str], body: Any, *, at: float) -> Asked | None:
    """Return the request, or None if the path belongs to neither API."""
    path = path.partition("?")[0]
    if match := _DEVELOPER.fullmatch(path):
        return Asked("developer", match["model"], match["method"], body, headers, at)
    if match := _VERTEX.fullmatch(path):
        return Asked("vertex", match["model"], match["method"], body, headers, at, match["project"], match["location"])
    return None


def refusal_of(asked: Asked) -> tuple[int, str] | None:
    """Return the status and message with which the API refuses a request without credentials."""
    if asked.api == "developer" and not asked.headers.get("x-goog-api-key"):
        return 403, "Method doesn't allow unregistered callers (callers without established identity)."
    if asked.api == "vertex" and not asked.headers.get("authorization", "").startswith("Bearer "):
        return 401, "Request is missing required authentication credential."
    return None
