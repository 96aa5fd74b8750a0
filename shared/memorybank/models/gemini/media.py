"""Which media of a conversation go to the model: kinds that Gemini takes, in bounded number and size."""

from __future__ import annotations

import mimetypes
import re
from collections.abc import Sequence
from dataclasses import replace

from memorybank.ports.models import Event, Media

MAX_ITEMS = 16
"""The most media of one conversation; the latest are kept."""

MAX_INLINE = 7 * 1024 * 1024
"""The most bytes of all inline media together."""

_KINDS = frozenset(
    {
        *("image/png", "image/jpeg", "image/webp", "image/heic", "image/heif"),
        *("audio/wav", "audio/x-wav", "audio/mp3", "audio/mpeg", "audio/aiff", "audio/aac", "audio/ogg", "audio/flac"),
        *("audio/mp4", "audio/m4a", "audio/webm"),
        *("video/mp4", "video/mpeg", "video/mov", "video/quicktime", "video/avi", "video/x-flv", "video/mpg"),
        *("video/webm", "video/wmv", "video/3gpp"),
        "application/pdf",
    }
)
"""Source: https://ai.google.dev/gemini-api/docs on images, audio, video and documents."""


def accepted(events: Sequence[Event], *, schemes: frozenset[str]) -> tuple[list[Event], int]:
    """Return the events with the media that are sent, and how many are not. `schemes` are those of uris that are."""
    room, size, left = MAX_ITEMS, MAX_INLINE, 0
    found: list[Event] = []
    for event in reversed(events):
        kept: list[Media] = []
        for media in map(_typed, reversed(event.media)):
            weight = len(media.data or b"")
            if room and weight <= size and _sendable(media, schemes):
                room, size = room - 1, size - weight
                kept.append(media)
        left += len(event.media) - len(kept)
        found.append(replace(event, media=tuple(reversed(kept))))
    return found[::-1], left


def _typed(media: Media) -> Media:
    """Return media with a bare MIME type; one that is missing is told by the name of the file."""
    kind = media.mime_type.partition(";")[0].strip().lower()
    if not kind and media.uri:
        kind = mimetypes.guess_type(media.uri)[0] or ""
    return replace(media, mime_type=kind)


def _sendable(media: Media, schemes: frozenset[str]) -> bool:
    if media.mime_type not in _KINDS:
        return False
    if media.uri is not None:
        match = re.match(r"([a-z]+)://[^/@\s]+/", media.uri, re.ASCII)
        return match is not None and match[1] in schemes
    return bool(media.data)
