"""`memorybank erase`: asks a running bank to erase a scope, and reports what was erased."""

from __future__ import annotations

import argparse
import json
import os
from collections import Counter
from collections.abc import Callable, Mapping
from typing import Any

from memorybank.client import BankClient, Engine, read_client_settings
from memorybank.client.settings import base_url, engine_id
from memorybank.commands.scopes import add_scope, scope_of
from memorybank.commands.terminal import agrees, argument, say


def add_to(commands: Any) -> None:
    """Add the command and its arguments."""
    parser = commands.add_parser("erase", help="erase everything that a bank knows about a scope (right to erasure)")
    add_scope(parser, required=True, says="the scope to erase, such as user_id=ada; repeat it for each key")
    parser.add_argument("--sessions", action="store_true", help="erase the user's sessions, too")
    parser.add_argument("--url", type=argument(base_url), help="base URL of the bank (else MEMORYBANK_URL)")
    parser.add_argument("--engine", type=argument(engine_id), help="name or id of the engine (else MEMORYBANK_ENGINE)")
    parser.add_argument("--token", help="ID token to send, if the bank asks for one")
    parser.add_argument("--yes", action="store_true", help="do not ask for confirmation")
    parser.set_defaults(run=run)


def run(asked: argparse.Namespace) -> int:
    """Erase the scope and return the exit code."""
    scope = scope_of(asked.scope)
    settings = read_client_settings(os.environ, prefix="--", url=asked.url, engine=asked.engine)
    bank = BankClient(settings.url, token=asked.token)
    # Before the confirmation: report a wrong URL or engine now.
    engine = bank.find_engine(settings.engine, project=settings.project, location=settings.location)
    return erase(engine, scope, sessions=asked.sessions, confirmed=lambda question: asked.yes or agrees(question))


def erase(engine: Engine, scope: Mapping[str, str], *, sessions: bool, confirmed: Callable[[str], bool]) -> int:
    """Erase if `confirmed` says yes to the question, and return the exit code."""
    what = " and the sessions of the user" if sessions else ""
    known = json.dumps(dict(scope), ensure_ascii=False)
    if not confirmed(f"Erase everything that {engine.name} knows of {known}{what}, for good?"):
        say("Nothing was erased.")
        return 1
    gone: Counter[str] = Counter()
    for receipt in engine.erase(scope, sessions=sessions):
        gone.update(receipt["erased"])
        told = ", ".join(f"{count} {kind}" for kind, count in gone.items())
        if receipt["finished"]:
            say(f"Erased by {receipt['eraseTime']}: {told}. Nothing is left of it.")
        else:
            say(f"Erased so far: {told}.")
    return 0
