"""The commands for memories: `add`, `search`, `list`, `explain`, `history`, `forget` and `rollback`."""

from __future__ import annotations

import argparse
import itertools
import json
from typing import Any

from memorybank.client import Engine
from memorybank.commands.calling import add_address, engine_of, last, named_in, nothing_of, print_json, show, written
from memorybank.commands.scopes import add_scope, scope_of
from memorybank.commands.terminal import agrees, inert, say, whole_number
from memorybank.errors import NotFound

_MOST = 1_000_000
_SHOWN = 60
"""How many characters of a reason fit a line."""

_SCOPE = "the scope, such as user_id=ada; repeat it for each key"


def add_to(commands: Any) -> None:
    """Add the commands and their arguments."""
    for name, run, says in (
        ("add", _add, "remember a fact as it is, or what a model finds in a sentence"),
        ("search", _search, "search a scope by similarity"),
        ("list", _list, "list memories, newest first"),
        ("explain", _explain, "show how often a memory was said, and the reasons of its changes"),
        ("history", _history, "show all revisions of a memory, newest first"),
        ("forget", _forget, "delete a memory, and say until when it can be rolled back"),
        ("rollback", _rollback, "restore a memory to one of its revisions"),
    ):
        parser = commands.add_parser(name, help=says)
        _ARGUMENTS[name](parser)
        add_address(parser)
        parser.set_defaults(run=run)


def _of_add(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("fact", metavar="FACT", help="the fact, or with --generate what the user said")
    parser.add_argument("--generate", action="store_true", help="have the model extract and consolidate facts")
    add_scope(parser, required=True, says=_SCOPE)


def _of_search(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("query", metavar="QUERY", help="what to search for")
    parser.add_argument("--top", type=whole_number(1, 100), default=10, metavar="N", help="at most N (%(default)s)")
    _add_read_time(parser)
    add_scope(parser, required=True, says=_SCOPE)


def _of_list(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--limit", type=whole_number(1, _MOST), default=100, metavar="N", help="at most N (%(default)s)"
    )
    _add_read_time(parser)
    add_scope(parser, required=False, says=_SCOPE)


def _add_read_time(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--read-time", metavar="TIME", help="what the bank knew at that time, such as 2031-01-02T03:04:05Z"
    )


def _of_memory(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("memory", metavar="MEMORY", help="id or full name of the memory")


def _of_forget(parser: argparse.ArgumentParser) -> None:
    _of_memory(parser)
    parser.add_argument("--yes", action="store_true", help="do not ask for confirmation")


def _of_rollback(parser: argparse.ArgumentParser) -> None:
    _of_memory(parser)
    parser.add_argument("revision", metavar="REVISION", help="id of the revision, as `memorybank history` shows it")


_ARGUMENTS = {
    "add": _of_add,
    "search": _of_search,
    "list": _of_list,
    "explain": _of_memory,
    "history": _of_memory,
    "forget": _of_forget,
    "rollback": _of_rollback,
}


def _add(asked: argparse.Namespace) -> int:
    engine, scope = engine_of(asked), scope_of(asked.scope or ())
    if asked.generate:
        return _generate(engine, asked, scope)
    body = {"fact": asked.fact, "scope": scope}
    memory = engine.bank.wait(engine.call("POST", "memories", body))
    if asked.json:
        print_json(memory)
    else:
        say(f"Remembered as {last(memory['name'])}: {inert(asked.fact)}")
    return 0


def _generate(engine: Engine, asked: argparse.Namespace, scope: dict[str, str]) -> int:
    event = {"content": {"role": "user", "parts": [{"text": asked.fact}]}}
    body = {"scope": scope, "directContentsSource": {"events": [event]}}
    response = engine.bank.wait(engine.call("POST", "memories:generate", body), deadline=600)
    changes = response.get("generatedMemories", [])
    rows = []
    for change in changes:
        name = change["memory"]["name"]
        kept = change["action"] != "DELETED" and not asked.json
        rows.append((change["action"], last(name), engine.bank.call("GET", name).get("fact", "") if kept else ""))
    show(asked, changes, ("action", "id", "fact"), rows=rows)
    return 0


def _search(asked: argparse.Namespace) -> int:
    similar = {"searchQuery": asked.query, "topK": asked.top}
    body = {"scope": scope_of(asked.scope or ()), "similaritySearchParams": similar}
    body |= {"readTime": asked.read_time} if asked.read_time else {}
    engine = engine_of(asked)
    found = engine.call("POST", "memories:retrieve", body).get("retrievedMemories", [])
    rows = [
        (f"{each.get('distance', 0.0):.3f}", last(each["memory"]["name"]), each["memory"].get("fact", ""))
        for each in found
    ]
    nothing = "" if found or asked.json else nothing_of(engine, body["scope"])
    show(asked, found, ("distance", "id", "fact"), rows=rows, nothing=nothing)
    return 0


def _list(asked: argparse.Namespace) -> int:
    engine, scope = engine_of(asked), scope_of(asked.scope or ())
    query: dict[str, Any] = {"pageSize": min(asked.limit, 1000), "readTime": asked.read_time}
    if scope:
        query["filter"] = f"scope={json.dumps(json.dumps(scope))}"
    found = list(itertools.islice(engine.list_all("memories", query=query), asked.limit))
    rows = [
        (last(each["name"]), each.get("updateTime", ""), written(each.get("scope", {})), each.get("fact", ""))
        for each in found
    ]
    nothing = "" if found or asked.json else nothing_of(engine, scope)
    show(asked, found, ("id", "changed", "scope", "fact"), rows=rows, nothing=nothing)
    return 0


def _explain(asked: argparse.Namespace) -> int:
    engine = engine_of(asked)
    path = f"{named_in(engine, 'memories', asked.memory)}:explain"
    found = engine.call("GET", path)
    token = found.pop("nextPageToken", None)
    while token:
        page = engine.call("GET", path, query={"pageToken": token})
        found["revisions"] += page.get("revisions", [])
        token = page.get("nextPageToken")
    if asked.json:
        print_json(found)
        return 0
    times = "once" if found["evidenceCount"] == 1 else f"{found['evidenceCount']} times"
    say(inert(found["memory"].get("fact", "")))
    say(f"Said {times}, last at {found['lastConfirmedTime']}.")
    if holds := _holds(found["memory"]):
        say(f"Holds {holds}.")
    rows = [
        (each["eventTime"], each["action"], _holds(each), _reasons(each), each.get("fact", "(deleted)"))
        for each in found.get("revisions", [])
    ]
    show(asked, found, ("said", "action", "holds", "because of", "fact"), rows=rows)
    return 0


def _history(asked: argparse.Namespace) -> int:
    engine = engine_of(asked)
    found = list(engine.list_all(f"{named_in(engine, 'memories', asked.memory)}/revisions"))
    rows = [
        (last(each["name"]), each.get("createTime", ""), _why(each), each.get("fact", "(deleted)")) for each in found
    ]
    show(asked, found, ("revision", "time", "because of", "fact"), rows=rows)
    return 0


def _forget(asked: argparse.Namespace) -> int:
    engine = engine_of(asked)
    path = named_in(engine, "memories", asked.memory)
    memory = engine.call("GET", path)
    if not (asked.yes or agrees(f"Forget {inert(memory.get('fact', last(path)))!r}?")):
        say("Nothing was forgotten.")
        return 1
    operation = engine.call("DELETE", path)
    engine.bank.wait(operation)
    if asked.json:
        print_json(operation)
    else:
        say(f"Forgotten. {_way_back(engine, path)}")
    return 0


def _way_back(engine: Engine, path: str) -> str:
    try:
        until = engine.call("GET", f"{path}:explain", query={"pageSize": 1})["purgeTime"]
    except NotFound:
        return "The bank keeps no revision of it, so it cannot be brought back."
    return f"Until {until}, `memorybank history {last(path)}` and `memorybank rollback` bring it back."


def _rollback(asked: argparse.Namespace) -> int:
    engine = engine_of(asked)
    path = named_in(engine, "memories", asked.memory)
    body = {"targetRevisionId": last(asked.revision)}
    memory = engine.bank.wait(engine.call("POST", f"{path}:rollback", body))
    if asked.json:
        print_json(memory)
    else:
        say(f"{last(path)} is now: {inert(memory.get('fact', ''))}")
    return 0


def _holds(memory: dict[str, Any]) -> str:
    """Return when a fact holds as it says, and else until when it held."""
    end = memory.get("until") or memory.get("endTime", "")[:10]
    since = [f"since {memory['since']}"] if "since" in memory else []
    return " ".join([*since, *([f"until {end}"] if end else [])])


def _reasons(revision: dict[str, Any]) -> str:
    quotes = (f'"{quote["text"]}"' for quote in revision.get("quotes", []))
    refused = (f"refused: {each['reason']}" for each in revision.get("refused", []))
    return "; ".join([*quotes, *filter(None, [revision.get("reason")]), *refused])[:_SHOWN]


def _why(revision: dict[str, Any]) -> str:
    said = [each.get("context") or each.get("fact", "") for each in revision.get("extractedMemories", [])]
    return "; ".join(said)[:_SHOWN]
