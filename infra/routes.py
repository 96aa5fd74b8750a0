"""Writes `routes.json`: which paths of the load balancer lead to which function, made from the route tables.

An external Application Load Balancer knows templates in which `*` is one whole segment, at most five of them in one
template, and `:` is a letter like any other. So `memories/{memory}:rollback` is POST on `memories/*` there.
"""

from __future__ import annotations

import json
import re
import sys
from collections import defaultdict
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from memorybank.aip.routing import VERSIONS, Route
from memorybank.handlers.routes import PUBLIC

FILE = Path(__file__).with_name("routes.json")
_FORMS = ("", "projects/*/locations/*/")
_VARIABLE = re.compile(r"\{[a-z]+\}(:[A-Za-z]+)?")

Rule = dict[str, Any]


def rules(tables: Mapping[str, Sequence[Route]] = PUBLIC) -> dict[str, list[Rule]]:
    """Return what leads to each function: path templates, and their methods where other functions share the path."""
    served: dict[str, dict[str, set[str]]] = defaultdict(lambda: defaultdict(set))
    for function, routes in tables.items():
        for route in routes:
            served[_VARIABLE.sub("*", route.template)][function].add(route.method)
    found: dict[str, list[Rule]] = {function: [] for function in sorted(tables)}
    for template, functions in sorted(served.items()):
        for function, methods in functions.items():
            shared = sorted(methods) if len(functions) > 1 else [None]
            found[function] += [
                {"path": f"/{version}/{form}{template}", "method": method}
                for version in VERSIONS
                for form in (_FORMS if not template.startswith("projects/") else _FORMS[:1])
                for method in shared
            ]
    return found


def text() -> str:
    """Return the file's text."""
    return json.dumps(rules(), indent=1) + "\n"


if __name__ == "__main__":
    FILE.write_text(text())
    sys.stdout.write(f"{FILE.name}: {sum(map(len, rules().values()))} rules for {len(rules())} functions\n")
