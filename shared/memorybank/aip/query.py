"""Query parameters: each method takes those that it declares, in both spellings, and refuses all others by name.

Sources: https://google.aip.dev/127, and for what every method takes
https://cloud.google.com/apis/docs/system-parameters
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping

from memorybank.aip.casing import to_camel
from memorybank.errors import InvalidArgument, Violation

_SYSTEM = frozenset(
    {
        *("access_token", "alt", "callback", "fields", "key", "oauth_token", "prettyPrint", "quotaUser", "trace"),
        *("uploadType", "upload_protocol", "userProject", ".xgafv"),
    }
)
"""Parameters of every Google API, also with a leading `$`. They are ignored because they have no effect here."""

_SHOWN = 60


def read_query(pairs: Iterable[tuple[str, str]], *, taken: Collection[str]) -> Mapping[str, str]:
    """Return the parameters of a query string by their camelCase names.

    `taken` holds the camelCase names that the method accepts. Raises `InvalidArgument` for every other one, and for one
    that is given twice with different values, in any spelling.
    """
    found: dict[str, str] = {}
    violations: dict[str, Violation] = {}
    for given, value in pairs:
        name = to_camel(given)
        if name in taken:
            if found.setdefault(name, value) != value:
                violations[name] = Violation(name, "is given twice, with different values")
        elif given.removeprefix("$") not in _SYSTEM:
            shown = given[:_SHOWN]
            violations[shown] = Violation(shown, f"is not a query parameter of this method; {_choices(taken)}")
    if violations:
        raise InvalidArgument.of(*violations.values())
    return found


def _choices(taken: Collection[str]) -> str:
    return f"it takes {', '.join(sorted(taken))}" if taken else "it takes none"
