"""The LangGraph store: items, namespaces and searches, beside memories that the bank has extracted itself."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any, TypedDict

import pytest

from memorybank.client import Engine
from memorybank.client.memories import ScopedMemories
from memorybank.errors import InvalidArgument
from tests.documents import PROMISE, examples
from tests.unit.engines_in_process import client_in_process, new_engine

if TYPE_CHECKING:
    from memorybank.langgraph import MemoryBankStore

ADA, BOB = ("facts", "ada"), ("facts", "bob")


@pytest.fixture(scope="module")
def engines() -> Iterator[Any]:
    with client_in_process() as client:
        yield lambda: new_engine(client)


@pytest.fixture
def engine(engines: Any) -> Engine:
    return engines()  # type: ignore[no-any-return]  # made above


@pytest.fixture
def store(engine: Engine) -> MemoryBankStore:
    from memorybank.langgraph import MemoryBankStore

    return MemoryBankStore(engine, keys=("collection", "user_id", "thread"))


def keys(found: Any) -> list[str]:
    return [item.key for item in found]


def test_an_item_comes_back_as_it_was_put_and_is_changed_and_deleted(store: MemoryBankStore) -> None:
    value = {"text": "I like tea", "nested": {"list": [1, None, "é\n"]}}
    store.put(ADA, "a key / with ? anything", value)
    found = store.get(ADA, "a key / with ? anything")
    assert found is not None
    assert (found.namespace, found.key, found.value) == (ADA, "a key / with ? anything", value)
    assert found.created_at.tzinfo is not None
    store.put(ADA, "a key / with ? anything", {"text": "I like coffee"})
    changed = store.get(ADA, "a key / with ? anything")
    assert changed is not None
    assert (changed.value, changed.created_at) == ({"text": "I like coffee"}, found.created_at)
    store.delete(ADA, "a key / with ? anything")
    store.delete(ADA, "a key / with ? anything")
    assert store.get(ADA, "a key / with ? anything") is None
    store.put(ADA, "a key / with ? anything", {"text": "again"})
    assert keys(store.search(ADA)) == ["a key / with ? anything"]


def test_equal_keys_of_two_namespaces_are_two_items(store: MemoryBankStore) -> None:
    store.put(ADA, "k", {"n": 1})
    store.put(BOB, "k", {"n": 2})
    store.delete(BOB, "k")
    assert [item.value for item in store.search(("facts",))] == [{"n": 1}]


def test_a_search_finds_the_most_similar_first_and_pages(store: MemoryBankStore) -> None:
    for key, text in (("a", "I like tea"), ("b", "I live in Rome"), ("c", "I like green tea")):
        store.put(ADA, key, {"text": text})
    found = store.search(ADA, query="I like tea", limit=2)
    assert keys(found) == ["a", "c"]
    assert found[0].score is not None
    assert found[1].score is not None
    assert found[0].score > found[1].score
    assert keys(store.search(ADA, query="I like tea", limit=2, offset=2)) == ["b"]
    assert set(keys(store.search(ADA, limit=2)) + keys(store.search(ADA, limit=2, offset=2))) == {"a", "b", "c"}


@pytest.mark.parametrize(
    ("wanted", "found"),
    [
        ({"kind": "drink"}, {"a", "b"}),
        ({"kind": "drink", "cups": {"$gt": 2}}, {"b"}),
        ({"cups": {"$gte": 2, "$lt": 3}}, {"a"}),
        ({"kind": {"$ne": "drink"}}, {"c"}),
        ({"cups": {"$lte": "two"}}, set()),
        ({"missing": None}, {"a", "b", "c"}),
    ],
)
def test_a_filter_compares_fields_of_values(store: MemoryBankStore, wanted: dict[str, Any], found: set[str]) -> None:
    store.put(ADA, "a", {"kind": "drink", "cups": 2})
    store.put(ADA, "b", {"kind": "drink", "cups": 3})
    store.put(ADA, "c", {"kind": "food"})
    assert set(keys(store.search(ADA, filter=wanted))) == found


def test_namespaces_are_listed_by_prefix_suffix_and_depth(store: MemoryBankStore) -> None:
    for namespace in (ADA, BOB, ("notes", "ada"), ("notes", "ada", "t1"), ("notes",)):
        store.put(namespace, "k", {"n": 1})
    assert store.list_namespaces(prefix=("facts",)) == [ADA, BOB]
    assert store.list_namespaces(suffix=("ada",)) == [ADA, ("notes", "ada")]
    assert store.list_namespaces(prefix=("*", "ada"), max_depth=2) == [ADA, ("notes", "ada")]
    assert store.list_namespaces(max_depth=1) == [("facts",), ("notes",)]
    assert store.list_namespaces(limit=1, offset=1) == [BOB]
    assert len(store.search(("notes",))) == 3


def test_what_the_bank_has_extracted_is_found_and_deleted_as_an_item(engine: Engine, store: MemoryBankStore) -> None:
    memories = ScopedMemories(engine, {"collection": "facts", "user_id": "ada"})
    memories.remember_conversation([{"role": "user", "text": "I live in Rome."}])
    [item] = store.search(ADA, query="Rome")
    assert item.value == {"fact": "I live in Rome"}
    assert store.get(BOB, item.key) is None
    store.delete(BOB, item.key)
    store.delete(ADA, item.key)
    assert memories.newest()["memories"] == []


def test_an_item_says_what_its_memory_says_after_the_bank_has_changed_it(
    engine: Engine, store: MemoryBankStore
) -> None:
    memories = ScopedMemories(engine, {"collection": "facts", "user_id": "ada"})
    store.put(ADA, "k", {"text": "I like tea", "asked": 2})
    memories.update(memories.newest()["memories"][0]["id"], "I like coffee")
    found = store.get(ADA, "k")
    assert found is not None
    assert found.value == {"text": "I like coffee", "asked": 2}


def test_scopes_of_others_are_no_namespaces(engine: Engine, store: MemoryBankStore) -> None:
    ScopedMemories(engine, {"user_id": "ada"}).remember("I like tea")
    ScopedMemories(engine, {"collection": "facts", "tenant": "x"}).remember("I like tea")
    assert store.list_namespaces() == []


def test_the_indexed_fields_are_searched_and_the_rest_is_kept(engine: Engine, store: MemoryBankStore) -> None:
    store.put(ADA, "a", {"title": "Tea", "note": "secret"}, index=["title"])
    store.put(ADA, "b", {"unusual": 1})
    facts = {
        each["fact"] for each in ScopedMemories(engine, {"collection": "facts", "user_id": "ada"}).newest()["memories"]
    }
    assert facts == {"Tea", '{"unusual": 1}'}


def test_a_value_or_namespace_that_does_not_fit_says_what_does(store: MemoryBankStore) -> None:
    store.put(ADA, "long", {"text": "x" * 50_000})
    found = store.get(ADA, "long")
    assert found is not None
    assert len(found.value["text"]) == 50_000
    with pytest.raises(InvalidArgument, match="at most 60000 characters"):
        store.put(ADA, "longer", {"text": "x" * 1_000_000})
    with pytest.raises(InvalidArgument, match="1 to 3 levels"):
        store.put(("a", "b", "c", "d"), "k", {"n": 1})


def test_a_batch_runs_in_order_also_asynchronously(store: MemoryBankStore) -> None:
    from langgraph.store.base import PutOp

    async def run() -> Any:
        await store.abatch([PutOp(ADA, "k", {"n": 1}), PutOp(ADA, "k", {"n": 2})])
        return await store.aget(ADA, "k")

    assert asyncio.run(run()).value == {"n": 2}


def test_a_node_of_a_graph_is_given_the_store(store: MemoryBankStore) -> None:
    from langgraph.graph import START, StateGraph
    from langgraph.store.base import BaseStore

    class State(TypedDict):
        told: str

    def node(state: State, *, store: BaseStore) -> State:
        store.put(ADA, "k", {"text": state["told"]})
        return {"told": store.search(ADA, query="tea")[0].value["text"]}

    graph = StateGraph(State).add_node("node", node).add_edge(START, "node").compile(store=store)
    assert graph.invoke({"told": "I like tea"}) == {"told": "I like tea"}


def test_the_tools_work_in_their_scope_and_tell_errors_to_the_agent(engine: Engine) -> None:
    from memorybank.langgraph import memory_tools

    tools = {tool.name: tool for tool in memory_tools({"user_id": "ada"}, engine)}
    told = tools["remember"].invoke({"text": "I like tea"})
    assert '"CREATED"' in told
    assert "I like tea" in tools["recall_memories"].invoke({"query": "tea"})
    assert "no memory 1 in this scope" in tools["forget_memory"].invoke({"id": "1"})
    identifier = ScopedMemories(engine, {"user_id": "ada"}).newest()["memories"][0]["id"]
    tools["update_memory"].invoke({"id": identifier, "fact": "I like coffee"})
    assert "I like tea" in tools["memory_history"].invoke({"id": identifier})
    tools["undo_memory_change"].invoke({"change": identifier})
    assert "I like tea" in tools["list_memories"].invoke({})
    assert not any("scope" in tool.args for tool in tools.values())


def test_the_example_of_the_docs_does_what_it_says(engine: Engine, capsys: pytest.CaptureFixture[str]) -> None:
    [example] = examples("docs/agents.md", "memorybank.langgraph")
    exec(example, {"engine": engine})  # noqa: S102 - the page is ours
    assert capsys.readouterr().out.splitlines() == PROMISE.findall(example)
