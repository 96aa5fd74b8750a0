"""Memories that cannot be: every wrong body is refused by the name of the field, and nothing changes."""

from __future__ import annotations

from typing import Any

from tests.functions.refusals import Caller, Case, error_of, violations_of

GOOD: dict[str, Any] = {"fact": "I like tea", "scope": {"user_id": "u"}}
LONG = "x" * 1_000_000


def but(**fields: Any) -> dict[str, Any]:
    """Return the good body with other fields."""
    return {**GOOD, **fields}


def without(field: str) -> dict[str, Any]:
    """Return the good body without a field."""
    return {key: value for key, value in GOOD.items() if key != field}


def many(count: int, value: Any = "v") -> dict[str, Any]:
    """Return a map of that many entries."""
    return {f"k{number}": value for number in range(count)}


FACTS: list[Case] = [
    (without("fact"), "fact", "is required"),
    (but(fact=None), "fact", "is required"),
    (but(fact=""), "fact", "must not be blank"),
    (but(fact=" \t\n\u3000"), "fact", "must not be blank"),
    (but(fact="x" * 2049), "fact", "at most 2048 characters"),
    (but(fact=LONG), "fact", "at most 2048 characters"),
    (but(fact=5), "fact", "must be a string, not a number"),
    (but(fact=True), "fact", "must be a string, not a boolean"),
    (but(fact=["a"]), "fact", "must be a string, not a list"),
    (but(fact={"a": "b"}), "fact", "must be a string, not an object"),
]

SCOPES: list[Case] = [
    (without("scope"), "scope", 'such as {"user_id": "ada"}'),
    (but(scope=None), "scope", "is required"),
    (but(scope={}), "scope", "1 to 5 pairs, not 0"),
    (but(scope=many(6)), "scope", "1 to 5 pairs, not 6"),
    (but(scope=many(100_001)), "body", "at most 100000 values"),
    (but(scope={"user_id": 7}), "scope.user_id", "must be a string, not a number"),
    (but(scope={"user_id": None}), "scope.user_id", "must be a string"),
    (but(scope={"user_id": {"a": "b"}}), "scope.user_id", "must be a string, not an object"),
    (but(scope={"user_id": "*"}), "scope.user_id", "no '*'"),
    (but(scope={"user_id": "a*b"}), "scope.user_id", "no '*'"),
    (but(scope={"us*er": "a"}), "scope.us*er", "no '*'"),
    (but(scope={"user_id": ""}), "scope.user_id", "1 to 1024 characters"),
    (but(scope={"user_id": "x" * 1025}), "scope.user_id", "1 to 1024 characters"),
    (but(scope={"k" * 129: "a"}), "scope." + "k" * 128, "1 to 128 characters"),
    (but(scope={"": "a"}), "scope", "1 to 128 characters"),
    (but(scope="user_id=u"), "scope", 'must be an object of 1 to 5 pairs of strings, such as {"user_id": "u1"}'),
    (but(scope=[["user_id", "u"]]), "scope", "must be an object"),
    (but(scope=1.5), "scope", "must be an object"),
]

TOPICS: list[Case] = [
    (but(topics="USER_PREFERENCES"), "topics", "must be a list"),
    (but(topics=["USER_PREFERENCES"]), "topics[0]", "must be an object, not a string"),
    (but(topics=[{}]), "topics[0]", "exactly one of managedMemoryTopic and customMemoryTopicLabel"),
    (but(topics=[{"managedMemoryTopic": "HOBBIES"}]), "topics[0].managedMemoryTopic", "must be one of USER_PERSONAL"),
    (but(topics=[{"managedMemoryTopic": 9}]), "topics[0].managedMemoryTopic", "must be one of USER_PERSONAL"),
    (but(topics=[{"managedMemoryTopic": True}]), "topics[0].managedMemoryTopic", "must be one of USER_PERSONAL"),
    (but(topics=[{"customMemoryTopicLabel": ""}]), "topics[0].customMemoryTopicLabel", "must not be empty"),
    (but(topics=[{"customMemoryTopicLabel": "x" * 129}]), "topics[0].customMemoryTopicLabel", "at most 128"),
    (
        but(topics=[{"managedMemoryTopic": 1, "customMemoryTopicLabel": "a"}]),
        "topics[0]",
        "exactly one of managedMemoryTopic and customMemoryTopicLabel",
    ),
    (but(topics=[{"customMemoryTopicLabel": "a"}] * 65), "topics", "at most 64 entries"),
]

METADATA: list[Case] = [
    (but(metadata=[]), "metadata", "must be an object, not a list"),
    (but(metadata={"my_key": 1}), "metadata.my_key", "must be an object, not a number"),
    (but(metadata={"my_key": None}), "metadata.my_key", "must be an object, not null"),
    (but(metadata={"my_key": {}}), "metadata.my_key", "exactly one of stringValue"),
    (but(metadata={"k": {"stringValue": "a", "boolValue": True}}), "metadata.k", "exactly one of stringValue"),
    (but(metadata={"k": {"stringValue": 1}}), "metadata.k.stringValue", "must be a string"),
    (but(metadata={"k": {"stringValue": "x" * 1025}}), "metadata.k.stringValue", "at most 1024"),
    (but(metadata={"k": {"boolValue": "true"}}), "metadata.k.boolValue", "must be true or false, not a string"),
    (but(metadata={"k": {"timestampValue": "today"}}), "metadata.k.timestampValue", "such as 2031-01-02T03:04:05Z"),
    *(
        (but(metadata={"k": {"doubleValue": value}}), "metadata.k.doubleValue", "must be a finite number")
        for value in ("NaN", "Infinity", "-inf", "1e400", True, "much", [1])
    ),
    (but(metadata={"k": {"text": "a"}}), "metadata.k.text", "is not a field of this message"),
    (but(metadata={"": {"stringValue": "a"}}), "metadata", "must not be empty"),
    (but(metadata=many(65, {"boolValue": True})), "metadata", "at most 64 entries"),
]

LIVES: list[Case] = [
    *((but(ttl=value), "ttl", 'must be a duration in seconds, such as "3600s"') for value in ("-1s", "abc", "1h", 5)),
    (but(ttl="0s"), "ttl", "must be longer than 0 seconds"),
    (but(ttl="9999999999s"), "ttl", "at most 100 years"),
    (but(ttl="9" * 50 + "s"), "ttl", "must be a duration"),
    *(
        (but(expireTime=value), "expireTime", "must be an RFC 3339 time such as 2031-01-02T03:04:05Z")
        for value in ("tomorrow", "2031-13-01T00:00:00Z", "2031-02-30T00:00:00Z", "2031-01-02", "", 5, {"second": 1})
    ),
    (but(expireTime="9999-12-31T23:59:59-12:00"), "expireTime", "must be an RFC 3339 time"),
    (but(ttl="60s", expireTime="2031-01-02T03:04:05Z"), "expireTime", "only one of ttl and expireTime may be given"),
    (but(revisionTtl="0s"), "revisionTtl", "longer than 0"),
    (but(revisionExpireTime="soon"), "revisionExpireTime", "RFC 3339"),
    (
        but(revisionTtl="60s", revisionExpireTime="2031-01-02T03:04:05Z"),
        "revisionExpireTime",
        "only one of revisionTtl and revisionExpireTime may be given",
    ),
]

OTHERS: list[Case] = [
    (but(revisionLabels="a"), "revisionLabels", "must be an object"),
    (but(revisionLabels={"my_key": 1}), "revisionLabels.my_key", "must be a string, not a number"),
    (but(revisionLabels={"k": "x" * 257}), "revisionLabels.k", "at most 256 characters"),
    (but(revisionLabels={"k": LONG}), "revisionLabels.k", "at most 256 characters"),
    (but(revisionLabels={LONG: "v"}), "revisionLabels." + "x" * 128, "at most 64 characters"),
    (but(revisionLabels=many(65)), "revisionLabels", "at most 64 entries"),
    (but(disableMemoryRevisions="yes"), "disableMemoryRevisions", "must be true or false, not a string"),
    (but(disableMemoryRevisions=1), "disableMemoryRevisions", "must be true or false, not a number"),
    (but(memoryType="POEM"), "memoryType", "must be one of NATURAL_LANGUAGE_COLLECTION, STRUCTURED_PROFILE"),
    (but(memoryType=2), "memoryType", "must be one of"),
    (but(memoryType="STRUCTURED_PROFILE"), "memoryType", "only NATURAL_LANGUAGE_COLLECTION memories"),
    (but(structuredContent={"schemaId": "a"}), "memoryType", "only NATURAL_LANGUAGE_COLLECTION memories"),
    (but(displayName="x" * 129), "displayName", "at most 128"),
    (but(displayName=["a"]), "displayName", "must be a string, not a list"),
    (but(description="x" * 2049), "description", "at most 2048"),
    (but(createTime="then"), "createTime", "RFC 3339"),
    (but(name={}), "name", "must be a string"),
    (but(facts="a"), "facts", "is not a field of this message"),
    (but(**{LONG: "a"}), "x" * 128, "is not a field of this message"),
    (but(displayName="a", display_name="b"), "displayName", "given in both spellings"),
    (but(**many(300)), "body", "at most 200 fields"),
]


def test_a_memory_without_a_proper_fact_is_refused(caller: Caller) -> None:
    caller.refuses_bodies(FACTS, "POST", "/memories")


def test_a_memory_without_a_proper_scope_is_refused(caller: Caller) -> None:
    caller.refuses_bodies(SCOPES, "POST", "/memories")


def test_a_memory_with_wrong_topics_is_refused(caller: Caller) -> None:
    caller.refuses_bodies(TOPICS, "POST", "/memories")


def test_a_memory_with_wrong_metadata_is_refused(caller: Caller) -> None:
    caller.refuses_bodies(METADATA, "POST", "/memories")


def test_a_memory_with_a_wrong_end_is_refused(caller: Caller) -> None:
    caller.refuses_bodies(LIVES, "POST", "/memories")


def test_a_memory_with_any_other_wrong_field_is_refused(caller: Caller) -> None:
    caller.refuses_bodies(OTHERS, "POST", "/memories")


def test_all_that_is_wrong_with_a_memory_is_said_at_once(caller: Caller) -> None:
    body = {"fact": 5, "scope": {"a": "*", "b": "*"}, "ttl": "x", "topics": [{}, {"managedMemoryTopic": 7}], "zz": 1}
    found = violations_of(caller.call("POST", "/memories", json=body))
    assert set(found) == {"fact", "scope.a", "scope.b", "ttl", "topics[0]", "topics[1].managedMemoryTopic", "zz"}


def test_an_answer_names_no_more_than_a_hundred_violations(caller: Caller) -> None:
    body = but(revisionLabels=many(60, 1), metadata=many(60, 1))
    assert len(violations_of(caller.call("POST", "/memories", json=body))) == 100


NOT_JSON = [
    (b"{", "line 1, column 2"),
    (b'{"fact": "a",\n "scope": }', "line 2, column 11"),
    (b"{'fact': 'a'}", "line 1, column 2"),
    (b'{"fact": "a"} {}', "line 1, column 15: Extra data"),
    (b'{"fact": "a', "column 10: Unterminated string"),
    (b'{"fact": NaN}', "NaN is not a JSON value"),
    (b'{"fact": -Infinity}', "-Infinity is not a JSON value"),
    (b'{"fact": 1e400}', "number too large to hold: 1e400"),
    (b'{"fact": ' + b"9" * 5000 + b"}", "too many digits"),
    (b"[]", "must be a JSON object"),
    (b'"fact"', "must be a JSON object"),
    (b"null", "must be a JSON object"),
    (b'{"fact": "\xff"}', "must be UTF-8; byte 10"),
    (b"\x1f\x8b\x08\x00", "must be UTF-8; byte 1"),
    ("{}".encode("utf-16"), "must be UTF-8"),
    (b"\xef\xbb\xbf{}", "line 1, column 1"),
    (b'{"a":' * 41 + b"1" + b"}" * 41, "deeper than 40 levels"),
    (b'{"a":' * 100_000 + b"1" + b"}" * 100_000, "deeper than 40 levels"),
    (b'{"a":' + b"[" * 1_000_000, "deeper than 40 levels"),
]


def test_a_body_that_is_not_json_is_refused_with_the_place(caller: Caller) -> None:
    before = caller.state()
    for body, says in NOT_JSON:
        error = error_of(caller.call("POST", "/memories", content=body), 400)
        assert says in error["message"], f"{body[:60]!r}: {error['message']}"
        assert error["status"] == "INVALID_ARGUMENT"
    assert caller.state() == before


NOT_TEXT = [
    (b'{"fact": "a\\u0000b", "scope": {"user_id": "u"}}', "fact", "U+0000"),
    (b'{"fact": "a\\ud800b", "scope": {"user_id": "u"}}', "fact", "U+D800"),
    (b'{"fact": "a", "scope": {"user_id": "\\udfff"}}', "scope.user_id", "U+DFFF"),
    (b'{"fact": "a", "metadata": {"a": {"stringValue": "\\u0000"}}}', "metadata.a.stringValue", "U+0000"),
    (b'{"fact": "a", "fact": "b"}', "fact", "occurs twice"),
    (b'{"scope": {"user_id": "u", "user_id": "v"}}', "user_id", "occurs twice"),
    (b'{"' + b"k" * 1_000_000 + b'": 1, "' + b"k" * 1_000_000 + b'": 2}', "k" * 128, "occurs twice"),
]


def test_nul_lone_surrogates_and_repeated_keys_are_refused_by_the_name_of_the_field(caller: Caller) -> None:
    before = caller.state()
    for body, field, says in NOT_TEXT:
        found = violations_of(caller.call("POST", "/memories", content=body))
        assert says in found.get(field, ""), f"{body[:60]!r}: {found}"
    assert caller.state() == before


def test_a_raw_control_character_is_refused_and_an_escaped_one_is_kept(caller: Caller) -> None:
    assert (
        "Invalid control character" in caller.refused(400, "POST", "/memories", content=b'{"fact": "\x01"}')["message"]
    )
    assert caller.memory("m", fact="a\x01b\x7f\u202e\ufeff")["fact"] == "a\x01b\x7f\u202e\ufeff"


def test_text_at_its_limit_is_kept_whole(caller: Caller) -> None:
    fact = "\U0001f600" * 2048
    kept = caller.memory("m", fact=fact, metadata={"k" * 128: {"stringValue": "é" * 1024}}, displayName="d" * 128)
    read = caller.ok("GET", "/memories/m")
    assert read["fact"] == fact
    assert read.items() <= kept.items()
