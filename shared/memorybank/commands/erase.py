"""The command that erases a scope: calls a bank that is being served, again until all is gone, and says what went."""

from __future__ import annotations

import json
import urllib.error
import urllib.request
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from memorybank.errors import MemoryBankError

_TIMEOUT = 120
"""Seconds to wait for one answer: the bank takes half a minute at most before it says that there is more to do."""

_MAX_BYTES = 1024 * 1024


@dataclass(frozen=True)
class Erasing:
    """What is to be erased where. `url` is the bank's, `engine` a resource name; `token` may be None."""

    url: str
    engine: str
    scope: Mapping[str, str]
    sessions: bool
    token: str | None = None

    def run(self, say: Callable[[str], None], *, confirmed: Callable[[str], bool]) -> int:
        """Erase if `confirmed` says yes to the question, and return the exit code."""
        what = " and the sessions of the user" if self.sessions else ""
        known = json.dumps(dict(self.scope), ensure_ascii=False)
        if not confirmed(f"Erase everything that {self.engine} knows of {known}{what}, for good?"):
            say("Nothing was erased.")
            return 1
        gone: Counter[str] = Counter()
        while True:
            receipt = self._call()
            gone.update(receipt["erased"])
            told = ", ".join(f"{count} {kind}" for kind, count in gone.items())
            if receipt["finished"]:
                say(f"Erased by {receipt['eraseTime']}: {told}. Nothing is left of it.")
                return 0
            say(f"Erased so far: {told}.")

    def _call(self) -> dict[str, Any]:
        headers = {"Content-Type": "application/json"}
        if self.token:
            headers["Authorization"] = f"Bearer {self.token}"
        request = urllib.request.Request(  # noqa: S310 - the settings let only http and https through
            f"{self.url}/v1beta1/{self.engine}/memories:erase",
            json.dumps({"scope": dict(self.scope), "includeSessions": self.sessions}).encode(),
            headers,
        )
        try:
            with urllib.request.urlopen(request, timeout=_TIMEOUT) as answer:  # noqa: S310 - as above
                found: dict[str, Any] = json.loads(answer.read(_MAX_BYTES))
        except urllib.error.HTTPError as refusal:
            with refusal:
                raise MemoryBankError(_message(refusal)) from refusal
        except (OSError, ValueError) as error:
            raise MemoryBankError(f"{self.url} cannot be reached, or is no memory bank: {error}") from error
        return found


def _message(refusal: urllib.error.HTTPError) -> str:
    try:
        return str(json.loads(refusal.read(_MAX_BYTES))["error"]["message"])
    except (ValueError, KeyError, TypeError):
        return f"the bank answered {refusal.code}: is the URL right?"
