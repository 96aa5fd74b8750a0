"""The load balancer's rules lead every call to the function that the route tables name, under its own way to match."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator

import pytest

from infra import routes
from memorybank.aip.routing import VERSIONS, Router
from memorybank.handlers.routes import PUBLIC, routes_of

RULES: dict[str, list[routes.Rule]] = json.loads(routes.FILE.read_text())
IDS = {
    "project": "p",
    "location": "l",
    "engine": "7341",
    "memory": "my-memory",
    "revision": "5000000",
    "session": "s-1",
    "operation": "9f3a",
}
LOCATIONS = ("", "projects/my-project/locations/us-central1/")


def ordered() -> Iterator[tuple[str, routes.Rule]]:
    """Give the rules as load_balancer.tf orders them: those that name a method come first."""
    for named in (True, False):
        for function in sorted(RULES):
            yield from ((function, rule) for rule in RULES[function] if (rule["method"] is not None) is named)


def led_to(method: str, path: str) -> str | None:
    """Return where a call is led to: `*` is one segment, whatever it holds, and all else is taken as it is."""
    for function, rule in ordered():
        pattern = "[^/]+".join(map(re.escape, rule["path"].split("*")))
        if rule["method"] in (None, method) and re.fullmatch(pattern, path):
            return function
    return None


def calls() -> Iterator[tuple[str, str, str]]:
    for function, table in PUBLIC.items():
        for route in table:
            path = route.template.format(**IDS)
            places = LOCATIONS if not path.startswith("projects/") else LOCATIONS[:1]
            yield from ((function, route.method, f"/{v}/{place}{path}") for v in VERSIONS for place in places)


def test_the_file_is_made_of_the_route_tables() -> None:
    assert routes.FILE.read_text() == routes.text(), "make routes writes it anew"


@pytest.mark.parametrize(("function", "method", "path"), list(calls()))
def test_a_call_is_led_to_the_function_that_serves_it(function: str, method: str, path: str) -> None:
    assert led_to(method, path) == function
    assert Router(routes_of([function])).match(method, path).route.method == method


@pytest.mark.parametrize("path", ["/", "/health", "/v1/reasoningEngines/1/memories/2/else", "/v2/reasoningEngines"])
def test_what_is_no_call_of_the_api_is_led_nowhere(path: str) -> None:
    assert led_to("POST", path) is None


def test_no_template_has_more_wildcards_than_a_load_balancer_takes() -> None:
    """https://cloud.google.com/load-balancing/docs/url-map-concepts: five wildcards, 255 characters by the provider."""
    templates = [rule["path"] for rules in RULES.values() for rule in rules]
    assert max(template.count("*") for template in templates) == 5
    assert max(map(len, templates)) <= 255
