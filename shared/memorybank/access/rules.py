"""The rules of a deployment: which callers may read or write which scopes of which engines."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, TypeAdapter, ValidationError

from memorybank.access.patterns import LOCAL, Pattern, unknown_placeholders
from memorybank.access.rights import Grant, Rights
from memorybank.errors import InvalidArgument, Violation
from memorybank.resources.scopes import MAX_KEY, MAX_PAIRS
from memorybank.resources.violations import plain_violations_of

SETTING = "MEMORYBANK_ACCESS_RULES"
_Text = Annotated[str, Field(min_length=1, max_length=1024, strict=True)]
_Scope = Annotated[dict[Annotated[_Text, Field(max_length=MAX_KEY)], _Text], Field(min_length=1, max_length=MAX_PAIRS)]


class Rule(BaseModel):
    """Grants callers that match a pattern access to engines; without `scopes`, to everything in them."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    callers: Annotated[tuple[_Text, ...], Field(min_length=1)]
    engines: Annotated[tuple[_Text, ...], Field(min_length=1)] = ("*",)
    # Neither `scopes:` nor `scopes: []` may mean "all": someone who leaves a list empty rarely means everything.
    scopes: Annotated[tuple[_Scope, ...], Field(min_length=1)] = ()
    access: Literal["read", "write"] = "read"

    def grant(self, caller: str) -> Grant | None:
        """Return the rule's grants to a caller."""
        if not any(Pattern.of(pattern.lower()).matches(caller) for pattern in self.callers):
            return None
        scopes = tuple({key: Pattern.of(value, caller=caller) for key, value in scope.items()} for scope in self.scopes)
        engines = tuple(Pattern.of(pattern) for pattern in self.engines)
        return Grant(engines, scopes or None, write=self.access == "write")

    def mistakes(self) -> Iterator[tuple[str, str]]:
        """Yield the path and description of every error that the field types cannot catch."""
        for number, pattern in enumerate(self.callers):
            if pattern != "*" and pattern.count("@") != 1:
                yield f"callers[{number}]", "must be '*' or an email with one '@', such as *@example.com"
            if "$" in pattern:
                yield f"callers[{number}]", "takes no placeholder"
        for number, pattern in enumerate(self.engines):
            if "$" in pattern:
                yield f"engines[{number}]", "takes no placeholder"
        for number, scope in enumerate(self.scopes):
            for key, value in scope.items():
                yield from ((f"scopes[{number}].{key}", wrong) for wrong in self._mistakes_of(key, value))

    def _mistakes_of(self, key: str, value: str) -> Iterator[str]:
        if "*" in key or "$" in key:
            yield "is a key: keys cannot contain '*' or a placeholder"
        for unknown in unknown_placeholders(value):
            yield f"{unknown} is unknown: use ${{caller}} or ${{caller.local}}"
        domains = {pattern.rpartition("@")[2].lower() for pattern in self.callers}
        if LOCAL in value and (len(domains) > 1 or "*" in "".join(domains)):
            yield "${caller.local} is the same for ada@a.com and ada@b.com: limit callers to one domain, as in *@a.com"


_RULES = TypeAdapter(tuple[Rule, ...])


class Rules:
    """All rules. A caller's rights are the sum of the grants of the rules that match them, and nothing else."""

    def __init__(self, rules: tuple[Rule, ...]) -> None:
        self._rules = rules

    def rights(self, caller: str) -> Rights:
        """Return what a caller may do; `caller` is an email in lower case."""
        grants = [grant for rule in self._rules if (grant := rule.grant(caller)) is not None]
        return Rights(grants, caller=caller)


def read_rules(setting: str) -> Rules:
    """Read rules from a YAML file, or from the setting itself if it is a list; report all errors at once."""
    inline = setting.lstrip().startswith(("-", "["))
    try:
        text = setting if inline else Path(setting).read_text(encoding="utf-8")
    except (OSError, UnicodeError) as error:
        why = (error.strerror or "it cannot be opened") if isinstance(error, OSError) else "it is not UTF-8 text"
        right = "name a YAML file, or give the list of rules itself, which begins with - or ["
        raise _refused(Violation(SETTING, f"{setting[:200]} cannot be read ({why}): {right}")) from error
    data = _load(text)
    if not data:
        raise _refused(Violation(SETTING, "has no rules: leave it out, or add a rule"))
    try:
        rules = _RULES.validate_python(data)
    except ValidationError as error:
        raise _refused(*plain_violations_of(error, whole=SETTING)) from None
    found = [Violation(f"[{n}].{place}", wrong) for n, rule in enumerate(rules) for place, wrong in rule.mistakes()]
    if found:
        raise _refused(*found)
    return Rules(rules)


def _load(text: str) -> Any:
    try:
        import yaml  # noqa: PLC0415 - only who has rules needs it
    except ImportError as error:
        raise _refused(Violation(SETTING, "needs pip install 'open-memory-bank[access]'")) from error

    class Loader(yaml.SafeLoader):
        """Refuses duplicate keys, of which the last one would silently win."""

        def construct_mapping(self, node: Any, deep: bool = False) -> Any:  # noqa: FBT001, FBT002 - the base's
            keys = [str(key.value) for key, _ in node.value]
            if len(keys) != len(set(keys)):
                raise yaml.constructor.ConstructorError(None, None, "duplicate key", node.start_mark)
            return super().construct_mapping(node, deep=deep)

    try:
        return yaml.load(text, Loader)  # noqa: S506 - a safe loader, made stricter
    except (yaml.YAMLError, RecursionError) as error:
        raise _refused(Violation(SETTING, f"is not YAML: {' '.join(str(error).split())[:300]}")) from error


def _refused(*violations: Violation) -> InvalidArgument:
    return InvalidArgument.of(*violations)
