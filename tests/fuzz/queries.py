"""Random filters, groups of metadata filters, field masks and orders, from right to hostile."""

from __future__ import annotations

from random import Random
from typing import Any

_FIELDS = (
    *("fact", "scope", "create_time", "createTime", "update_time", "topics.label", "labels.env", "labels", "name"),
    *("metadata.k.stringValue", "metadata.k", "metadata", "done", "metadata.type", "display_name", "user_id", "userId"),
    *(
        "timestamp",
        "memory_type",
        "expire_time",
        "produced_by.extraction",
        "context",
        "sessionState.a.b",
        "contextSpec",
    ),
    *("nothing", "é", "a.b.c.d", "labels.'a b'", "AND", "scope.user_id", "1", "*", "", "_", "labels.1-2"),
)
_OPERATORS = ("=", "!=", "<", "<=", ">", ">=", ":", "=~", "==", "~", "", " IN ", "=~=")
_PATTERNS = (
    *("(a+)+$", "(a|a)*$", "^.*.*.*x$", "[", r"\p{L}", "a{2,3}", "a{1000}", "(a{1,1000}){1,1000}", r"\bx\b", "(?i)TEA"),
    *(
        "(" * 100 + ")" * 100,
        "x*" * 300,
        "[^\\x00-\\U0010ffff]",
        "(?=a)",
        r"(a)\1",
        ".",
        "|" * 500,
        "(?:a?){60}a{60}",
        "$^",
    ),
)
_WORDS = (
    *(
        "tea",
        "*",
        "te*",
        "*ea",
        "1",
        "-1",
        "1e999",
        "NaN",
        "true",
        "2031-01-02T03:04:05Z",
        "9999-99-99T99:99:99Z",
        "null",
    ),
    *(
        "0000-00-00T00:00:00Z",
        "2031-01-02T03:04:05+99:99",
        "\ud800",
        "\x01",
        "a" * 3000,
        '{"user_id":"u"}',
        "[]",
        "a b",
    ),
    *("{" * 90, "\\u0000", "\\ud800", "\\", "'", "%00", "٣", "1_000", "2031-02-30T00:00:00Z", "10675199.02:48:05"),
)
_GLUE = (" AND ", " OR ", " ", " NOT ", " AND NOT ", "-", " and ", ",", ")(", "\n", "\u2028")
_MASKS = (
    *("fact", "metadata", "metadata.k", "metadata.a.b", "displayName", "display_name", "labels.a", "sessionState.x"),
    *(
        "ttl",
        "expireTime",
        "*",
        "fact.x",
        "scope",
        "name",
        "contextSpec.memoryBankConfig",
        "contextSpec.nothing.x",
        "spec",
    ),
    *(
        "userId",
        "",
        ".",
        "a..b",
        "metadata.",
        ".metadata",
        "topics",
        "labels.",
        "é",
        "x" * 3000,
        "a" + ".a" * 200,
        "labels.*",
    ),
)
_ORDERS = (
    *("create_time", "createTime desc", "update_time asc", "timestamp", "timestamp desc", "fact", "", "desc", ","),
    *(
        "create_time  DESC",
        "create_time desc desc",
        "create_time,create_time",
        "createTime, update_time",
        "\ud800",
        "x" * 3000,
    ),
)
_KEYS: tuple[Any, ...] = ("k", "", "a.b", "x" * 129, "é", "\ud800", 7, None)
_KINDS = ("stringValue", "doubleValue", "boolValue", "timestampValue", "string_value", "listValue", "nothing")
_VALUES: tuple[Any, ...] = (
    *(
        "tea",
        1,
        -1.5,
        float("nan"),
        float("inf"),
        2**80,
        True,
        None,
        [],
        {},
        "2031-01-02T03:04:05Z",
        "0001-01-01T00:00:00Z",
    ),
    *("9999-12-31T23:59:59.999999999Z", {"seconds": 10**18, "nanos": -1}, {"seconds": "1"}, "a" * 5000),
)
_OPS: tuple[Any, ...] = (
    "EQUAL",
    "GREATER_THAN",
    "LESS_THAN",
    "OPERATOR_UNSPECIFIED",
    0,
    1,
    3,
    99,
    "equal",
    None,
    [],
    1.5,
)
_RIGHT = (
    *(("stringValue", text) for text in ("v1", "", "\u00e9" * 1000)),
    *(("doubleValue", number) for number in (0, -1.5, 1e308)),
    *(("timestampValue", time) for time in ("2031-01-02T03:04:05Z", "0001-01-01T00:00:00Z", "9999-12-31T23:59:59.9Z")),
    ("boolValue", True),
)


class Queries:
    """Makes queries out of one chance; the same ones for the same seed. Most filters name only the `fields` given."""

    def __init__(self, chance: Random, *, fields: tuple[str, ...] = ()) -> None:
        self._chance = chance
        self._fields = fields
        self._tame = chance.random() < 0.7

    def filter(self, depth: int = 4) -> str:
        """Return a filter: mostly well formed, sometimes damaged, sometimes as long and deep as may be."""
        if self._chance.random() < 0.03:
            many = self._chance.choice((30, 60, 400, 2000))
            return self._chance.choice(("(" * many + self._comparison() + ")" * many, "NOT " * many, "-" * many))
        text = self._expression(depth)
        if self._chance.random() < 0.15:
            cut = self._chance.randrange(len(text) + 1)
            return text[:cut] + self._chance.choice(("", '"', "(", ")", "\\", "\x00", "=~")) + text[cut + 1 :]
        return text

    def groups(self) -> Any:
        """Return groups of metadata filters, or something in their place."""
        if self._chance.random() < 0.05:
            return self._chance.choice((None, {}, "x", [[]], [{}], [{"filters": []}], [{"filters": None}]))
        many = self._chance.choice((1, 1, 2, 65))
        return [{"filters": [self._condition() for _ in range(self._chance.choice((1, 2, 65)))]} for _ in range(many)]

    def mask(self) -> str:
        """Return a field mask."""
        return ",".join(self._chance.choice(_MASKS) for _ in range(self._chance.choice((1, 1, 2, 5, 100))))

    def order(self) -> str:
        """Return an order."""
        return ",".join(self._chance.choice(_ORDERS) for _ in range(self._chance.choice((1, 1, 1, 3))))

    def body(self) -> dict[str, Any]:
        """Return the body of an update, which a mask may or may not name."""
        maps = {"k": {"stringValue": "v"}, "a": {"doubleValue": 1}}
        found: dict[str, Any] = {
            "fact": self._chance.choice(("I like tea", "", None, 7)),
            "metadata": self._chance.choice((maps, {}, None, [], {"a": None})),
            "labels": self._chance.choice(({"a": "b"}, {}, {"a": 1}, None)),
            "displayName": self._chance.choice(("x", None, {})),
            "sessionState": self._chance.choice(({"x": 1}, {}, None, [1])),
            "ttl": self._chance.choice(("3600s", "x", -1, None)),
            "contextSpec": self._chance.choice(({}, {"memoryBankConfig": {}}, None, [])),
            "scope": self._chance.choice(({}, {"user_id": "u"}, None)),
        }
        return {key: found[key] for key in self._chance.sample(sorted(found), self._chance.randint(0, 4))}

    def _expression(self, depth: int) -> str:
        if depth == 0 or self._chance.random() < 0.4:
            return self._comparison()
        parts = [self._expression(depth - 1) for _ in range(self._chance.choice((1, 2, 2, 3)))]
        text = self._chance.choice(_GLUE).join(parts)
        return f"({text})" if self._chance.random() < 0.4 else text

    def _comparison(self) -> str:
        if self._tame and self._fields:
            return self._right()
        operator = self._chance.choice(_OPERATORS)
        value = self._chance.choice(_PATTERNS if operator == "=~" else _WORDS)
        if self._chance.random() < 0.7:
            quote = self._chance.choice(('"', "'"))
            value = quote + value.replace(quote, f"\\{quote}") + quote
        return f"{self._chance.choice(_FIELDS)}{operator}{value}"

    def _right(self) -> str:
        """Return a comparison that the field may have, if with a pattern from hell."""
        name = self._chance.choice(self._fields)
        if name.lower().endswith(("time", "timestamp")):
            return f'{name}{self._chance.choice(_OPERATORS[:6])}"20{self._chance.randint(10, 40)}-01-02T03:04:05Z"'
        if name == "done":
            return f"done{self._chance.choice(('=', '!='))}{self._chance.choice(('true', 'false'))}"
        if self._chance.random() < 0.5:
            return f'{name}=~"{self._chance.choice(_PATTERNS)}"'
        return f'{name}{self._chance.choice(("=", "!=", ":"))}"{self._chance.choice(("tea", "te*", "*", "1", "u"))}"'

    def _condition(self) -> Any:
        if self._tame:
            kind, value = self._chance.choice(_RIGHT)
            op = "EQUAL" if kind == "boolValue" else self._chance.choice(_OPS[:4])
            key = self._chance.choice(("k", "n", "é"))
            return {"key": key, "op": op, "value": {kind: value}, "negate": self._chance.random() < 0.5}
        found: dict[str, Any] = {
            "key": self._chance.choice(_KEYS),
            "op": self._chance.choice(_OPS),
            "value": {self._chance.choice(_KINDS): self._chance.choice(_VALUES)},
            "negate": self._chance.choice((True, False, "true", None)),
        }
        for key in self._chance.sample(sorted(found), self._chance.choice((0, 0, 0, 1))):
            found.pop(key)
        return found
