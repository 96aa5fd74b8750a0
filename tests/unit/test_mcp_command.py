"""Which bank and engine `memorybank mcp` uses."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from memorybank.client import BankClient
from memorybank.commands.mcp import find_engine, in_this_process
from memorybank.errors import InvalidArgument, NotFound
from tests.unit.engines_in_process import ENGINES, client_in_process
from tests.waiting import until


@pytest.fixture
def client() -> Iterator[BankClient]:
    with client_in_process() as client:
        yield client


def test_a_new_bank_gets_an_engine_which_is_found_again(client: BankClient) -> None:
    made = find_engine(client, None, create=True)
    assert find_engine(client, None, create=True) == made
    assert find_engine(client, made.name.rpartition("/")[2], create=False) == made


def test_a_bank_that_is_served_elsewhere_is_not_given_an_engine(client: BankClient) -> None:
    with pytest.raises(NotFound, match="has no engine: create one"):
        find_engine(client, None, create=False)


def test_one_of_several_engines_must_be_named(client: BankClient) -> None:
    names = [client.wait(client.call("POST", ENGINES))["name"] for _ in range(7)]
    with pytest.raises(InvalidArgument, match=r"--engine: is needed.*, \.\.\."):
        find_engine(client, None, create=True)
    assert find_engine(client, names[3], create=True).name == names[3]


def test_a_file_with_vectors_of_another_model_is_searched_as_before(tmp_path: Path) -> None:
    data, scope = str(tmp_path / "bank.db"), {"user_id": "ada"}
    lengths = ({"MEMORYBANK_EMBEDDINGS": "offline", "MEMORYBANK_EMBEDDING_DIMENSIONS": each} for each in ("768", "256"))
    with in_this_process(data, next(lengths)) as client:
        engine = find_engine(client, None, create=True)
        client.wait(client.call("POST", f"{engine.name}/memories", {"fact": "I like green tea", "scope": scope}))
    with in_this_process(data, next(lengths)) as client:
        search = {"scope": scope, "similaritySearchParams": {"searchQuery": "tea"}}
        until(lambda: client.call("POST", f"{engine.name}/memories:retrieve", search).get("retrievedMemories"))
