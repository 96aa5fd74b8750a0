"""Chooses the media of a conversation that are sent to a model: accepted types, within limits of number and size."""

from __future__ import annotations

import mimetypes
import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

from memorybank.ports.models import Event, Media


@dataclass(frozen=True)
class MediaRules:
    """What a provider accepts: MIME types, URI schemes, the most media per conversation, and bytes of inline data."""

    kinds: frozenset[str] = frozenset()
    schemes: frozenset[str] = frozenset()
    most: int = 16
    most_bytes: int = 7 * 1024 * 1024


NO_MEDIA = MediaRules()
"""The limits of a provider that accepts text only."""


def accepted(events: Sequence[Event], rules: MediaRules) -> tuple[list[Event], int]:
    """Return the events with only the media that are sent (the latest ones), and how many were dropped."""
    room, size, left = rules.most, rules.most_bytes, 0
    found: list[Event] = []
    for event in reversed(events):
        kept: list[Media] = []
        for media in map(_typed, reversed(event.media)):
            weight = len(media.data or b"")
            if room and weight <= size and _sendable(media, rules):
                room, size = room - 1, size - weight
                kept.append(media)
        left += len(event.media) - len(kept)
        found.append(replace(event, media=tuple(reversed(kept))))
    return found[::-1], left


def _typed(media: Media) -> Media:
    """Return media with a bare MIME type; a missing one is guessed from the file name."""
    kind = media.mime_type.partition(";")[0].strip().lower()
    if not kind and media.uri:
        kind = mimetypes.guess_type(media.uri)[0] or ""
    return replace(media, mime_type=kind)


def _sendable(media: Media, rules: MediaRules) -> bool:
    if media.mime_type not in rules.kinds:
        return False
    if media.uri is not None:
        match = re.match(r"([a-z]+)://[^/@\s]+/", media.uri, re.ASCII)
        return match is not None and match[1] in rules.schemes
    return bool(media.data)
