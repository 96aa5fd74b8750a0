"""`memorybank erase`: has a bank that is being served erase a scope, and says what went."""

from __future__ import annotations

import argparse
import json
import os
import urllib.error
import urllib.request
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from memorybank.commands.terminal import agrees, say
from memorybank.config import read_client_settings
from memorybank.errors import InvalidArgument, MemoryBankError, Violation

_TIMEOUT = 120
"""Seconds to wait for one answer: the bank takes half a minute at most before it says that there is more to do."""

_MAX_BYTES = 1024 * 1024


def add_to(commands: Any) -> None:
    """Add the command and its arguments."""
    parser = commands.add_parser("erase", help="erase all that a bank knows of a scope: the right to be forgotten")
    parser.add_argument("--scope", type=_pair, action="append", required=True, metavar="KEY=VALUE", help="repeat it")
    parser.add_argument("--sessions", action="store_true", help="erase the user's sessions, too")
    parser.add_argument("--url", help="base URL of the bank (else MEMORYBANK_URL)")
    parser.add_argument("--engine", help="name or id of the engine (else MEMORYBANK_ENGINE)")
    parser.add_argument("--token", help="ID token to send, if the bank asks for one")
    parser.add_argument("--yes", action="store_true", help="do not ask whether that is meant")
    parser.set_defaults(run=run)


def run(asked: argparse.Namespace) -> int:
    """Erase the scope and return the exit code."""
    settings = read_client_settings(os.environ, url=asked.url, engine=asked.engine)
    scope = dict(asked.scope)
    if len(scope) < len(asked.scope):
        raise InvalidArgument.of(Violation("--scope", "names a key twice"))
    erasing = Erasing(settings.url.rstrip("/"), settings.engine_name, scope, sessions=asked.sessions, token=asked.token)
    return erasing.run(say, confirmed=lambda question: asked.yes or agrees(question))


def _pair(text: str) -> tuple[str, str]:
    key, equals, value = text.partition("=")
    if not (key and equals and value):
        raise argparse.ArgumentTypeError(f"{text!r} is no part of a scope: give one such as user_id=ada")
    return key, value


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
