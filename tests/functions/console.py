"""A console in front of a bank in this process, and a reader of its pages, for tests."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cached_property
from html.parser import HTMLParser
from io import BytesIO
from typing import Any
from urllib.parse import parse_qs, unquote, urlencode, urlsplit

from memorybank.access.access import OPEN, Access
from memorybank.client.bank import BankClient, Engine
from memorybank.config import Settings
from memorybank.console.addresses import address, scope_address
from memorybank.console.application import Console, connecting
from memorybank.console.visit import Place
from memorybank.local.bank import Bank, embedded_adapters
from memorybank.mcp.in_process import InProcess

ADA = {"user_id": "ada"}
VOID = {"meta", "link", "input", "br", "img"}


@dataclass
class Element:
    """An element of a page, with the text inside it."""

    tag: str
    attributes: dict[str, str]
    text: str = ""
    inside: tuple[Element, ...] = ()


class Reader(HTMLParser):
    """Reads a page into a flat list of its elements, in the order of their beginnings."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.elements: list[Element] = []
        self._open: list[Element] = []
        self.feed(html)
        assert not self._open, [each.tag for each in self._open]

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        names = [name for name, _ in attrs]
        assert len(names) == len(set(names)), (tag, names)
        element = Element(tag, {name: value or "" for name, value in attrs}, inside=tuple(self._open))
        self.elements.append(element)
        if tag not in VOID:
            self._open.append(element)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append(Element(tag, {name: value or "" for name, value in attrs}, inside=tuple(self._open)))

    def handle_endtag(self, tag: str) -> None:
        assert self._open.pop().tag == tag, tag

    def handle_data(self, data: str) -> None:
        for element in self._open:
            element.text += data


@dataclass(frozen=True)
class Answer:
    """What the console answered."""

    status: int
    headers: dict[str, str]
    html: str

    @cached_property
    def elements(self) -> list[Element]:
        """The elements of the page; it must be well-formed."""
        return Reader(self.html).elements

    def texts(self, tag: str, **attributes: str) -> list[str]:
        """Return the texts of the elements of a tag, on one line; `class_` names one class of theirs."""
        name = attributes.pop("class_", None)
        return [
            " ".join(each.text.split())
            for each in self.elements
            if each.tag == tag
            and (name is None or name in each.attributes.get("class", "").split())
            and all(each.attributes.get(key) == value for key, value in attributes.items())
        ]

    def form(self, ending: str) -> dict[str, str]:
        """Return the values of the first form whose action ends so, as a browser would send them."""
        forms = [each for each in self.elements if each.attributes.get("method") == "post"]
        form = next(each for each in forms if each.attributes["action"].endswith(ending))
        inside = [each for each in self.elements if any(outer is form for outer in each.inside)]
        values = {
            each.attributes["name"]: each.text if each.tag == "textarea" else each.attributes.get("value", "")
            for each in inside
            if each.tag in ("input", "textarea") and each.attributes.get("type") != "checkbox"
        }
        return {"action": form.attributes["action"], **values}


@dataclass(frozen=True)
class Browsing:
    """Somebody who looks at a console."""

    bank: Bank
    console: Console
    client: BankClient
    engine: Engine
    headers: dict[str, str] = field(default_factory=dict)

    def get(self, path: str, **headers: str) -> Answer:
        return self.send("GET", path, b"", **headers)

    def post(self, path: str, form: dict[str, str], **headers: str) -> Answer:
        return self.send("POST", path, urlencode(form).encode(), **headers)

    def submit(self, page: Answer, ending: str, **values: str) -> Answer:
        """Send a form of a page, with some values changed, and return the page that it leads to."""
        form = {**page.form(ending), **values}
        answer = self.post(form.pop("action"), form)
        return self.get(answer.headers["Location"]) if answer.status == 303 else answer

    def page(self, path: str = "") -> Answer:
        """Return a page of the bank, which must be there."""
        answer = self.get(address(f"{self.engine.name}{path}"))
        assert answer.status == 200, answer.html
        return answer

    def scope(self, scope: dict[str, str] | None = None, **query: str) -> Answer:
        return self.get(scope_address(self.engine.name, scope or ADA, **query))

    def remember(self, fact: str, scope: dict[str, str] | None = None, **fields: Any) -> str:
        """Create a memory by the API and return its name."""
        made = self.engine.call("POST", "memories", {"fact": fact, "scope": scope or ADA, **fields})
        return str(self.client.wait(made)["name"])

    def generate(self, *lines: str) -> dict[str, Any]:
        """Generate by the API and return the finished operation."""
        events = [{"content": {"role": "user", "parts": [{"text": line}]}} for line in lines]
        body = {"scope": ADA, "directContentsSource": {"events": events}}
        return self.client.until_done(self.engine.call("POST", "memories:generate", body))

    def send(self, method: str, path: str, body: bytes = b"", **headers: str) -> Answer:
        """Send a request; further variables of its environment are named as in WSGI."""
        parts, answered = urlsplit(path), []
        environ = {
            "REQUEST_METHOD": method,
            "PATH_INFO": unquote(parts.path).encode().decode("latin-1"),
            "QUERY_STRING": parts.query,
            "CONTENT_TYPE": "application/x-www-form-urlencoded",
            "CONTENT_LENGTH": str(len(body)),
            "wsgi.input": BytesIO(body),
            **self.headers,
            **headers,
        }

        def start(status: str, found: list[tuple[str, str]]) -> None:
            answered.append((status, found))

        content = b"".join(self.console(environ, start))
        [(status, found)] = answered
        return Answer(int(status[:3]), dict(found), content.decode())


@contextmanager
def browsing(*, access: Access = OPEN, token: str | None = None, **adapters: Any) -> Iterator[Browsing]:
    """Look at a bank in memory with one engine; `token` is that of whoever creates it and calls its API."""
    settings = Settings(data=":memory:", embeddings="offline")
    with Bank(settings, embedded_adapters(settings, **adapters), access=access) as bank:
        exchange = InProcess(bank.application.handle)
        client = BankClient("http://127.0.0.1", token=token, exchange=exchange)
        console = Console(connecting(exchange), Place(settings.project, settings.location))
        made = client.wait(client.call("POST", "projects/p/locations/l/reasoningEngines", {"displayName": "Demo"}))
        yield Browsing(bank, console, client, client.engine(made["name"]))


def asked_scope(location: str) -> Any:
    """Return the scope that an address names."""
    return json.loads(parse_qs(urlsplit(location).query)["scope"][0])
