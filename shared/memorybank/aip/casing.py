"""The two spellings of a field name: `create_time` in storage and code, `createTime` on the wire."""

from __future__ import annotations

import re

_AFTER_UNDERSCORE = re.compile(r"(?<=[^_])_([^_])")
_CAPITAL = re.compile(r"(?<!^)([A-Z])")


def to_camel(name: str) -> str:
    """Spell a field name as JSON does; leading underscores and names already in camelCase stay as they are."""
    return _AFTER_UNDERSCORE.sub(lambda found: found.group(1).upper(), name) if "_" in name else name


def to_snake(name: str) -> str:
    """Spell a field name as storage does; names already in snake_case stay as they are."""
    if name.islower():
        return name
    return _CAPITAL.sub(r"_\1", name).lower()
