"""Which bank and engine `memorybank mcp` uses."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from memorybank.client import BankClient
from memorybank.commands.mcp import find_engine
from memorybank.errors import InvalidArgument, NotFound
from tests.unit.engines_in_process import ENGINES, client_in_process


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
