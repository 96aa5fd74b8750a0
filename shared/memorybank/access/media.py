"""Which media callers may name by uri.

The model fetches them under the bank's identity, so a uri is a way to read what the bank can read. A deployment lists
prefixes; everything else is refused, and addresses of machines are refused whatever the list says.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from memorybank.errors import InvalidArgument, Violation
from memorybank.resources.content import ContentEvent

SETTING = "MEMORYBANK_MEDIA_PREFIXES"
_URI = re.compile(r"(gs|https)://([a-z0-9](?:[a-z0-9._-]*[a-z0-9])?)(?::[0-9]{1,5})?/[!-\[\]-~]*", re.ASCII)
"""Lower-case scheme and host, no user before the host, no backslash, nothing that is not ASCII."""

_DOTS = re.compile(r"/(?:\.|%2e){1,2}(?:[/?#]|%2f|%5c|$)|%2f|%5c", re.IGNORECASE)
"""A step up the path, or a slash in disguise: either could leave a prefix."""

_MOST_TOLD = 20
"""How many refused uris of one request are named."""

_NUMERIC = re.compile(r"[0-9]+|0x[0-9a-f]*")
_PRIVATE = frozenset({"localhost", "internal", "local", "localdomain", "home", "lan", "corp", "arpa", "test"})
"""Last labels of names that never lead to the public internet."""


@dataclass(frozen=True)
class MediaUris:
    """The uris that may be named: those that begin with one of `prefixes`."""

    prefixes: tuple[str, ...] = ()

    def refusal(self, uri: str) -> str | None:
        """Return what is wrong with a uri, or None if it may be named."""
        if wrong := _wrong(uri):
            return wrong
        if uri.startswith(self.prefixes):
            return None
        return (
            f"must begin with a prefix that this bank takes media from; {SETTING} lists them, and lists none at first"
        )

    def require(self, events: Iterable[ContentEvent], *, field: str) -> None:
        """Refuse events that name media which may not be; `field` is where the events are in the request."""
        wrong = [
            Violation(f"{field}[{event}].content.parts[{part}].fileData.fileUri", refusal)
            for event, part, uri in _uris(events)
            if (refusal := self.refusal(uri)) is not None
        ]
        if wrong:
            raise InvalidArgument.of(*wrong[:_MOST_TOLD])

    def without_refused(self, events: Sequence[ContentEvent]) -> list[ContentEvent]:
        """Return the events without the parts that name media which may not be."""
        refused = {(event, part) for event, part, uri in _uris(events) if self.refusal(uri) is not None}
        if not refused:
            return list(events)
        return [
            each.model_copy(
                update={
                    "content": each.content.model_copy(
                        update={"parts": [p for n, p in enumerate(each.content.parts) if (number, n) not in refused]}
                    )
                }
            )
            for number, each in enumerate(events)
        ]


def media_uris(setting: str | None) -> MediaUris:
    """Read the setting: prefixes such as `gs://bucket/` or `https://host/path/`, with commas between."""
    prefixes = tuple(part.strip() for part in (setting or "").split(",") if part.strip())
    wrong = [Violation(SETTING, f"{prefix[:200]} {_wrong(prefix)}") for prefix in prefixes if _wrong(prefix)]
    if wrong:
        raise InvalidArgument.of(*wrong)
    return MediaUris(prefixes)


def _wrong(uri: str) -> str | None:
    """Return what is wrong with a uri whatever the prefixes."""
    match = _URI.fullmatch(uri)
    if match is None or _DOTS.search(uri):
        return "must be gs://bucket/object or https://host/path, plainly written: no user, no '..', ASCII only"
    if match[1] == "https" and _is_private(match[2]):
        return "must name a public host: no address, and none of a local or internal network"
    return None


def _is_private(host: str) -> bool:
    """Tell whether a host is an address in any spelling, or a name that is not of the public internet.

    A name whose last label is a number is an IPv4 address to a browser (https://url.spec.whatwg.org/#ends-in-a-number-checker);
    IPv6 addresses do not pass `_URI`.
    """
    labels = host.split(".")
    return len(labels) == 1 or "" in labels or labels[-1] in _PRIVATE or _NUMERIC.fullmatch(labels[-1]) is not None


def _uris(events: Iterable[ContentEvent]) -> Iterator[tuple[int, int, str]]:
    for number, event in enumerate(events):
        for place, part in enumerate(event.content.parts):
            if part.file_data is not None:
                yield number, place, part.file_data.file_uri
