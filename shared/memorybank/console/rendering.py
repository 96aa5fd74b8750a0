"""Renders pages by Jinja; whatever is put into a template is escaped."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import jinja2

from memorybank.console.addresses import address, scope_address
from memorybank.console.visit import Page

_TEMPLATES = Path(__file__).parent / "templates"
_UNITS = (("d", 86400), ("h", 3600), ("min", 60))
_DONE: Mapping[str, str] = {
    "created": "The bank was created.",
    "remembered": "It is remembered.",
    "changed": "The memory was changed.",
    "deleted": "The memory was deleted.",
    "absent": "Nothing was changed: the memory has been deleted meanwhile.",
    "gone": "The memory was deleted. It had no revisions, so it cannot be restored.",
    "restored": "The memory was rolled back.",
    "erased": "Everything of this scope was erased.",
    "undone": "The operation was undone.",
    "retried": "The operation was started again.",
    "cancelled": "The operation was cancelled.",
    "saved": "The configuration was saved.",
}
"""What a page says after a form; nothing of the address itself is ever shown."""


class Renderer:
    """Renders pages. `token` goes into every form, and pages ask for news `every` so many milliseconds."""

    def __init__(self, *, token: str, every: int) -> None:
        self._jinja = jinja2.Environment(
            loader=jinja2.FileSystemLoader(_TEMPLATES),
            autoescape=True,
            trim_blocks=True,
            lstrip_blocks=True,
        )
        self._jinja.globals |= {
            "csrf_token": token,
            "every": every,
            "address": address,
            "scope_address": scope_address,
        }
        self._jinja.filters |= {"day": _day, "words": _words}

    def render(self, page: Page, *, done: str | None, now: datetime) -> str:
        """Return the HTML of a page; `done` names the message of what has just been done."""

        def ago(time: str) -> str:
            return _distance(now - datetime.fromisoformat(time))

        template = self._jinja.get_template(page.template)
        return template.render(**page.values, message=_DONE.get(done or ""), ago=ago)


def _distance(passed: timedelta) -> str:
    """Return how long ago something was, or in how much time it will be, in one unit."""
    seconds = int(abs(passed.total_seconds()))
    for unit, length in _UNITS:
        if seconds >= length:
            said = f"{seconds // length} {unit}"
            return f"{said} ago" if passed > timedelta(0) else f"in {said}"
    return "just now" if passed >= timedelta(0) else "in less than 1 min"


def _day(time: str) -> str:
    return time[:19].replace("T", " ")


def _words(name: Any) -> str:
    """Return a name in capitals and underscores as words."""
    return str(name).replace("_", " ").lower()
