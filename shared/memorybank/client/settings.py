"""The URL of a bank and the engine to use, from arguments or from the environment."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import urlsplit

from memorybank.config import variable
from memorybank.errors import InvalidArgument, Violation
from memorybank.hosts import is_this_machine

_ENGINE = re.compile("((projects/[^/]+/locations/[^/]+/)?reasoningEngines/)?([A-Za-z0-9][A-Za-z0-9._-]{0,99}|-)")
_NO_BASE = re.compile("/(?:v1beta1(?:/.*)?|console(?:/.*)?|mcp/.*)$")
"""What people copy along with a base URL: the path of a call, of a page or of MCP."""
_URL = re.compile("https?://[^/?#]+(/[^?#]*)?")
_DEFAULTS = {"project": "local", "location": "us-central1"}
_RIGHT = {
    "url": "must be a URL such as http://127.0.0.1:8080",
    "engine": (
        "must be an engine's id or its full name, projects/P/locations/L/reasoningEngines/E "
        "(`memorybank bank list` shows them)"
    ),
    "project": "must not be empty",
    "location": "must not be empty",
}


@dataclass(frozen=True, kw_only=True)
class ClientSettings:
    """The result of `read_client_settings`.

    `url` is the base URL of the bank, with any path before the API's version and without a trailing slash. `engine` is
    the engine's full name, or its id, which is then looked up in `project` and `location`.
    """

    url: str
    engine: str
    project: str = _DEFAULTS["project"]
    location: str = _DEFAULTS["location"]

    @property
    def engine_name(self) -> str:
        """The full name of the engine: `projects/P/locations/L/reasoningEngines/E`."""
        return full_name(self.engine, project=self.project, location=self.location)


def read_client_settings(environment: Mapping[str, str], *, prefix: str = "", **given: str | None) -> ClientSettings:
    """Read the settings of a client; arguments override `MEMORYBANK_*`, and None counts as not given.

    `InvalidArgument` names each wrong value by its source: the variable, or the name of the argument with `prefix`
    before it, such as `--`. Other `MEMORYBANK_*` variables belong to a server and are ignored.
    """
    values: dict[str, str] = {}
    wrong: list[Violation] = []
    for name, right in _RIGHT.items():
        written, value = f"{prefix}{name}", given.get(name)
        if value is None:
            written, value = variable(name), environment.get(variable(name), _DEFAULTS.get(name))
        if value is None:
            also = f", or give {prefix}{name}" if prefix else ""
            wrong.append(Violation(written, f"is not set: it {right}{also}"))
            continue
        try:
            values[name] = _CHECKS[name](value)
        except ValueError as error:
            wrong.append(Violation(written, str(error)))
    if wrong:
        raise InvalidArgument.of(*wrong)
    return ClientSettings(**values)


def base_url(text: str) -> str:
    """Return a bank's base URL without a trailing slash, or raise `ValueError` with the reason."""
    host = urlsplit(f"//{text}").hostname if "://" not in text else None
    if host and re.fullmatch(r"[\w.:-]+", host):
        scheme = "http" if is_this_machine(host) else "https"
        raise ValueError(f"{text!r} is not a base URL: its scheme is missing, write {scheme}://{text}")
    if _URL.fullmatch(text) is None or not _has_good_port(text):
        raise ValueError(f"{text!r} is not a base URL: it {_RIGHT['url']}")
    if more := _NO_BASE.search(urlsplit(text).path):
        raise ValueError(f"{text!r} is not a base URL: leave out {more[0]}")
    return text.rstrip("/")


def engine_id(text: str) -> str:
    """Return an engine's id or name, or raise `ValueError` with the reason."""
    if _ENGINE.fullmatch(text) is None:
        raise ValueError(f"{text!r} {_RIGHT['engine']}")
    return text


def full_name(engine: str, *, project: str, location: str) -> str:
    """Return the full name of an engine, which is in `project` and `location` if only its id is given."""
    if engine.startswith("projects/"):
        return engine
    return f"projects/{project}/locations/{location}/reasoningEngines/{engine.rpartition('/')[2]}"


def _has_good_port(text: str) -> bool:
    try:
        return bool(urlsplit(text).hostname) and urlsplit(text).port != 0
    except ValueError:
        return False


def _segment(text: str) -> str:
    if not text:
        raise ValueError("must not be empty")
    return text


_CHECKS = {"url": base_url, "engine": engine_id, "project": _segment, "location": _segment}
