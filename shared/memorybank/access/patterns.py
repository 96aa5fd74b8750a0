"""Patterns in rules: text in which `*` stands for any characters and `${caller}` for the caller."""

from __future__ import annotations

import re
from dataclasses import dataclass

CALLER, LOCAL = "${caller}", "${caller.local}"
_PLACEHOLDER = re.compile(r"\$\{[^}]*\}?")


@dataclass(frozen=True)
class Pattern:
    """A pattern with its placeholders filled in: `parts` are the literal texts between its stars."""

    parts: tuple[str, ...]

    @classmethod
    def of(cls, text: str, *, caller: str = "") -> Pattern:
        """Fill in a pattern; the caller's name is never interpreted as a pattern itself."""
        local = caller.partition("@")[0]
        return cls(tuple(part.replace(CALLER, caller).replace(LOCAL, local) for part in text.split("*")))

    @property
    def exact(self) -> str | None:
        """The only text that matches, None if there may be several."""
        return self.parts[0] if len(self.parts) == 1 else None

    def matches(self, text: str) -> bool:
        """Tell whether the whole text matches, in linear time."""
        first, *rest = self.parts
        if not rest:
            return text == first
        *middle, last = rest
        if len(text) < len(first) + len(last) or not (text.startswith(first) and text.endswith(last)):
            return False
        place, end = len(first), len(text) - len(last)
        for part in middle:
            found = text.find(part, place, end)
            if found < 0:
                return False
            place = found + len(part)
        return True


def unknown_placeholders(text: str) -> list[str]:
    """Return the unknown placeholders in a pattern."""
    return [found for found in _PLACEHOLDER.findall(text) if found not in (CALLER, LOCAL)]
