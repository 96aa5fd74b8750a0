"""`memorybank eval`: evaluates what the model remembers of conversations with a known outcome."""

from __future__ import annotations

import argparse
import os
from pathlib import Path
from typing import Any

from memorybank.commands.terminal import require, say
from memorybank.config import Settings, read_settings
from memorybank.logs import set_up

_CASES = Path(__file__).with_name("eval_cases")


def add_to(commands: Any) -> None:
    """Add the command and its arguments."""
    parser = commands.add_parser("eval", help="evaluate what the model remembers of conversations with a known outcome")
    parser.add_argument("groups", nargs="*", metavar="GROUP", help="groups of cases (all)")
    parser.add_argument(
        "--cases", type=Path, default=_CASES, metavar="FOLDER", help="cases of your own, as .json files"
    )
    parser.add_argument("--decisions", action="store_true", help="score the checks of decisions, without any model")
    parser.add_argument("--ask", action="store_true", help="with --decisions: ask the configured model for them")
    parser.add_argument("--verbose", action="store_true", help="list every mistake")
    parser.set_defaults(run=run)


def run(asked: argparse.Namespace) -> int:
    """Evaluate the configured model, in a bank kept in memory."""
    if asked.decisions and not asked.ask:
        from memorybank.commands.decision_scoring import report  # noqa: PLC0415 - as below

        for line in report():
            say(line)
        return 0
    require("local")
    from memorybank.commands.judging import run as judge  # noqa: PLC0415 - other commands need not wait for it

    settings = read_settings(os.environ, store="sqlite", data=":memory:", queue="in-process")
    set_up(settings.log_level)
    if asked.decisions:
        return _ask(settings)
    return judge(settings, asked.cases, asked.groups, say=say, verbose=asked.verbose)


def _ask(settings: Settings) -> int:
    """Ask the configured model about the labelled pairs, and print what the checks make of its decisions."""
    from memorybank.adapters import make_model  # noqa: PLC0415 - as above
    from memorybank.commands.decision_asking import ask  # noqa: PLC0415 - as above

    for line in ask(make_model(settings)).lines():
        say(line)
    return 0
