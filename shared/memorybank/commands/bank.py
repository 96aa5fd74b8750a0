"""`memorybank bank`: creates, lists and shows engines."""

from __future__ import annotations

import argparse
import json
import os
import shlex
from typing import Any

from memorybank.client import read_client_settings
from memorybank.commands.calling import add_address, bank_of, engine_of, engines_of, last, print_json, show
from memorybank.commands.terminal import inert, say
from memorybank.config import variable


def add_to(commands: Any) -> None:
    """Add the command, its own commands and their arguments."""
    bank = commands.add_parser("bank", help="create, list and show memory banks (engines)")
    actions = bank.add_subparsers(required=True, metavar="ACTION")
    create = actions.add_parser("create", help="create a memory bank, and print what to export to use it")
    create.add_argument("name", metavar="NAME", help="its display name")
    create.add_argument("--project", help="project of its name (MEMORYBANK_PROJECT, else local)")
    create.add_argument("--location", help="location of its name (MEMORYBANK_LOCATION, else us-central1)")
    create.add_argument("--export", action="store_true", help='print only export lines, for eval "$(...)"')
    add_address(create, engine=False)
    create.set_defaults(run=_create)
    listing = actions.add_parser("list", help="list the memory banks that you may see")
    add_address(listing, engine=False)
    listing.set_defaults(run=_list)
    shown = actions.add_parser("show", help="show a memory bank and its configuration")
    add_address(shown)
    shown.set_defaults(run=_show)


def _create(asked: argparse.Namespace) -> int:
    bank = bank_of(asked)
    place = {"project": asked.project, "location": asked.location}
    settings = read_client_settings(os.environ, prefix="--", url=bank.url, engine="-", **place)
    body = {"displayName": asked.name, "contextSpec": {"memoryBankConfig": {}}}
    engine = bank.wait(bank.call("POST", settings.engine_name.rpartition("/")[0], body))
    if asked.json:
        print_json(engine)
        return 0
    exports = [
        f"export {variable('url')}={shlex.quote(bank.url)}",
        f"export {variable('engine')}={shlex.quote(engine['name'])}",
    ]
    if asked.export:
        say("\n".join(exports))
        return 0
    say(f"Created {inert(asked.name)}: {engine['name']}")
    say("To use it in this shell:\n")
    say("\n".join(f"    {line}" for line in exports))
    return 0


def _list(asked: argparse.Namespace) -> int:
    found = engines_of(bank_of(asked))
    rows = [
        (last(each["name"]), each.get("createTime", ""), each.get("displayName", ""), each["name"]) for each in found
    ]
    show(asked, found, ("id", "created", "display name", "name"), rows=rows)
    return 0


def _show(asked: argparse.Namespace) -> int:
    engine = engine_of(asked).get()
    if asked.json:
        print_json(engine)
        return 0
    for label, field in (("name", "name"), ("display name", "displayName"), ("created", "createTime")):
        say(f"{label:13} {inert(engine.get(field, ''))}")
    config = engine.get("contextSpec", {}).get("memoryBankConfig", {})
    say("configuration " + json.dumps(config, ensure_ascii=True, indent=2))
    return 0
