import json
import random
from datetime import UTC, datetime, timedelta, timezone
from typing import Any

import pytest

from memorybank.aip.filters.parse import parse_filter
from memorybank.aip.filters.schema import Field, Schema, compile_filter
from memorybank.errors import InvalidArgument

SCHEMA = Schema(
    (
        Field("fact", "string"),
        Field("display_name", "string", ops=("=", "!=")),
        Field("create_time", "timestamp"),
        Field("event_count", "number"),
        Field("pinned", "bool"),
        Field("scope", "json"),
        Field("scope.*", "string"),
        Field("labels.*", "string"),
        Field("topics.managed_memory_topic", "list"),
        Field("topics.custom_memory_topic_label", "list"),
        Field("tags", "list"),
        Field("spec.inner_spec.max_size", "number"),
    )
)
RECORD = {
    "fact": "I like Green Tea",
    "display_name": "Tea*",
    "create_time": datetime(2031, 1, 2, 3, 4, 5, 678901, tzinfo=UTC),
    "event_count": 7,
    "pinned": True,
    "scope": {"user_id": "1", "app": "x"},
    "labels": {"env": "prod", "my key": "a b", "a.b": "dotted", "myKey": "camel", "empty": ""},
    "topics": [
        {"managed_memory_topic": "USER_PREFERENCES"},
        {"custom_memory_topic_label": "my topic"},
        {"managed_memory_topic": "KEY_CONVERSATION_DETAILS", "custom_memory_topic_label": None},
    ],
    "tags": ["a", 2, True],
    "spec": {"inner_spec": {"max_size": 1.5}},
}


def holds(text: str, record: dict[str, Any] = RECORD) -> bool:
    return compile_filter(parse_filter(text), SCHEMA)(record)


def refusal(text: str) -> str:
    with pytest.raises(InvalidArgument) as caught:
        compile_filter(parse_filter(text), SCHEMA)
    (violation,) = caught.value.violations
    assert violation.field == "filter"
    return violation.description


TRUE = [
    "",
    'fact="I like Green Tea"',
    "fact != x",
    'fact="I like*"',
    'fact="*Tea"',
    'fact="*like*"',
    "fact=*",
    'fact!="*Coffee"',
    "fact:tea",
    'fact:"LIKE green"',
    "fact:*tea",
    'fact:"i like*"',
    "fact:*",
    'fact =~ "^I .*Tea$"',
    'fact =~ "(Green|Black) T"',
    "fact > H AND fact >= I AND fact < J",
    'display_name = "Tea*"',
    "displayName = Te*",
    "create_time = 2031-01-02T03:04:05.678901Z",
    "create_time = 2031-01-02T05:04:05.678901+02:00",
    "create_time = '2031-01-02T03:04:05.678901'",
    "create_time : 2031-01-02t03:04:05.678901999z",
    "createTime > 2031-01-02 AND create_time < 2031-01-03",
    "create_time >= 2031-01-02T03:04Z",
    "create_time != 2031-01-02",
    "event_count = 7",
    'eventCount = "7.0"',
    "event_count > -1 event_count < 1e3 event_count <= +7 event_count >= 7 event_count != 8",
    "spec.innerSpec.maxSize = 1.5",
    "pinned = true",
    "pinned != FALSE",
    "pinned:true",
    'scope = "{\\"app\\": \\"x\\", \\"user_id\\": \\"1\\"}"',
    'scope = \'{"user_id":"1","app":"x"}\'',
    'scope != "{}"',
    "scope.user_id = 1",
    'scope."user_id" = "1"',
    "scope:user_id",
    "scope.user_id:*",
    "labels.env = prod",
    "labels.env : prod",
    'labels."my key" = "a b"',
    "labels.a.b = dotted",
    'labels."a.b" = dotted',
    "labels.myKey = camel",
    "labels:env",
    'labels:"my key"',
    "labels:*",
    "labels:empty",
    'labels.empty = ""',
    "labels.env =~ pr",
    "topics.managed_memory_topic: USER_PREFERENCES",
    "topics.managedMemoryTopic = KEY_CONVERSATION_DETAILS",
    'topics.custom_memory_topic_label: "my topic"',
    "topics.managed_memory_topic != EXPLICIT_INSTRUCTIONS",
    "topics.managed_memory_topic:*",
    "tags:a tags:2 tags:true",
    "NOT labels.nothing = x",
    "-fact:coffee",
    "fact:coffee OR fact:tea",
]

FALSE = [
    'fact="i like green tea"',
    "fact=like",
    "fact != *Tea",
    "fact:coffee",
    "fact:like*",
    "fact =~ tea",
    'fact =~ "^Tea"',
    "fact > J",
    "create_time > 2031-01-02T03:04:05.678901Z",
    "create_time = 2031-01-02",
    "event_count = 7.5",
    "pinned = false",
    'scope = "{\\"user_id\\": \\"1\\"}"',
    'scope = "{\\"app\\": \\"x\\", \\"user_id\\": 1}"',
    "scope.userId = 1",
    "labels.env : pro",
    "labels.env = PROD",
    "labels.mykey = camel",
    "labels.my_key = camel",
    "labels:nothing",
    'labels:"*"',
    "labels.nothing:*",
    "labels.nothing != x",
    "topics.managed_memory_topic: USER",
    "topics.managed_memory_topic != USER_PREFERENCES",
    "tags:b",
    "NOT fact:tea",
    "fact:tea AND fact:coffee",
    "fact:tea fact:coffee",
]


@pytest.mark.parametrize("text", TRUE)
def test_a_filter_that_holds(text: str) -> None:
    assert holds(text)


@pytest.mark.parametrize("text", FALSE)
def test_a_filter_that_does_not_hold(text: str) -> None:
    assert not holds(text)


@pytest.mark.parametrize("record", [{}, dict.fromkeys(RECORD), {"labels": {}, "topics": [], "tags": [], "scope": None}])
def test_what_is_not_there_meets_no_comparison_not_even_of_difference(record: dict[str, Any]) -> None:
    for field in ("fact", "create_time", "labels.env", "topics.managed_memory_topic", "tags", "event_count", "pinned"):
        value = {"create_time": "2031-01-02", "event_count": "1", "pinned": "true"}.get(field, "x")
        assert not holds(f"{field} = {value}", record)
        assert not holds(f"{field} != {value}", record)
        assert not holds(f"{field}:*", record)
        assert holds(f"NOT {field} = {value}", record)
    assert not holds("labels:*", record)
    assert not holds('scope = "{}"', record)


def test_a_record_with_a_value_of_another_type_meets_no_comparison() -> None:
    record = {"create_time": "soon", "event_count": True, "pinned": 1, "topics": "x", "labels": [1], "fact": 5}
    assert not holds("create_time > 2031-01-02 OR event_count = 1 OR pinned = true", record)
    assert not holds("topics.managed_memory_topic:x OR labels.a = 1 OR labels:a", record)
    assert holds("fact = 5", record)


@pytest.mark.parametrize(
    ("text", "column", "part"),
    [
        ("nothing = 1", 1, "create_time, event_count"),
        ("fact:x AND (create_time > 2031-01-01 OR nope.x = 1)", 41, "'nope.x' cannot be filtered on"),
        ("fact.inner = 1", 1, "fact.inner"),
        ("labels = x", 1, "labels"),
        ("topics = x", 1, "topics"),
        ("a=1 b=2", 1, "'a'"),
        ("display_name : x", 1, "display_name takes = !=, not :"),
        ("pinned > true", 1, "not >"),
        ("fact:x scope : x scope < 1", 18, "not <"),
        ("tags =~ x", 1, "not =~"),
        ("create_time > yesterday", 1, "RFC 3339"),
        ("create_time > 2031-02-30T00:00:00Z", 1, "RFC 3339"),
        ("create_time > 2031-W01-1", 1, "RFC 3339"),
        ("create_time > 20310102", 1, "RFC 3339"),
        ("create_time > 2031-01-02T25:00:00Z", 1, "RFC 3339"),
        ('create_time > ""', 1, "RFC 3339"),
        ("event_count > many", 1, "a number"),
        ("event_count > 1_0", 1, "a number"),
        ("event_count > nan", 1, "a number"),
        ("pinned = yes", 1, "true or false"),
        ("scope = x", 1, "a JSON object"),
        ('scope = "[1]"', 1, "a JSON object"),
        ('scope = "{\\"a\\":1,\\"a\\":1}"', 1, "a JSON object"),
        ("scope = '" + '{"a":' * 500 + "1" + "}" * 500 + "'", 1, "a JSON object"),
        ('fact =~ "("', 1, "never closed"),
        ('fact =~ "' + "x" * 300 + '"', 1, "at most 200"),
    ],
)
def test_a_filter_that_makes_no_sense_says_where_and_what_would(text: str, column: int, part: str) -> None:
    description = refusal(text)
    assert description.startswith(f"column {column}: ")
    assert part in description
    assert len(description) < 400


def test_times_with_an_offset_compare_as_moments() -> None:
    record = {"create_time": datetime(2031, 1, 2, 5, 0, tzinfo=timezone(timedelta(hours=2)))}
    assert holds("create_time = 2031-01-02T03:00:00Z", record)


def test_a_scope_written_by_json_dumps_is_understood_whatever_is_in_it() -> None:
    scope = {"user_id": "caf\u00e9 \U0001f600 \"q\" 'a' \\ \n", "app": "*"}
    assert holds(f"scope={json.dumps(json.dumps(scope))}", {"scope": scope})
    assert holds(f"scope.user_id={json.dumps(scope['user_id'])}", {"scope": scope})


def test_random_filters_mean_what_their_trees_mean() -> None:
    """Trees over true and false facts are written with only the parentheses that AIP-160's precedence needs."""
    dice = random.Random(160)  # noqa: S311 - the same dice every time
    for _ in range(400):
        text, meaning, _ = grow(dice, 4)
        assert holds(text) is meaning, text


ATOM, OR, SEQUENCE, AND = range(4)


def grow(dice: random.Random, depth: int) -> tuple[str, bool, int]:
    """Return a random filter, whether it holds, and how loosely its outermost operator binds."""
    if depth == 0 or dice.random() < 0.2:
        meaning = dice.random() < 0.5
        return dice.choice([text for text in (TRUE if meaning else FALSE) if text and bound(text)]), meaning, ATOM
    kind = dice.choice([ATOM, OR, SEQUENCE, AND])
    children = [grow(dice, depth - 1) for _ in range(1 if kind == ATOM else dice.randint(2, 3))]
    # An operand must bind tighter than the operator it stands under.
    texts = [text if level < max(kind, 1) and text[0] != "-" else f"({text})" for text, _, level in children]
    meanings = [meaning for _, meaning, _ in children]
    if kind == ATOM:
        return f"({dice.choice(['NOT ', '-'])}({texts[0]}))", not meanings[0], ATOM
    joint = {OR: " OR ", SEQUENCE: " ", AND: " AND "}[kind]
    return joint.join(texts), any(meanings) if kind == OR else all(meanings), kind


def bound(text: str) -> bool:
    """Tell whether a text is one comparison and nothing more."""
    return not any(word in text for word in (" AND ", " OR ", "NOT ", "-fact", "tags:a ", "-1 ", "tea fact"))
