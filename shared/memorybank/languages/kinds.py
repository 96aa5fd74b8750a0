"""The kinds of statements, named after the managed topics that they belong to."""

from __future__ import annotations

PERSONAL = "USER_PERSONAL_INFO"
"""Identity, home, job, family, possessions, health."""

PREFERENCE = "USER_PREFERENCES"
"""Likes, dislikes, habits, favourites."""

DETAIL = "KEY_CONVERSATION_DETAILS"
"""Plans, decisions and outcomes."""

INSTRUCTION = "EXPLICIT_INSTRUCTIONS"
"""What the user asked to remember, to forget, or to do from now on."""
