"""Access is decided once: whatever asks about an engine or a scope in a request is told what was decided first."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, ClassVar

import pytest

from memorybank.access.access import Access
from memorybank.access.identity import Identity
from memorybank.access.patterns import Pattern
from memorybank.access.rights import UNLIMITED, Grant, Rights
from memorybank.access.rules import Rules
from memorybank.access.tokens import unverified_claims
from memorybank.config import Settings
from memorybank.local.bank import Bank, embedded_adapters
from memorybank.resources.names import EngineName
from tests.functions.callers import ADA, ANYBODY, EVE, Calling, new_engine

ENGINE = EngineName("p", "l", "1")


class CountingGrant(Grant):
    """A grant that records what it is compared with."""

    compared: ClassVar[list[str]] = []

    def covers(self, engine: EngineName) -> bool:
        self.compared.append("engine")
        return super().covers(engine)

    def allows(self, scope: Any) -> bool:
        self.compared.append(f"scope {scope['user_id']}")
        return super().allows(scope)

    def scope_keys(self) -> frozenset[str] | None:
        self.compared.append("all scopes")
        return super().scope_keys()


class CountingRules(Rules):
    """Lets one caller do everything, and all others what they may do to the scopes of a pattern."""

    def __init__(self, pattern: str) -> None:
        super().__init__(())
        self._pattern = pattern

    def rights(self, caller: str) -> Rights:
        everywhere = (Pattern.of("*"),)
        if caller == ANYBODY:
            return Rights([Grant(everywhere, None, write=True)], caller=caller)
        scopes = ({"user_id": Pattern.of(self._pattern, caller=caller)},)
        return Rights([CountingGrant(everywhere, scopes, write=True)], caller=caller)


@pytest.fixture(params=["${caller}", "*@agents.com"])
def ada(request: pytest.FixtureRequest) -> Iterator[Calling]:
    """Call an engine in which Ada has three memories; what was compared until now is forgotten."""
    settings = Settings(data=":memory:", embeddings="offline")
    access = Access(Identity(unverified_claims), CountingRules(request.param))
    with Bank(settings, embedded_adapters(settings), access=access) as bank:
        root = new_engine(bank)
        ada = Calling(bank, email=ADA, engine=root.engine)
        for fact in ("I like tea", "I like figs", "I hike"):
            ada.ok("POST", "/memories", {"fact": fact, "scope": {"user_id": ADA}})
        CountingGrant.compared.clear()
        yield ada


@pytest.mark.parametrize(
    "asked",
    [
        {},
        {"similaritySearchParams": {"searchQuery": "tea"}},
        {"similaritySearchParams": {"searchQuery": "tea"}, "filter": 'fact="I like tea"'},
    ],
    ids=["by page", "by similarity", "by similarity with a filter"],
)
def test_an_allowed_retrieve_decides_once(ada: Calling, asked: dict[str, Any]) -> None:
    found = ada.ok("POST", "/memories:retrieve", {"scope": {"user_id": ADA}, **asked})
    assert found["retrievedMemories"]
    assert CountingGrant.compared == ["engine", f"scope {ADA}"]


def test_a_refused_retrieve_decides_once(ada: Calling) -> None:
    eve = Calling(ada.bank, email=EVE, engine=ada.engine)
    CountingGrant.compared.clear()
    status = eve.call("POST", "/memories:retrieve", {"scope": {"user_id": "bob@example.com"}}).status
    assert (status, CountingGrant.compared) == (403, ["engine", "scope bob@example.com"])


def test_a_list_decides_once_for_all_memories_of_a_scope(ada: Calling) -> None:
    assert len(ada.ok("GET", "/memories")["memories"]) == 3
    assert CountingGrant.compared == ["engine", "all scopes", f"scope {ADA}"]


def test_a_change_decides_once_to_read_and_once_to_write(ada: Calling) -> None:
    [first, *_] = ada.ok("GET", "/memories")["memories"]
    CountingGrant.compared.clear()
    ada.ok("PATCH", first["name"].removeprefix(ada.engine), {"fact": "I like rain"})
    assert CountingGrant.compared == ["engine", f"scope {ADA}", f"scope {ADA}"]


def test_a_right_to_read_is_no_right_to_write_once_both_were_asked_for() -> None:
    scope = {"user_id": ADA}
    rights = Rights([Grant((Pattern.of("*"),), ({"user_id": Pattern.of(ADA)},), write=False)])
    for _ in range(2):
        assert rights.allows(ENGINE, scope, write=False)
        assert not rights.allows(ENGINE, scope, write=True)
        assert not rights.allows(ENGINE, {"user_id": EVE}, write=False)
        assert not rights.allows(ENGINE, {"user_id": ADA, "team": "x"}, write=False)


def test_the_rights_of_everybody_keep_nothing_of_what_is_asked() -> None:
    before = {name: repr(value) for name, value in vars(UNLIMITED).items()}
    UNLIMITED.require_scope(ENGINE, {"user_id": ADA}, write=True)
    UNLIMITED.require_engine(ENGINE)
    UNLIMITED.require_chosen_id(ENGINE)
    assert UNLIMITED.knows(ENGINE)
    assert UNLIMITED.allows(ENGINE, {"user_id": ADA}, write=True)
    assert UNLIMITED.scope_keys(ENGINE) is None
    assert {name: repr(value) for name, value in vars(UNLIMITED).items()} == before
