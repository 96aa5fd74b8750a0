"""The types of bearer tokens: what callers pass in, and what supplies one for each request."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeAlias

Token: TypeAlias = str | Callable[[], str]
"""A bearer token, or a function that is called for one before every request."""

Bearer: TypeAlias = Callable[[], str | None]
"""Returns the token for the next request, or None to send none."""
