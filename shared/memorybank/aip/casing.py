"""The two spellings of a field name: `create_time` in storage and code, `createTime` on the wire."""

from __future__ import annotations

import re

_AFTER_UNDERSCORE = re.compile(r"(?<=[^_])_([^_])")
_CAPITAL = re.compile(r"(?<!^)([A-Z])")


def to_camel(name: str) -> str:
    """Convert a field name to camelCase; leading underscores and names already in camelCase are kept."""
    return _AFTER_UNDERSCORE.sub(lambda found: found.group(1).upper(), name) if "_" in name else name


def to_snake(name: str) -> str:
    """Convert a field name to snake_case; names already in snake_case are kept."""
    if name.islower():
        return name
    return _CAPITAL.sub(r"_\1", name).lower()
