"""What a caller gives for a token, and what is asked for the token of each call."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeAlias

Token: TypeAlias = str | Callable[[], str]
"""A bearer token, or a function that is asked for one before every call."""

Bearer: TypeAlias = Callable[[], str | None]
"""Returns the token of the next call; None for a call without one."""
