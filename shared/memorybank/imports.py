"""Imports modules of a large package without the package around them."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.util import find_spec, module_from_spec


@contextmanager
def without_package(name: str) -> Iterator[None]:
    """Let modules of a package be imported in a block, without what its `__init__` imports.

    During the block an empty package stands in for it (for other threads too: they must not import it then). Afterwards
    it is removed, so that a later import gets the whole package, with the modules that were imported in the block.
    Nothing happens if the package is imported already, or not installed.
    """
    spec = None if name in sys.modules else find_spec(name)
    if spec is None:
        yield
        return
    sys.modules[name] = module_from_spec(spec)
    try:
        yield
    finally:
        sys.modules.pop(name, None)
