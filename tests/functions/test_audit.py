"""The audit log: who did what to whose memories, with what outcome, and nothing of what they say."""

from __future__ import annotations

import json
from typing import Any

import pytest

from memorybank.access.access import Access
from memorybank.access.identity import Identity
from memorybank.access.rules import read_rules
from memorybank.access.tokens import unverified_claims
from memorybank.config import Settings
from memorybank.local.bank import Bank, embedded_adapters
from memorybank.resources.scopes import scope_key
from tests.functions.callers import ADA, ANYBODY, EVE, ROUTER, RULES, Calling, new_engine

SCOPE = {"user_id": ADA}


def bank(**settings: Any) -> Bank:
    """Return a bank with rules whose audit is as the settings say."""
    read = Settings(data=":memory:", models="offline", embeddings="offline", **settings)
    return Bank(
        read, embedded_adapters(read), access=Access(Identity(unverified_claims, router=ROUTER), read_rules(RULES))
    )


def lines(text: str) -> list[dict[str, Any]]:
    """Return the lines of the log."""
    return [json.loads(line) for line in text.splitlines()]


def test_every_call_is_a_line_without_content(capsys: pytest.CaptureFixture[str]) -> None:
    with bank(audit="on") as served:
        engine = new_engine(served).engine
        ada = Calling(served, ADA, engine)
        made = ada.ok("POST", "/memories", {"fact": "I keep bees", "scope": SCOPE})
        path = made["response"]["name"].removeprefix(engine)
        capsys.readouterr()
        ada.ok("POST", "/memories:retrieve", {"scope": SCOPE, "similaritySearchParams": {"searchQuery": "bees"}})
        ada.ok("GET", path)
        assert Calling(served, EVE, engine).call("DELETE", path).status == 404
        assert Calling(served, EVE, engine).call("POST", "/memories:erase", {"scope": SCOPE}).status == 403
        assert (
            Calling(served, ADA, engine).call("POST", "/memories:erase", {"scope": {"user_id": "\ud800"}}).status == 400
        )
        assert Calling(served, ADA, engine, headers={"authorization": "x"}).call("GET", path).status == 401
        text = capsys.readouterr().out
    found = lines(text)
    assert [(each["method"], each["caller"], each["outcome"]) for each in found] == [
        ("RetrieveMemories", ADA, "OK"),
        ("GetMemory", ADA, "OK"),
        ("DeleteMemory", EVE, "NOT_FOUND"),
        ("EraseMemories", EVE, "PERMISSION_DENIED"),
        ("EraseMemories", ADA, "INVALID_ARGUMENT"),
        ("GetMemory", None, "UNAUTHENTICATED"),
    ]
    assert all(each["engine"] == engine.rpartition("/")[2] for each in found)
    assert (found[0]["scopeKey"], found[0]["scopeKeys"]) == (scope_key(SCOPE), ["user_id"])
    assert found[1]["memory"] == path.rpartition("/")[2]
    assert "bees" not in text


def test_nothing_is_written_on_one_machine_unless_it_is_asked_for(capsys: pytest.CaptureFixture[str]) -> None:
    with bank() as served:
        Calling(served, ANYBODY, new_engine(served).engine).ok("GET", "/memories")
    assert capsys.readouterr().out == ""
