"""What an update with a mask changes, in terms of snake_case paths such as `fact` or `metadata.key`."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import TypeVar

ValueT = TypeVar("ValueT")


def named_fields(mask: Iterable[str]) -> set[str]:
    """Return the top-level fields that a mask names or reaches into."""
    return {path.partition(".")[0] for path in mask}


def merged_map(
    field: str, mask: Sequence[str] | None, *, old: Mapping[str, ValueT], new: Mapping[str, ValueT]
) -> dict[str, ValueT]:
    """Return what an update makes of a free map: `new` as a whole, or `old` with the keys that the mask names."""
    keys = [path.partition(".")[2] for path in mask or () if path.startswith(f"{field}.")]
    if not keys or mask is None or field in mask:
        return dict(new)
    kept = {key: value for key, value in old.items() if key not in keys}
    return kept | {key: new[key] for key in keys if key in new}
