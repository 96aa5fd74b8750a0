"""What SQLite leaves out by a screen is what the filter itself leaves out, whatever the filter and the memories."""

from __future__ import annotations

import random
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from memorybank.bank.listing import Filter
from memorybank.bank.memories.records import MEMORY_FIELDS, record_of
from memorybank.errors import InvalidArgument
from memorybank.handlers.filters import MEMORIES, memory_filter
from memorybank.ports.documents import Create, Document, Order, Query
from memorybank.ports.screens import AllOf, AnyOf, Condition, NotOf, Screen, Unknown, conditions_of
from memorybank.resources.filter_groups import FilterGroup
from memorybank.resources.memory import STORED
from memorybank.storage.sqlite import SqliteStore
from memorybank.storage.sqlite.screens import screened

_COLLECTION = "engines/p:l:1/memories"
_START = datetime(2031, 1, 1, tzinfo=UTC)
_TEXTS = [
    *("tea", "Tea", "green tea", "TEA and figs", "a", "", "  ", "*", "a*b", "STRASSE", "straße", "İstanbul", "K", "k"),
    *(
        'say "hi"',
        "back\\slash",
        "nul\x00byte",
        "\x01",
        "\x02",
        "\x01\x02tea",
        "line\nbreak",
        "tab\t",
        "\x7f",
        "茶",
        "🍵",
    ),
    *("null", "5", "true", "2031-01-01T00:00:00Z", "'quoted'", "%", "_", "[a]", "a.b", "\u2028"),
]
_KEYS = ["k", "a.b", 'a"b', "a\\b", "ключ", "k k", "*", "\x01", "$", "[0]", "K"]
_NUMBERS = [0.0, -0.0, 1.0, 0.1, 0.30000000000000004, 0.3, 1e300, -2.5, 9007199254740993.0, 5e-324, 123456789.123456789]
_SHAPES = ["{}", "{}*", "*{}", "*{}*"]


def _metadata(dice: random.Random) -> dict[str, Any]:
    values: list[dict[str, Any]] = [
        {"string_value": dice.choice(_TEXTS)},
        {"double_value": dice.choice(_NUMBERS)},
        {"bool_value": dice.random() < 0.5},
        {"timestamp_value": _START + timedelta(seconds=dice.randrange(5), microseconds=dice.choice([0, 1, 999_999]))},
    ]
    return {key: dice.choice(values) for key in dice.sample(_KEYS, dice.randrange(5))}


def _memory(dice: random.Random) -> dict[str, Any]:
    managed = {"managed_memory_topic": dice.choice(["USER_PREFERENCES", "USER_PERSONAL_INFO"])}
    topics = [managed, {"custom_memory_topic_label": dice.choice(_TEXTS) or "x"}]
    stored: dict[str, Any] = dict.fromkeys(STORED)
    return stored | {
        "fact": dice.choice([*_TEXTS, f"{dice.choice(_TEXTS)} {dice.choice(_TEXTS)}", None]),
        "scope": {dice.choice(_KEYS): dice.choice(_TEXTS) for _ in range(dice.randint(1, 3))},
        "topics": dice.sample(topics, dice.randrange(3)),
        "metadata": _metadata(dice),
        "create_time": _START + timedelta(microseconds=dice.randrange(3)),
        "update_time": _START + timedelta(seconds=dice.randrange(3)),
        "embedding_model": "m",
        "sequence": 1,
    }


@pytest.fixture(scope="module")
def filled() -> Iterator[tuple[SqliteStore, Sequence[Document]]]:
    dice, store = random.Random(1), SqliteStore(":memory:")  # noqa: S311 - the same dice every time
    store.commit([Create(f"{_COLLECTION}/m{number}", _memory(dice)) for number in range(200)])
    yield store, store.query(_QUERY)
    store.close()


_QUERY = Query(_COLLECTION, order=(Order("create_time"),), limit=1000, fields=MEMORY_FIELDS)


def _quoted(text: str) -> str:
    escapes = {"\\": "\\\\", '"': '\\"', "\n": "\\n", "\t": "\\t"}
    return (
        '"' + "".join(escapes.get(each, each if each.isprintable() else f"\\u{ord(each):04x}") for each in text) + '"'
    )


def _comparison(dice: random.Random) -> str:
    text = _quoted(dice.choice(_SHAPES).format(dice.choice(_TEXTS)))
    time = f'"{(_START + timedelta(microseconds=dice.randrange(3))).isoformat()}"'
    ordered = dice.choice(["=", "!=", "<", "<=", ">", ">=", ":"])
    return dice.choice(
        [
            f"fact {ordered} {text}",
            f"fact:{text}",
            f"scope.{dice.choice(['k', 'K', 'a.b'])} {ordered} {text}",
            f"scope:{dice.choice(['k', 'K', '*'])}",
            f"create_time {ordered} {time}",
            f"updateTime {ordered} {time}",
            f"topics.managed_memory_topic {dice.choice([':', '=', '!='])} USER_PREFERENCES",
            f"topics.custom_memory_topic_label {dice.choice([':', '=', '!='])} {text}",
            f"{dice.choice(['fact', 'scope.k', 'topics.managed_memory_topic', 'expire_time'][:3])}:*",
            'fact =~ "[Tt]ea"',
        ]
    )


def _filter(dice: random.Random, depth: int = 2) -> str:
    if depth == 0 or dice.random() < 0.3:
        return _comparison(dice)
    word = dice.choice([" AND ", " OR ", " "])
    inner = word.join(_filter(dice, depth - 1) for _ in range(dice.randint(1, 3)))
    return f"{dice.choice(['', 'NOT '])}({inner})"


def _groups(dice: random.Random) -> list[FilterGroup]:
    def one() -> dict[str, Any]:
        [(kind, value)] = dice.choice(list(_metadata(dice).values()) or [{"string_value": "a"}]).items()
        op = dice.choice(["EQUAL", "LESS_THAN", "GREATER_THAN"] if kind != "bool_value" else ["EQUAL"])
        return {"key": dice.choice(_KEYS), "op": op, "value": {kind: value}, "negate": dice.random() < 0.4}

    return [
        FilterGroup.model_validate({"filters": [one() for _ in range(dice.randint(1, 3))]})
        for _ in range(dice.choice([0, 0, 1, 2]))
    ]


@pytest.mark.parametrize("seed", range(20))
def test_a_screened_query_finds_what_the_filter_finds(
    filled: tuple[SqliteStore, Sequence[Document]], seed: int
) -> None:
    store, documents = filled
    dice = random.Random(seed)  # noqa: S311 - the same dice every time
    memories = {each.path: record_of(each).memory.to_data() for each in documents}
    for _ in range(20):
        text, groups = dice.choice([None, *[_filter(dice)] * 3]), _groups(dice)
        try:
            accept = memory_filter(text, MEMORIES, groups=groups)
        except InvalidArgument:
            pytest.fail(f"{text!r} must compile")
        if accept is None:
            continue
        wanted = {path for path, memory in memories.items() if accept(memory)}

        found = store.query(replace(_QUERY, screen=accept.screen))

        assert wanted == {each.path for each in found if accept(each.data)}, (text, groups)
        if _is_exact(accept.screen):
            assert wanted == {each.path for each in found}, (text, groups)


def _is_exact(screen: Screen) -> bool:
    """Tell whether nothing in a screen is left to its sender."""
    if isinstance(screen, AllOf | AnyOf):
        return all(map(_is_exact, screen.parts))
    if isinstance(screen, NotOf):
        return _is_exact(screen.part)
    strange = isinstance(screen, Condition) and (
        isinstance(screen.value, float)
        or any(set(each) & set('"\\\x00\x01\x02') for each in (*screen.path, str(screen.value)))
    )
    return not isinstance(screen, Unknown) and not strange


def test_a_page_is_filled_with_what_the_screen_lets_through(
    filled: tuple[SqliteStore, Sequence[Document]],
) -> None:
    store, documents = filled
    accept = memory_filter('fact = "tea" OR fact = "5"', MEMORIES)
    assert accept is not None
    wanted = [each.path for each in documents if each.data["fact"] in ("tea", "5")]
    query, found = replace(_QUERY, screen=accept.screen, limit=2), []
    while page := store.query(query):
        found += [each.path for each in page]
        query = replace(query, after=(page[-1].data["create_time"], page[-1].path))
    assert found == wanted


def test_a_filter_of_very_many_comparisons_is_left_to_its_sender() -> None:
    groups = [FilterGroup.model_validate({"filters": [{"key": "k", "value": {"stringValue": "a"}}] * 64})] * 64
    accept = memory_filter(None, MEMORIES, groups=groups)
    assert accept is not None
    assert sum(1 for _ in conditions_of(accept.screen)) == 64 * 64
    assert screened(accept.screen) == ("", ())


def test_text_that_no_store_can_hold_is_left_to_the_filter(filled: tuple[SqliteStore, Sequence[Document]]) -> None:
    store, _ = filled
    screen = Condition(("fact",), "==", "half a \ud800 pair")
    assert len(store.query(replace(_QUERY, screen=screen))) == 200


@pytest.mark.parametrize("data", [{}, {"fact": None}, {"topics": None}, {"topics": "text"}, {"topics": [1, [2], None]}])
def test_values_of_other_shapes_meet_nothing_and_break_nothing(data: Mapping[str, Any]) -> None:
    store = SqliteStore(":memory:")
    store.commit([Create(f"{_COLLECTION}/m", {"create_time": _START, **data})])
    for screen in (
        Condition(("fact",), "==", "a"),
        Condition(("fact",), "ends", "", folded=True),
        Condition(("topics", "label"), "==", "a", each=True),
        Condition(("topics", "label"), "present", each=True),
        Condition(("metadata", "k", "double_value"), "<", 1e308),
    ):
        assert store.query(replace(_QUERY, screen=screen)) == []
        if not isinstance(screen.value, float):
            assert len(store.query(replace(_QUERY, screen=NotOf(screen)))) == 1
    store.close()


def test_the_screen_of_a_filter_travels_with_its_test() -> None:
    accept = memory_filter("fact:tea", MEMORIES)
    assert isinstance(accept, Filter)
    assert accept({"fact": "Green Tea"})
    assert accept.screen == AllOf((Condition(("fact",), "contains", "tea", folded=True),))


def test_case_is_folded_beyond_ascii() -> None:
    store, accept = SqliteStore(":memory:"), memory_filter('fact:"STRASSE 5"', MEMORIES)
    assert accept is not None
    facts = {"street": "I live in Straße 5", "road": "I live in Strase 5"}
    store.commit([Create(f"{_COLLECTION}/{id_}", {"create_time": _START, "fact": fact}) for id_, fact in facts.items()])
    assert [each.id for each in store.query(replace(_QUERY, screen=accept.screen))] == ["street"]
    store.close()
