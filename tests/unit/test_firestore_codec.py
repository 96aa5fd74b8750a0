"""How values are said in Firestore's terms, where the contract cannot see it."""

from __future__ import annotations

from typing import Any

import pytest

from memorybank.errors import InvalidArgument
from memorybank.ports.documents import Vector
from memorybank.storage.firestore.codec import decode, encode


def keys_in_firestore(value: dict[str, Any]) -> list[str]:
    return sorted(encode(value).map_value.fields)


@pytest.mark.parametrize("key", ["", "__x__", "____", "__type__", "~", "~~", "~__x__", "a~"])
def test_a_key_of_a_map_comes_back_whatever_firestore_reserves(key: str) -> None:
    assert decode(encode({key: 1, "other": {key: [{key: 2}]}})) == {key: 1, "other": {key: [{key: 2}]}}


def test_no_two_keys_of_a_map_become_one() -> None:
    keys = ["", "~", "~~", "__x__", "~__x__", "x"]

    assert len(keys_in_firestore(dict.fromkeys(keys, 1))) == len(keys)


def test_the_keys_that_firestore_reserves_are_not_sent() -> None:
    assert keys_in_firestore({"": 1, "__x__": 2, "a.b": 3}) == ["a.b", "~", "~__x__"]


def test_a_map_that_looks_like_a_vector_is_a_map() -> None:
    value = {"__type__": "__vector__", "value": [1.0, 2.0]}

    assert decode(encode(value)) == value
    assert decode(encode(Vector((1.0, 2.0)))) == Vector((1.0, 2.0))


@pytest.mark.parametrize("values", [(float("nan"),), (1.0, float("inf"))])
def test_a_vector_that_is_not_finite_is_refused(values: tuple[float, ...]) -> None:
    with pytest.raises(InvalidArgument, match="finite"):
        encode(Vector(values))


@pytest.mark.parametrize(
    ("value", "says"),
    [
        (2**63, "64 bits"),
        ({1: "a"}, "keys of a map are strings"),
        ("\ud800", "surrogate"),
        ({"\ud800": 1}, "surrogate"),
        ([object()], "object is not allowed here"),
        ({1, 2}, "set is not allowed here"),
    ],
)
def test_what_no_document_may_hold_is_refused(value: Any, says: str) -> None:
    with pytest.raises(InvalidArgument, match=says):
        encode(value)
