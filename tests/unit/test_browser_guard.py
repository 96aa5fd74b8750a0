"""Whose web pages may call the local server, and under which names its own pages are served."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any

import pytest

from memorybank.local.browser_guard import WsgiApplication, for_own_pages, without_foreign_pages


def _served(environ: Mapping[str, Any], start_response: Callable[..., object]) -> Iterable[bytes]:
    del environ
    start_response("200 OK", [])
    return [b"served"]


def _status(application: WsgiApplication, **headers: str) -> int:
    found: list[str] = []
    environ = {"REQUEST_METHOD": "POST", "wsgi.url_scheme": "http", **headers}
    list(application(environ, lambda status, _: found.append(status)))
    return int(found[0][:3])


@pytest.mark.parametrize("listening", ["127.0.0.1", "0.0.0.0"])  # noqa: S104 - the point of the test
@pytest.mark.parametrize("name", ["127.0.0.1:8080", "localhost:8080", "[::1]:8080", "127.0.0.1", "LocalHost:8080"])
def test_the_servers_own_pages_may_call_it(listening: str, name: str) -> None:
    guarded = without_foreign_pages(_served, host=listening)
    assert _status(guarded, HTTP_HOST=name, HTTP_ORIGIN=f"http://{name}") == 200
    assert _status(guarded, HTTP_HOST=name) == 200


@pytest.mark.parametrize(
    "origin",
    [
        *("null", "https://evil.example", "http://127.0.0.1", "http://127.0.0.1:8081", "https://127.0.0.1:8080"),
        *("http://localhost:8080", "http://127.0.0.1:8080.evil.example", "http://127.0.0.1:8080, http://x", "file://"),
    ],
)
def test_pages_of_any_other_origin_may_not(origin: str) -> None:
    guarded = without_foreign_pages(_served, host="127.0.0.1")
    assert _status(guarded, HTTP_HOST="127.0.0.1:8080", HTTP_ORIGIN=origin) == 403


@pytest.mark.parametrize("listening", ["127.0.0.1", "0.0.0.0"])  # noqa: S104 - as above
@pytest.mark.parametrize("name", ["rebound.example:8080", "rebound.example", "localhost.evil.example:8080", "a:b:8080"])
def test_a_name_that_was_made_to_point_here_is_no_origin_of_ours(listening: str, name: str) -> None:
    guarded = without_foreign_pages(for_own_pages(_served), host=listening)
    assert _status(guarded, HTTP_HOST=name, HTTP_ORIGIN=f"http://{name}") == 403
    assert _status(guarded, HTTP_HOST=name) == 403, "nor are pages served under it"


def test_programs_on_other_machines_may_call_a_server_that_listens_to_them_by_its_name() -> None:
    guarded = without_foreign_pages(_served, host="0.0.0.0")  # noqa: S104 - as above
    assert _status(guarded, HTTP_HOST="memorybank:8080") == 200
    assert _status(for_own_pages(_served), HTTP_HOST="192.168.1.5:8080") == 200
