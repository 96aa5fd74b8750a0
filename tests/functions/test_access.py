"""A caller who may see one scope never reads, lists, filters, changes or guesses another one."""

from __future__ import annotations

import base64
import json
import logging
from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from io import StringIO
from threading import get_ident
from typing import Any
from urllib.parse import quote

import pytest

from memorybank.access.access import Access
from memorybank.access.identity import Identity
from memorybank.access.tokens import unverified_claims
from memorybank.config import Settings
from memorybank.handlers.routes import PUBLIC, routes_of
from memorybank.local.bank import Bank, embedded_adapters
from memorybank.logs import set_up
from memorybank.ports.documents import Query
from memorybank.storage.sqlite import SqliteStore
from memorybank.testing.scripted import ScriptedModel
from tests.functions.callers import ADA, ANYBODY, EVE, LOCATION, ROUTER, Calling, bank_with_rules, new_engine, token
from tests.waiting import LONG

SECRET = "Ada keeps 7 bees in Lisbon"


class Counting(SqliteStore):
    """A store that counts what it is asked, by thread: others work in the background."""

    def __init__(self) -> None:
        super().__init__(":memory:")
        self.asked: Counter[int] = Counter()

    def get(self, path: str, **options: Any) -> Any:
        self.asked[get_ident()] += 1
        return super().get(path, **options)

    def query(self, query: Query) -> Any:
        self.asked[get_ident()] += 1
        return super().query(query)


@pytest.fixture
def bank() -> Iterator[Bank]:
    with bank_with_rules(store=Counting(), model=ScriptedModel()) as bank:
        yield bank


@pytest.fixture
def root(bank: Bank) -> Calling:
    """Call a new engine as somebody who may do everything."""
    return new_engine(bank)


@pytest.fixture
def ada(root: Calling) -> Calling:
    return replace(root, email=ADA)


@pytest.fixture
def eve(root: Calling) -> Calling:
    return replace(root, email=EVE)


@pytest.fixture
def secret(root: Calling, ada: Calling) -> str:
    """Let Ada have a memory of a known id with two revisions; return its path below the engine."""
    scope = {"user_id": ADA}
    root.ok("POST", "/memories?memoryId=secret", {"fact": "Ada keeps 5 bees in Lisbon", "scope": scope})
    ada.ok("PATCH", "/memories/secret", {"fact": SECRET})
    return "/memories/secret"


def generated(fact: str, email: str) -> dict[str, Any]:
    return {"scope": {"user_id": email}, "directMemoriesSource": {"directMemories": [{"fact": fact}]}}


def state(bank: Bank) -> dict[str, Any]:
    """Return all documents of a bank at rest."""
    assert bank.adapters.queue.wait_idle(LONG)
    store = bank.adapters.store
    paths = store.below("engines", limit=10_000)
    return {path: document and document.data for path, document in zip(paths, store.get_many(paths), strict=True)}


def same_as_absent(caller: Calling, method: str, path: str, body: Any = None, *, real: str) -> None:
    """Check that a call about a real thing is answered, to the letter, as one about a thing that never was.

    Nor may it take longer, which the number of the store's calls stands for here.
    """
    absent = "".join("9" if letter.isdigit() else "x" for letter in real)
    assert absent != real
    assert real in path
    store = caller.bank.adapters.store
    assert isinstance(store, Counting)
    counts = [store.asked[get_ident()]]
    found = caller.call(method, path, body)
    counts.append(store.asked[get_ident()])
    other = caller.call(method, path.replace(real, absent), body)
    counts.append(store.asked[get_ident()])
    assert counts[1] - counts[0] == counts[2] - counts[1]
    assert found.status == 404, found
    assert json.dumps(found.body).replace(real, absent) == json.dumps(other.body)


def test_what_a_caller_may_do_works(ada: Calling, secret: str) -> None:
    assert ada.ok("GET", secret)["fact"] == SECRET
    assert len(ada.ok("GET", f"{secret}/revisions")["memoryRevisions"]) == 2
    assert [each["fact"] for each in ada.ok("GET", "/memories")["memories"]] == [SECRET]
    asked = {"scope": {"user_id": ADA}, "similaritySearchParams": {"searchQuery": "bees"}}
    assert ada.ok("POST", "/memories:retrieve", asked)["retrievedMemories"][0]["memory"]["fact"] == SECRET
    first = ada.ok("GET", f"{secret}/revisions")["memoryRevisions"][-1]["name"].rpartition("/")[2]
    ada.ok("POST", f"{secret}:rollback", {"targetRevisionId": first})
    ada.ok("DELETE", secret)
    assert len(ada.ok("GET", f"{secret}/revisions")["memoryRevisions"]) == 4
    ada.ok("POST", f"{secret}:rollback", {"targetRevisionId": first})
    changes = ada.done("POST", "/memories:generate", generated("I have a boat", ADA))["generatedMemories"]
    assert ada.ok("GET", changes[0]["memory"]["name"].removeprefix(ada.engine))["fact"] == "I have a boat"
    created = ada.ok("POST", "/memories", {"fact": "I sail", "scope": {"user_id": ADA}})
    assert ada.ok("GET", created["name"].removeprefix(ada.engine))["done"]
    assert ada.ok("DELETE", created["name"].removeprefix(ada.engine)) == {}


def test_a_large_conversation_is_taken_too() -> None:
    turns = [{"content": {"role": "user", "parts": [{"text": f"{n} " + "a" * 2000}]}} for n in range(1, 190)]
    body = {"scope": {"user_id": ADA}, "directContentsSource": {"events": turns * 3}}
    model = ScriptedModel(extract=lambda _: [])  # to check 570 facts would take 7 s
    with bank_with_rules(model=model) as bank:
        ada = replace(new_engine(bank), email=ADA)
        assert ada.ok("POST", "/memories:generate", body)["name"]


@pytest.mark.parametrize(
    ("method", "suffix", "body"),
    [
        ("GET", "", None),
        ("PATCH", "", {"fact": "mine now"}),
        ("PATCH", "", {"fact": "mine", "scope": {"user_id": EVE}}),
        ("PATCH", "", {"fact": "mine", "scope": {"user_id": ADA}}),
        ("PATCH", "?updateMask=ttl", {"ttl": "1s"}),
        ("DELETE", "", None),
        ("GET", "/revisions", None),
        ("GET", "/revisions?filter=labels.a%3D%22b%22", None),
        ("GET", "/revisions/1", None),
        ("POST", ":rollback", {"targetRevisionId": "1"}),
    ],
)
def test_anothers_memory_is_as_if_it_did_not_exist(
    bank: Bank, eve: Calling, secret: str, method: str, suffix: str, body: Any
) -> None:
    before = state(bank)
    same_as_absent(eve, method, secret + suffix, body, real="secret")
    assert state(bank) == before


@pytest.mark.parametrize("deleted", [False, True])
def test_anothers_revisions_stay_hidden_by_their_own_names_also_after_a_deletion(
    bank: Bank, ada: Calling, eve: Calling, secret: str, *, deleted: bool
) -> None:
    if deleted:
        ada.ok("DELETE", secret)
    revisions = [each["name"].rpartition("/")[2] for each in ada.ok("GET", f"{secret}/revisions")["memoryRevisions"]]
    before = state(bank)
    for revision in revisions:
        same_as_absent(eve, "GET", f"{secret}/revisions/{revision}", real="secret")
        same_as_absent(eve, "POST", f"{secret}:rollback", {"targetRevisionId": revision}, real="secret")
    same_as_absent(eve, "GET", f"{secret}/revisions", real="secret")
    assert state(bank) == before


FILTERS = [
    'scope="{\\"user_id\\": \\"ada@agents.com\\"}"',
    'scope.user_id="ada@agents.com"',
    'scope.user_id!="eve@agents.com"',
    'fact="Ada keeps 7 bees in Lisbon"',
    'NOT fact="x"',
    'NOT (NOT scope.user_id="ada@agents.com")',
    'scope="{\\"user_id\\": \\"eve@agents.com\\"}" OR scope.user_id="ada@agents.com"',
    'scope="{\\"user_id\\": \\"eve@agents.com\\"}" OR NOT fact="x"',
    'create_time>"2000-01-01T00:00:00Z"',
]


@pytest.mark.parametrize("text", ["", *FILTERS])
@pytest.mark.parametrize("order", ["", "create_time", "update_time desc"])
def test_no_filter_or_order_lists_anothers_memories(
    eve: Calling, root: Calling, secret: str, text: str, order: str
) -> None:
    for number in range(3):
        eve.ok("POST", "/memories", {"fact": f"Eve {number}", "scope": {"user_id": EVE}})
    token, seen = "", []
    while True:
        query = f"?pageSize=1&filter={quote(text)}&orderBy={quote(order)}&pageToken={quote(token)}"
        answer = eve.ok("GET", f"/memories{query}")
        seen += answer.get("memories", [])
        token = answer.get("nextPageToken", "")
        # A token for a page on which nothing can be would tell that others have memories there.
        assert answer.get("memories") or not token
        assert SECRET not in json.dumps(answer)
        assert b"secret" not in base64.urlsafe_b64decode(token + "=" * (-len(token) % 4))
        if not token:
            break
    assert {memory["scope"]["user_id"] for memory in seen} <= {EVE}
    assert len(seen) in (0, 3)
    assert len(root.ok("GET", "/memories")["memories"]) == 4


def test_a_caller_of_many_scopes_lists_them_all_and_no_others(bank: Bank, root: Calling, secret: str) -> None:
    for number in range(5):
        root.ok("POST", "/memories", {"fact": f"of team {number}", "scope": {"team": f"t{number}"}})
        root.ok("POST", "/memories", {"fact": f"of nobody {number}", "scope": {"other": f"t{number}"}})
    teams, facts, token = replace(root, email="teams@example.com"), [], ""
    while True:
        answer = teams.ok("GET", f"/memories?pageSize=2&pageToken={token}")
        facts += [memory["fact"] for memory in answer["memories"]]
        token = answer.get("nextPageToken", "")
        if not token:
            break
    assert facts == [f"of team {number}" for number in (4, 3, 2, 1, 0)]


def test_anothers_page_token_leads_nowhere_new(eve: Calling, root: Calling, ada: Calling, secret: str) -> None:
    for number in range(3):
        ada.ok("POST", "/memories", {"fact": f"Ada {number}", "scope": {"user_id": ADA}})
        eve.ok("POST", "/memories", {"fact": f"Eve {number}", "scope": {"user_id": EVE}})
    for other in (ada, root):
        token = other.ok("GET", "/memories?pageSize=1")["nextPageToken"]
        found = eve.ok("GET", f"/memories?pageSize=1&pageToken={token}")
        assert {memory["scope"]["user_id"] for memory in found.get("memories", [])} <= {EVE}


@pytest.mark.parametrize(
    ("path", "body"),
    [
        ("/memories:retrieve", {"scope": {"user_id": ADA}}),
        ("/memories:retrieve", {"scope": {"user_id": ADA}, "similaritySearchParams": {"searchQuery": "bees"}}),
        ("/memories:retrieve", {"scope": {"user_id": EVE, "app": "a"}}),
        ("/memories:generate", generated("Ada hates bees", ADA)),
        ("/memories:generate", generated("x", "nobody@agents.com")),
        ("/memories", {"fact": "Ada hates bees", "scope": {"user_id": ADA}}),
        ("/memories", {"fact": "x", "scope": {"user_id": EVE, "app": "a"}}),
    ],
)
def test_a_request_about_anothers_scope_is_refused_whether_there_is_anything_or_not(
    bank: Bank, eve: Calling, secret: str, path: str, body: Any
) -> None:
    before = state(bank)
    answer = eve.call("POST", path, body)
    assert answer.status == 403
    assert answer.message.startswith(f"{EVE} may not")
    assert ADA not in json.dumps(answer.body)
    assert state(bank) == before


@pytest.mark.parametrize(
    ("method", "path", "body"),
    [
        ("POST", "/memories:retrieve", {"scope": {"user_id": ADA}}),
        ("POST", "/memories:generate", generated("x", ADA)),
        ("POST", "/memories", {"fact": "x", "scope": {"user_id": ADA}}),
        ("PATCH", "", {"displayName": "mine"}),
        ("DELETE", "?force=true", None),
        ("POST", "/memories:reembed", None),
        ("POST", "/memories:batchCreate", {"memories": [{"memory": {"fact": "x", "scope": {"user_id": ADA}}}]}),
        ("GET", "/memories:export", None),
    ],
)
def test_such_a_request_is_refused_before_anything_is_read(
    bank: Bank, eve: Calling, monkeypatch: pytest.MonkeyPatch, method: str, path: str, body: Any
) -> None:
    def broken(*_: object, **__: object) -> None:
        raise AssertionError("the store was asked")

    for access in ("get", "get_many", "query", "nearest", "commit"):
        monkeypatch.setattr(bank.adapters.store, access, broken)
    status = eve.call(method, path, body).status
    monkeypatch.undo()
    assert status == 403


def test_retrieval_of_ones_own_scope_finds_nothing_of_others(eve: Calling, secret: str) -> None:
    asked: dict[str, Any] = {"scope": {"user_id": EVE}, "similaritySearchParams": {"searchQuery": SECRET, "topK": 100}}
    assert eve.ok("POST", "/memories:retrieve", asked) == {}
    for text in ['fact="Ada keeps 7 bees in Lisbon"', 'NOT fact="x"']:
        assert eve.ok("POST", "/memories:retrieve", {"scope": {"user_id": EVE}, "filter": text}) == {}


def test_who_is_limited_to_scopes_cannot_ask_by_choosing_ids_which_are_taken(eve: Calling, secret: str) -> None:
    answers = [
        eve.call("POST", f"/memories?memoryId={chosen}", {"fact": "x", "scope": {"user_id": EVE}})
        for chosen in ("secret", "absent")
    ]
    assert answers[0] == answers[1]
    assert answers[0].status == 403
    assert "leave memoryId out" in answers[0].message


def _operations(root: Calling) -> list[str]:
    return [each["name"].removeprefix(root.engine) for each in root.ok("GET", "/operations")["operations"]]


@pytest.mark.parametrize(("method", "suffix"), [("GET", ""), ("DELETE", ""), ("POST", ":cancel"), ("POST", ":wait")])
def test_anothers_operations_are_as_if_they_did_not_exist(
    bank: Bank, root: Calling, ada: Calling, eve: Calling, secret: str, method: str, suffix: str
) -> None:
    ada.done("POST", "/memories:generate", generated("Ada has a boat", ADA))
    changed = [each["name"].removeprefix(root.engine) for each in root.ok("GET", f"{secret}/operations")["operations"]]
    found = _operations(root)
    assert len(changed) == 2
    assert len(found) == 2  # the engine's creation and the generation
    before = state(bank)
    for name in [*found, *changed]:
        same_as_absent(eve, method, name + suffix, real=name.rpartition("/")[2])
    assert eve.ok("GET", "/operations?pageSize=1") == {}
    assert eve.ok("GET", f"{secret}/operations") == {}
    assert state(bank) == before


def test_the_operation_of_a_deletion_is_hidden_too(ada: Calling, eve: Calling, secret: str) -> None:
    name = ada.ok("DELETE", secret)["name"].removeprefix(ada.engine)
    assert ada.ok("GET", name)["done"]
    assert eve.call("GET", name).status == 404


def test_engines_are_left_to_those_who_may_write_all_of_them(bank: Bank, eve: Calling, secret: str) -> None:
    assert eve.ok("GET", "")["name"] == eve.engine
    before = state(bank)
    for method, path, body in [
        ("PATCH", "", {"displayName": "mine"}),
        ("DELETE", "", None),
        ("DELETE", "?force=true", None),
        ("DELETE", "", {"force": True}),
        ("POST", "/memories:reembed", None),
        ("POST", "/memories:batchCreate", {"memories": [{"memory": {"fact": "x", "scope": {"user_id": EVE}}}]}),
        ("GET", "/memories:export?includeEmbeddings=true", None),
    ]:
        assert eve.call(method, path, body).status == 403
    assert replace(eve, engine="").call("POST", LOCATION, {}).status == 403
    assert state(bank) == before


def test_an_engine_that_no_rule_names_is_not_there(bank: Bank, root: Calling, secret: str) -> None:
    stranger = replace(root, email="eve@elsewhere.com")
    identifier = root.engine.rpartition("/")[2]
    before = state(bank)
    for method, path, body in [
        ("GET", "", None),
        ("PATCH", "", {"displayName": "x"}),
        ("DELETE", "?force=true", None),
        ("GET", "/memories", None),
        ("GET", secret, None),
        ("DELETE", secret, None),
        ("GET", f"{secret}/revisions", None),
        ("POST", "/memories", {"fact": "x", "scope": {"user_id": ADA}}),
        ("POST", "/memories:generate", generated("x", ADA)),
        ("POST", "/memories:retrieve", {"scope": {"user_id": ADA}}),
    ]:
        whole = replace(stranger, engine="")
        same_as_absent(whole, method, root.engine + path, body, real=identifier)
    assert replace(stranger, engine="").ok("GET", LOCATION) == {}
    assert replace(stranger, engine="").ok("GET", "projects/-/locations/-/reasoningEngines") == {}
    assert state(bank) == before


@pytest.mark.parametrize("parent", [LOCATION, "projects/-/locations/-/reasoningEngines"])
def test_lists_of_engines_show_those_that_a_rule_names(root: Calling, eve: Calling, parent: str) -> None:
    assert [each["name"] for each in replace(eve, engine="").ok("GET", parent)["reasoningEngines"]] == [eve.engine]


def test_a_reader_is_told_that_reading_is_all(bank: Bank, root: Calling, secret: str) -> None:
    reader = replace(root, email="rob@readers.com")
    assert reader.ok("GET", secret)["fact"] == SECRET
    assert reader.ok("GET", "/memories")["memories"]
    assert reader.ok("POST", "/memories:retrieve", {"scope": {"user_id": ADA}})["retrievedMemories"]
    revision = reader.ok("GET", f"{secret}/revisions")["memoryRevisions"][-1]["name"].rpartition("/")[2]
    operation = reader.ok("GET", f"{secret}/operations")["operations"][0]["name"].removeprefix(root.engine)
    assert reader.ok("POST", f"{operation}:wait")["done"]
    before = state(bank)
    for method, path, body in [
        ("PATCH", secret, {"fact": "x"}),
        ("DELETE", secret, None),
        ("POST", f"{secret}:rollback", {"targetRevisionId": revision}),
        ("POST", "/memories", {"fact": "x", "scope": {"user_id": ADA}}),
        ("POST", "/memories:generate", generated("x", ADA)),
        ("DELETE", operation, None),
        ("POST", f"{operation}:cancel", None),
    ]:
        assert reader.call(method, path, body).status == 403, (method, path)
    assert state(bank) == before


def test_every_route_shows_a_stranger_nothing_and_asks_the_nameless_who_they_are(
    bank: Bank, root: Calling, secret: str
) -> None:
    """Whatever is added to the route tables stands here too: nothing of it may answer without asking."""
    before = state(bank)
    bodies = {"GenerateMemories": generated("x", ADA), "CreateMemory": {"fact": "x", "scope": {"user_id": ADA}}}
    bodies |= {"RetrieveProfiles": {"scope": {"user_id": ADA}}}
    bodies |= {"RetrieveMemories": {"scope": {"user_id": ADA}}, "RollbackMemory": {"targetRevisionId": "1"}}
    bodies |= {"PurgeMemories": {"filter": "fact:*", "force": True}}
    bodies |= {"EraseMemories": {"scope": {"user_id": ADA}}}
    bodies |= {"IngestEvents": {"scope": {"user_id": ADA}}}
    event = {"author": "user", "invocationId": "i", "timestamp": "2031-01-02T03:04:05Z"}
    bodies |= {"CreateSession": {"userId": ADA}, "UpdateSession": {"displayName": "x"}, "AppendEvent": event}
    bodies |= {"UpdateMemory": {"fact": "x"}, "UpdateReasoningEngine": {"displayName": "x"}}
    queries = {"ListWaiting": f"?scope=%7B%22user_id%22:%22{ADA}%22%7D"}
    values = {"engine": root.engine.rpartition("/")[2], "memory": "secret", "session": "1", "revision": "1"}
    asked = 0
    for route in routes_of(PUBLIC):
        if route.needs == "nothing":
            assert route.name == "Health"
            continue
        template = (
            route.template if route.template.startswith("projects/") else f"projects/p/locations/l/{route.template}"
        )
        path = template.format(**values, operation="1", project="p", location="l") + queries.get(route.name, "")
        stranger = Calling(bank, email="eve@elsewhere.com")
        answer = stranger.call(route.method, path, bodies.get(route.name))
        hidden = answer.status in (403, 404, 501) or answer.body == {}
        assert hidden or route.name in ("GetLocation", "ListLocations"), (route.name, answer)
        assert SECRET not in json.dumps(answer.body)
        nameless = replace(stranger, headers={"authorization": ""})
        assert nameless.call(route.method, path, bodies.get(route.name)).status == 401
        asked += 1
    assert asked > 20
    assert state(bank) == before


@pytest.mark.parametrize("forged", [ADA, ANYBODY, ""])
def test_a_forged_caller_is_refused(eve: Calling, secret: str, forged: str) -> None:
    answer = replace(eve, headers={"x-memory-caller": forged}).call("GET", secret)
    assert (answer.status, answer.body["error"]["status"]) == (403, "PERMISSION_DENIED")


def test_the_routers_caller_has_the_callers_rights(root: Calling, secret: str) -> None:
    as_eve, as_ada = (replace(root, email=ROUTER, headers={"x-memory-caller": email}) for email in (EVE, ADA))
    assert as_eve.call("GET", secret).status == 404
    assert as_ada.ok("GET", secret)["fact"] == SECRET


def test_the_case_of_an_email_makes_nobody_else(root: Calling, secret: str) -> None:
    assert replace(root, email="ADA@Agents.com").ok("GET", secret)["fact"] == SECRET
    created = replace(root, email="ADA@Agents.com").call(
        "POST", "/memories", {"fact": "x", "scope": {"user_id": "ADA@Agents.com"}}
    )
    assert created.status == 403


@pytest.mark.parametrize("value", ["", "Bearer a.b.c", "Bearer " + "x" * 200_000, "Bearer ya29.token"])
def test_an_unreadable_token_is_answered_in_the_apis_shape(root: Calling, value: str) -> None:
    answer = replace(root, headers={"authorization": value}).call("GET", "")
    assert answer.status == 401
    assert answer.body["error"]["status"] == "UNAUTHENTICATED"
    assert len(json.dumps(answer.body)) < 1000


def test_the_caller_is_settled_before_the_body_is_looked_at(root: Calling) -> None:
    nameless = replace(root, headers={"authorization": ""})
    assert nameless.call("POST", "/memories", {"no": "such field"}).status == 401


def test_no_log_has_a_token(bank: Bank, eve: Calling, secret: str, monkeypatch: pytest.MonkeyPatch) -> None:
    log = StringIO()
    set_up("DEBUG", stream=log)

    def broken(*_: object, **__: object) -> None:
        raise RuntimeError("out of order")

    monkeypatch.setattr(bank.adapters.store, "get", broken)
    assert eve.call("GET", secret).status == 500
    replace(eve, headers={"authorization": f"Bearer {token(EVE, exp=1)}"}).call("GET", secret)
    monkeypatch.undo()
    logging.getLogger("memorybank").debug("done")
    assert "out of order" in log.getvalue()
    assert token(EVE).split(".")[1][:40] not in log.getvalue()
    assert "Bearer" not in log.getvalue()


@pytest.mark.parametrize("function", ["worker", "sweep"])
def test_work_is_taken_only_from_the_accounts_that_deliver_it(function: str) -> None:
    settings = Settings(data=":memory:", embeddings="offline")
    identity = Identity(unverified_claims, router=ROUTER, task_callers=frozenset({"tasks@example.com"}))
    with Bank(settings, embedded_adapters(settings), functions=[function], access=Access(identity)) as bank:
        calling = Calling(bank, email="tasks@example.com")
        statuses = [
            replace(calling, **changes).post_to_root().status
            for changes in (
                {},
                {"email": ANYBODY},
                {"email": ROUTER, "headers": {"x-memory-caller": "tasks@example.com"}},
                {"email": ANYBODY, "headers": {"x-memory-caller": "tasks@example.com"}},
                {"headers": {"authorization": ""}},
            )
        ]
    assert statuses[0] not in (401, 403)
    assert statuses[1:] == [403, 403, 403, 401]
