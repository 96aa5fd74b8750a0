"""The call that erases a scope: what it refuses, what it answers, and that it reaches nobody else."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from io import StringIO
from typing import Any

import pytest

from memorybank.access.narrow_ports import narrowed, widened
from memorybank.access.rules import read_rules
from memorybank.adapters import Adapters
from memorybank.commands.main import main
from memorybank.config import Settings
from memorybank.errors import NotFound, PermissionDenied
from memorybank.local.bank import Bank
from memorybank.logs import set_up
from memorybank.resources.names import EngineName
from memorybank.storage.sqlite import SqliteStore
from memorybank.testing.frozen import FrozenClock
from memorybank.testing.scripted import ScriptedModel
from tests.conftest import Serve, Served
from tests.functions.callers import ADA, EVE, RULES, Calling, bank_with_rules, new_engine
from tests.functions.refusals import Caller
from tests.traces import traces
from tests.waiting import LONG


@pytest.fixture
def bank() -> Iterator[Bank]:
    with bank_with_rules(model=ScriptedModel()) as bank:
        yield bank


@pytest.fixture
def root(bank: Bank) -> Calling:
    """Call a new engine, in which Ada and Eve have memories, as somebody who may do everything."""
    root = new_engine(bank)
    for email in (ADA, EVE):
        root.ok("POST", f"/memories?memoryId={email[:3]}", {"fact": f"of {email}", "scope": {"user_id": email}})
        source = {"directMemories": [{"fact": f"more of {email}"}]}
        root.done("POST", "/memories:generate", {"scope": {"user_id": email}, "directMemoriesSource": source})
        root.ok("DELETE", f"/memories/{email[:3]}")
    return root


def _state(bank: Bank) -> dict[str, Any]:
    assert bank.adapters.queue.wait_idle(LONG)
    store = bank.adapters.store
    paths = store.below("engines", limit=10_000)
    return {path: document and document.data for path, document in zip(paths, store.get_many(paths), strict=True)}


def test_the_answer_is_a_receipt(served: Served, engine: str) -> None:
    with served.http() as http:
        caller = Caller(served, engine, http)
        caller.memory("m")
        receipt = caller.ok("POST", "/memories:erase", json={"scope": {"user_id": "u"}, "include_sessions": True})
    nothing = {"streams": 0, "sessions": 0, "events": 0, "other": 0}
    assert receipt["erased"] == {"memories": 1, "revisions": 1, "operations": 1, **nothing}
    assert receipt["finished"] is True
    assert receipt.keys() == {"erased", "eraseTime", "finished"}


def test_a_request_that_is_wrong_is_refused_for_every_field_and_erases_nothing(served: Served, engine: str) -> None:
    with served.http() as http:
        caller = Caller(served, engine, http)
        caller.memory("m")
        caller.refuses_bodies(
            [
                ({}, "scope", "is required"),
                ({"scope": None}, "scope", "is required"),
                ({"scope": {}}, "scope", "1 to 5 pairs"),
                ({"scope": "u"}, "scope", "object"),
                ({"scope": {"user_id": "*"}}, "scope.user_id", "no '*'"),
                ({"scope": {"user_id": ""}}, "scope.user_id", "1 to 1024"),
                ({"scope": {"user_id": 1}}, "scope.user_id", "string"),
                ({"scope": {"user_id": "u"}, "force": True}, "force", ""),
                ({"scope": {"user_id": "u"}, "includeSessions": "yes"}, "includeSessions", ""),
                ({"scope": {"user_id": "u", "a": "b"}, "includeSessions": True}, "includeSessions", "user_id alone"),
                ({"scope": {"a": "b"}, "includeSessions": True}, "includeSessions", "user_id alone"),
            ],
            "POST",
            "/memories:erase",
        )
        caller.refused(404, "POST", "9/memories:erase", json={"scope": {"user_id": "u"}})
        caller.refused(405, "GET", "/memories:erase")


def test_exactly_that_scope_is_meant_and_none_that_shares_a_pair_with_it(served: Served, engine: str) -> None:
    with served.http() as http:
        caller = Caller(served, engine, http)
        scopes = [{"user_id": "u"}, {"user_id": "u", "app": "a"}, {"app": "a"}, {"user_id": "U"}]
        for number, scope in enumerate(scopes):
            caller.memory(f"m{number}", scope=scope)
        caller.ok("POST", "/memories:erase", json={"scope": {"app": "a", "user_id": "u"}})
        left = {memory["name"].rpartition("/")[2] for memory in caller.ok("GET", "/memories")["memories"]}
    assert left == {"m0", "m2", "m3"}


def test_who_is_limited_to_a_scope_erases_that_and_no_other(bank: Bank, root: Calling) -> None:
    eve = replace(root, email=EVE)
    before = _state(bank)
    for scope in ({"user_id": ADA}, {"user_id": EVE, "app": "x"}, {"user_id": "nobody@agents.com"}):
        answer = eve.call("POST", "/memories:erase", {"scope": scope})
        assert answer.status == 403
        assert answer.message == f"{EVE} may not write memories of this scope."
    assert _state(bank) == before
    receipt = eve.ok("POST", "/memories:erase", {"scope": {"user_id": EVE}, "includeSessions": True})
    assert receipt["finished"]
    assert receipt["erased"]["memories"] == 1
    assert traces(bank.adapters.store, {"user_id": EVE}) == []
    after = _state(bank)
    assert after == {path: data for path, data in before.items() if path in after}
    assert traces(bank.adapters.store, {"user_id": ADA})


def test_who_may_only_read_erases_nothing(bank: Bank, root: Calling) -> None:
    before = _state(bank)
    reader = replace(root, email="rob@readers.com")
    assert reader.call("POST", "/memories:erase", {"scope": {"user_id": ADA}}).status == 403
    stranger = replace(root, email="eve@elsewhere.com")
    assert stranger.call("POST", "/memories:erase", {"scope": {"user_id": ADA}}).status == 404
    assert _state(bank) == before


def test_ports_are_widened_for_a_scope_that_the_caller_may_change_and_no_other() -> None:
    engine, whole = EngineName("p", "l", "1"), Adapters(Settings())
    rights = read_rules(RULES).rights(EVE)
    narrow = narrowed(whole, rights, write=True)
    assert widened(narrow, rights, engine=engine, scope={"user_id": EVE}) is whole
    with pytest.raises(PermissionDenied):
        widened(narrow, rights, engine=engine, scope={"user_id": ADA})
    strange = read_rules(RULES).rights("eve@elsewhere.com")
    with pytest.raises(NotFound):
        widened(narrow, strange, engine=engine, scope={"user_id": EVE})


def test_no_log_names_the_scope(bank: Bank, root: Calling) -> None:
    log = StringIO()
    set_up("DEBUG", stream=log)
    body = {"scope": {"user_id": ADA}, "directMemoriesSource": {"directMemories": [{"fact": "of Ada"}]}}
    for _ in range(3):
        root.call("POST", "/memories:generate", body)
    root.ok("POST", "/memories:erase", {"scope": {"user_id": ADA}})
    root.call("POST", "/memories:erase", {"scope": {"user_id": ADA}, "x": 1})
    _state(bank)
    logging.getLogger("memorybank").debug("done")
    assert "done" in log.getvalue()
    assert ADA not in log.getvalue()


def test_the_command_goes_on_until_all_is_gone(serve: Serve, capsys: pytest.CaptureFixture[str]) -> None:
    clock = FrozenClock()

    class Slow(SqliteStore):
        def commit(self, writes: Any) -> Any:
            """Take 20 seconds."""
            clock.advance(timedelta(seconds=20))
            return super().commit(writes)

    served = serve(store=Slow(":memory:"), clock=clock)
    engine = served.create_engine()
    with served.http() as http:
        Caller(served, engine, http).memory("m", scope={"user_id": EVE})
    command = ["erase", "--scope", f"user_id={EVE}", "--url", served.url, "--engine", engine, "--yes"]
    assert main(command) == 0
    told = capsys.readouterr().out.splitlines()
    assert len(told) == 2
    assert told[0].startswith("Erased so far: ")
    assert "1 memories, 1 revisions, 1 operations" in told[1]
    assert traces(served.bank.adapters.store, {"user_id": EVE}) == []


def test_the_command_says_what_is_wrong(
    served: Served, engine: str, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("MEMORYBANK_ENGINE", raising=False)
    base = ["erase", "--url", served.url, "--yes"]
    for arguments, says in [
        (["--scope", "user_id=u"], "MEMORYBANK_ENGINE: is not set: it must be"),
        (["--scope", "a=1", "--scope", "a=2", "--engine", engine], "--scope: names a key twice"),
        (["--scope", "user_id=u", "--engine", "9"], "has no engine 9"),
        (["--scope", "team=x", "--sessions", "--engine", engine], "includeSessions: needs a scope of user_id alone"),
        (
            ["--scope", "user_id=u", "--engine", engine, "--url", "http://127.0.0.1:9"],
            "Nothing listens on http://127.0.0.1:9",
        ),
    ]:
        assert main([*base, *arguments]) == 1
        assert says in capsys.readouterr().err
    with pytest.raises(SystemExit):
        main([*base, "--scope", "user_id=u", "--engine", engine, "--url", "ftp://x"])
    assert "argument --url: 'ftp://x' is not a base URL" in capsys.readouterr().err
    with pytest.raises(SystemExit):
        main([*base, "--scope", "user_id", "--engine", engine])
    assert "is not part of a scope" in capsys.readouterr().err


def test_nobody_who_could_be_asked_erases_nothing(
    served: Served, engine: str, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    def end(_: str) -> str:
        raise EOFError

    monkeypatch.setattr("builtins.input", end)
    assert main(["erase", "--url", served.url, "--engine", engine, "--scope", "user_id=u"]) == 1
    assert capsys.readouterr().out == "Nothing was erased.\n"
