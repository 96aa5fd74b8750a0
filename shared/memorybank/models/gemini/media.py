"""The media that Gemini accepts. Source: https://ai.google.dev/gemini-api/docs (images, audio, video, documents)."""

from __future__ import annotations

from memorybank.models.media import MediaRules

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

VERTEX_MEDIA = MediaRules(_KINDS, frozenset({"gs", "https"}))
DEVELOPER_MEDIA = MediaRules(_KINDS, frozenset({"https"}))
"""The Developer API cannot read buckets."""
