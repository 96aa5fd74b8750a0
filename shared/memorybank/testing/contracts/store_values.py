"""The part of the store contract about values: what goes in comes out."""
# ruff: noqa: D102 (these are tests: their names are sentences)

from __future__ import annotations

import random
from datetime import UTC, datetime, timedelta, timezone
from typing import Any
from uuid import uuid4

import pytest

from memorybank.errors import InvalidArgument
from memorybank.ports.documents import (
    MAX_DIMENSIONS,
    Create,
    Document,
    DocumentStore,
    Patch,
    Put,
    Query,
    Vector,
    Where,
)

VALUES: dict[str, Any] = {
    "null": None,
    "true": True,
    "false": False,
    "zero": 0,
    "largest int64": 2**63 - 1,
    "smallest int64": -(2**63),
    "int beyond a double's 53 bits": 2**53 + 1,
    "float": -1.5,
    "float without fraction": 2.0,
    "float of 17 digits": 0.1 + 0.2,
    "largest float": 1.7976931348623157e308,
    "smallest float": 5e-324,
    "infinity": float("-inf"),
    "empty string": "",
    "unicode": "żółć \N{EARTH GLOBE EUROPE-AFRICA} \u0301\u202e",
    "control characters": "\x00\x01\x01\x02t\x1f\n\x7f",
    "quotes": "'\"\\`$.[]{}%_",
    "looks like a time": "2026-01-31T23:59:59.999999Z",
    "long string": "memory " * 20_000,
    "empty bytes": b"",
    "bytes": bytes(range(256)),
    "time": datetime(2026, 1, 31, 23, 59, 59, 999_999, tzinfo=UTC),
    "time before 1970": datetime(1, 1, 1, 0, 0, 0, 1, tzinfo=UTC),
    "last time": datetime(9999, 12, 31, 23, 59, 59, 999_999, tzinfo=UTC),
    "empty list": [],
    "empty map": {},
    "list": [None, True, 1, 1.5, "a", b"b", datetime(2026, 1, 1, tzinfo=UTC), {"a": [1]}],
    "map": {"": 1, "a.b": {"c": {"d": [b"\x00", {"e": None}]}}, "ключ \N{KEY}": "v", "a`b\\c": 2, "__a__b": 3},
}
"""What a document must be able to hold, by name."""

_LISTED = [value for value in VALUES.values() if not isinstance(value, list)]  # Firestore takes no list in a list


class Somewhere:
    """Gives each test a place that is its own."""

    @pytest.fixture
    def engine(self) -> str:
        """Return the path of a document that nobody has used before."""
        return f"engines/{uuid4().hex}"


def read(store: DocumentStore, path: str) -> Document:
    """Return a document that must be there."""
    document = store.get(path)
    assert document is not None
    assert document.path == path
    return document


class ValueContract(Somewhere):
    """Reading single documents, and the values in them."""

    @pytest.mark.parametrize("value", VALUES.values(), ids=VALUES.keys())
    def test_a_value_comes_back_as_it_was(self, store: DocumentStore, engine: str, value: Any) -> None:
        store.commit([Create(engine, {"value": value})])

        found = read(store, engine).data["value"]

        assert found == value
        assert type(found) is type(value)

    def test_values_survive_a_patch_of_another_field(self, store: DocumentStore, engine: str) -> None:
        store.commit([Create(engine, {"value": _LISTED, "other": 1})])
        store.commit([Patch(engine, {"other": 2})])

        assert read(store, engine).data == {"value": _LISTED, "other": 2}

    def test_not_a_number_comes_back(self, store: DocumentStore, engine: str) -> None:
        store.commit([Create(engine, {"value": float("nan")})])

        value = read(store, engine).data["value"]

        assert value != value  # noqa: PLR0124 - what only NaN does

    def test_a_time_of_any_zone_comes_back_in_utc(self, store: DocumentStore, engine: str) -> None:
        local = datetime(2026, 7, 1, 1, 2, 3, 4, tzinfo=timezone(timedelta(hours=-9, minutes=-30)))
        store.commit([Create(engine, {"value": local})])

        value = read(store, engine).data["value"]

        assert value == local
        assert value.utcoffset() == timedelta(0)

    @pytest.mark.parametrize("length", [1, 768, MAX_DIMENSIONS])
    def test_a_vector_comes_back_in_single_precision(self, store: DocumentStore, engine: str, length: int) -> None:
        chance = random.Random(length)  # noqa: S311 - numbers to be told apart, no secrets
        values = tuple(chance.gauss() for _ in range(length))
        store.commit([Create(engine, {"embedding": Vector(values), "fact": "f"})])

        data = read(store, engine).data

        assert data["fact"] == "f"
        assert isinstance(data["embedding"], Vector)
        assert data["embedding"].values == pytest.approx(values, rel=1e-6)

    def test_a_vector_can_be_changed_and_taken_away(self, store: DocumentStore, engine: str) -> None:
        store.commit([Create(engine, {"embedding": Vector((1.0, 2.0))})])
        store.commit([Patch(engine, {"embedding": Vector((3.0,))})])
        assert read(store, engine).data == {"embedding": Vector((3.0,))}

        store.commit([Patch(engine, {"embedding": None})])
        assert read(store, engine).data == {"embedding": None}

        store.commit([Put(engine, {"embedding": Vector((4.0, 5.0))})])
        store.commit([Put(engine, {"fact": "f"})])
        assert read(store, engine).data == {"fact": "f"}

    @pytest.mark.parametrize(
        "data",
        [
            {"embedding": Vector(())},
            {"embedding": Vector((0.5,) * (MAX_DIMENSIONS + 1))},
            {"inside": {"embedding": Vector((1.0,))}},
            {"inside": [Vector((1.0,))]},
            {"Upper": 1},
            {"a.b": 1},
            {"a') OR 1=1 --": 1},
            {"": 1},
        ],
        ids=[
            "empty vector",
            "too long a vector",
            "vector in a map",
            "vector in a list",
            "case",
            "dot",
            "SQL",
            "no name",
        ],
    )
    def test_data_outside_the_port_is_refused(self, store: DocumentStore, engine: str, data: dict[str, Any]) -> None:
        with pytest.raises(InvalidArgument):
            store.commit([Create(engine, data)])

        assert store.get(engine) is None

    def test_only_the_named_fields_are_read(self, store: DocumentStore, engine: str) -> None:
        (version,) = store.commit([Create(engine, {"a": 1, "b": None, "c": 3, "embedding": Vector((1.0,))})])

        assert store.get(engine, fields=["a", "b", "missing"]) == Document(engine, {"a": 1, "b": None}, version)
        assert store.get(engine, fields=["embedding"]) == Document(engine, {"embedding": Vector((1.0,))}, version)
        assert store.get(engine, fields=[]) == Document(engine, {}, version)

    def test_a_document_that_does_not_exist_is_none(self, store: DocumentStore, engine: str) -> None:
        store.commit([Create(f"{engine}/memories/m1", {})])

        assert store.get(engine) is None
        assert store.get(f"{engine}/memories/m2") is None

    def test_many_documents_come_in_the_order_of_their_paths_given(self, store: DocumentStore, engine: str) -> None:
        paths = [f"{engine}/memories/m{n}" for n in (3, 1, 2)]
        store.commit([Create(path, {"path": path, "other": 1}) for path in paths])

        asked = [paths[0], f"{engine}/memories/none", *paths[1:]]
        found = store.get_many(asked, fields=["path"])

        assert [document and document.data for document in found] == [
            {"path": paths[0]},
            None,
            {"path": paths[1]},
            {"path": paths[2]},
        ]
        assert store.get_many([]) == []

    def test_the_id_is_the_last_segment_of_the_path(self, store: DocumentStore, engine: str) -> None:
        path = f"{engine}/memories/Żółw-1.2~x y"
        store.commit([Create(path, {"a": 1})])

        assert read(store, path).id == "Żółw-1.2~x y"

    def test_a_condition_tells_types_apart(self, store: DocumentStore, engine: str) -> None:
        values = {"bool": True, "int": 1, "text": "1", "bytes": b"1", "time": datetime(2026, 1, 1, tzinfo=UTC)}
        values["time text"] = "2026-01-01T00:00:00.000000"
        collection = f"{engine}/memories"
        store.commit([Create(f"{collection}/{name}", {"value": value}) for name, value in values.items()])

        for name, value in values.items():
            found = store.query(Query(collection, where=(Where("value", "==", value),)))
            assert [document.id for document in found] == [name]
