"""Random JSON schemas, from right to hostile, and random values for them."""

from __future__ import annotations

import json
from collections.abc import Callable
from random import Random
from typing import Any

ONE = (
    *("items", "additionalItems", "unevaluatedItems", "contains", "additionalProperties", "unevaluatedProperties"),
    *("propertyNames", "contentSchema", "not", "if", "then", "else", "extends", "disallow"),
)
LISTS = ("allOf", "anyOf", "oneOf", "prefixItems", "items", "type", "disallow", "extends")
MAPS = ("properties", "patternProperties", "dependentSchemas", "$defs", "definitions", "dependencies")
"""The places where some version of JSON Schema allows a schema, a list of them, or a map of them."""

REFERENCES = (
    *("$ref", "$dynamicRef", "$recursiveRef", "$id", "id", "$anchor", "$dynamicAnchor", "$recursiveAnchor"),
    *("$schema", "$vocabulary", "$comment"),
)
TARGETS = (
    *("file:///etc/passwd", "file://localhost/etc/hostname", "/etc/passwd", "../../etc/passwd", "C:\\boot.ini"),
    *("http://127.0.0.1:1/a.json", "https://example.com/s.json", "http://169.254.169.254/latest", "http://["),
    *("ftp://127.0.0.1/a", "//127.0.0.1/a", "data:application/json,{}", "urn:uuid:1", "jar:file:/a!/b", "gopher://a"),
    *("#", "", "#/", "#a", "#/properties/a", "#/$defs/a", "#/properties/a/properties/a", "#/0", "#%", "a#b#c"),
    *("https://json-schema.org/draft/2020-12/schema", "http://json-schema.org/draft-03/schema#"),
)
PATTERNS = (
    *("^(a+)+$", "(a|a)*$", "(.*)*x", "[", "(?P<x>", r"\p{L}+", r"(\w+\s?)*$", "a{1,100000}", "(" * 200, "", "^x"),
    *("(?<=a+)b", "\\", "(?i)a", "[[:alpha:]]", r"\1"),
)
FORMATS = (
    *("date-time", "date", "email", "idn-email", "hostname", "idn-hostname", "ipv6", "uri", "uri-template", "iri"),
    *("json-pointer", "regex", "uuid", "duration", "color", "unknown", ""),
)
TYPES = ("object", "string", "number", "integer", "boolean", "array", "null", "OBJECT", "any", "file", "", "TYPE")
NAMES = (
    "a",
    "b",
    "items",
    "properties",
    "pattern",
    "$ref",
    "enum",
    "required",
    "a.b",
    "__proto__",
    "\u202e",
    "x" * 300,
)
NUMBERS = (0, 1, -1, 3, 2**70, -(2**63) - 1, 0.1, -0.0, 1e308, 1e-320, float("nan"), float("inf"), -float("inf"))
_BOUNDS = (
    *("minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum", "multipleOf", "minLength", "maxLength"),
    *("minItems", "maxItems", "minContains", "maxContains", "minProperties", "maxProperties", "divisibleBy"),
)
_NOTES = ("title", "description", "default", "example", "examples", "nullable", "propertyOrdering", "readOnly")
_SNAKE = {
    "minLength": "min_length",
    "anyOf": "any_of",
    "maxItems": "max_items",
    "propertyOrdering": "property_ordering",
}


class Schemas:
    """Makes schemas and values out of one chance; the same ones for the same seed."""

    def __init__(self, chance: Random) -> None:
        self._chance = chance
        self._left = 0
        self._tame = False
        self._intruders = 0

    def schema(self) -> Any:
        """Return a schema. Some are tame, some have a single thing in them that is not, and some are wild.

        Only with a single one can it be seen whether just that is refused: most wild ones are refused for another.
        """
        self._left = self._chance.choice((5, 20, 80, 600))
        mode = self._chance.random()
        self._tame, self._intruders = mode < 0.6, int(0.3 < mode < 0.6)
        if self._chance.random() < 0.05:
            return self._deep()
        if self._chance.random() < 0.1:
            return self._schema(4)
        fields = {name: self._schema(3) for name in self._some(NAMES, 4)} or {"a": {}}
        root: dict[str, Any] = {"type": "object", "properties": fields}
        if self._chance.random() < 0.5:
            root |= self._keywords(2)
            root |= {"type": "object", "properties": fields}
        return root

    def value(self, depth: int = 4) -> Any:
        """Return any value, small or large, flat or nested."""
        kinds: list[Callable[[], Any]] = [self._scalar]
        if depth:
            kinds += [
                lambda: [self.value(depth - 1) for _ in range(self._chance.choice((0, 1, 3, 10)))],
                lambda: {name: self.value(depth - 1) for name in self._some(NAMES, 4)},
                lambda: [self.value(0)] * self._chance.choice((100, 2000)),
            ]
        return self._chance.choice(kinds)()

    def _schema(self, depth: int) -> Any:
        self._left -= 1
        if self._left < 0 or (not self._tame and self._chance.random() < 0.05):
            return self._chance.choice((True, False, {}, [], None, 7, "object", float("nan")))
        return self._keywords(depth)

    def _keywords(self, depth: int) -> dict[str, Any]:
        makers = [self._type, self._bound, self._choice, self._note]
        if depth > 0 and self._left > 0:
            makers += [lambda: self._nested(depth)] * 5
        if not self._tame:
            makers += [self._reference, self._pattern, self._junk]
        found: dict[str, Any] = {}
        if self._intruders and self._chance.random() < 0.4:
            self._intruders = 0
            found |= self._chance.choice((self._reference, self._pattern, self._hidden_pattern))()
        for _ in range(self._chance.randint(0, 5)):
            found = self._chance.choice(makers)() | found
        return {(_SNAKE.get(key, key) if self._chance.random() < 0.1 else key): each for key, each in found.items()}

    def _nested(self, depth: int) -> dict[str, Any]:
        tame_away = ("patternProperties", "unevaluatedItems", "unevaluatedProperties", "type", "dependencies")
        places = [key for key in (*ONE, *LISTS, *MAPS) if not (self._tame and key in tame_away)]
        key = self._chance.choice(places)
        if key in MAPS:
            names = PATTERNS if key == "patternProperties" else NAMES
            return {key: {name: self._schema(depth - 1) for name in self._some(names, 3)}}
        if key in LISTS and (key not in ONE or self._chance.random() < 0.5):
            return {key: [self._schema(depth - 1) for _ in range(self._chance.randint(0, 3))]}
        return {key: self._schema(depth - 1)}

    def _type(self) -> dict[str, Any]:
        several = self._some(TYPES[:7] if self._tame else TYPES, 3)
        return {"type": self._chance.choice(several) if several and self._chance.random() < 0.7 else several}

    def _bound(self) -> dict[str, Any]:
        numbers: tuple[Any, ...] = (0, 1, 2, 100, 1.5) if self._tame else (*NUMBERS, "1", "-1", None, [], True)
        return {self._chance.choice(_BOUNDS): self._chance.choice(numbers)}

    def _choice(self) -> dict[str, Any]:
        many = [self.value(2) for _ in range(self._chance.choice((1, 3, 30)))]
        return self._chance.choice(
            (
                {"enum": many},
                {"const": self.value(2)},
                {"uniqueItems": True},
                {"required": self._some(NAMES, 3)},
                {"dependentRequired": {name: self._some(NAMES, 2) for name in self._some(NAMES, 2)}},
                {"format": self._chance.choice(FORMATS)},
                {"contentEncoding": "base64", "contentMediaType": "application/json"},
            )
        )

    def _note(self) -> dict[str, Any]:
        return {self._chance.choice(_NOTES): self.value(2)}

    def _reference(self) -> dict[str, Any]:
        target = self._chance.choice(TARGETS) if self._chance.random() < 0.9 else self.value(1)
        return {self._chance.choice(REFERENCES): target}

    def _pattern(self) -> dict[str, Any]:
        return {"pattern": self._chance.choice((*PATTERNS, None, 7))}

    def _hidden_pattern(self) -> dict[str, Any]:
        return {"patternProperties": {self._chance.choice(PATTERNS): True}, "additionalProperties": True}

    def _junk(self) -> dict[str, Any]:
        return {self._chance.choice((*ONE, *LISTS, *MAPS, *_BOUNDS, "required", "enum")): self.value(2)}

    def _deep(self) -> Any:
        """Return a schema that is nested as deep as a body may be, or much wider than it may be."""
        place = self._chance.choice((*ONE[:10], "properties", "allOf"))
        found: Any = {"$ref": "#"} if self._chance.random() < 0.5 else {"type": "string"}
        for _ in range(self._chance.choice((8, 12, 45, 95, 200))):
            found = {place: {"a": found} if place in MAPS else [found] if place in LISTS else found}
        if self._chance.random() < 0.5:
            return {"type": "object", "properties": {"a": found}}
        return {"type": "object", "properties": {f"f{number}": found for number in range(150)}}

    def _some(self, among: tuple[str, ...], most: int) -> list[str]:
        return self._chance.sample(among, self._chance.randint(0, most))

    def _scalar(self) -> Any:
        text = self._chance.choice(("", "a", "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaa!", "\ud800", "2026-11-28", "é" * 500))
        return self._chance.choice((None, True, False, text, self._chance.choice(NUMBERS)))


def body_of(value: Any) -> bytes:
    """Return a value as a body, not quite JSON where it has numbers that JSON lacks; some too large to be finite."""
    text = json.dumps(value, ensure_ascii=True)
    return text.replace("Infinity", "1e999").encode()
