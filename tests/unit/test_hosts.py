"""Which hosts are this machine, and which are called through a proxy."""

from __future__ import annotations

import socket
from contextlib import suppress
from threading import Thread
from typing import Self

import pytest

from memorybank.hosts import proxy_for, proxy_headers
from memorybank.models.rest import Rest


@pytest.fixture(autouse=True)
def _no_proxies(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("HTTP_PROXY", "HTTPS_PROXY", "NO_PROXY", "ALL_PROXY"):
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(name.lower(), raising=False)


def test_without_a_proxy_in_the_environment_hosts_are_called_directly() -> None:
    assert proxy_for("https", "models.example.com") is None


def test_a_host_is_called_through_the_proxy_of_its_scheme(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HTTPS_PROXY", "ada:s%3Acret@proxy.example.com:3128")
    monkeypatch.setenv("NO_PROXY", "direct.example.com")
    found = proxy_for("https", "models.example.com")
    assert found is not None
    assert (found.hostname, found.port) == ("proxy.example.com", 3128)
    assert proxy_headers(found) == {"Proxy-Authorization": "Basic YWRhOnM6Y3JldA=="}
    for scheme, host in (("http", "models.example.com"), ("https", "direct.example.com"), ("https", "127.0.0.1")):
        assert proxy_for(scheme, host) is None


class _Proxy:
    """Takes one request, keeps its first line and headers, and hangs up."""

    def __init__(self) -> None:
        self._listening = socket.create_server(("127.0.0.1", 0))
        self.port = self._listening.getsockname()[1]
        self.heard = b""
        self._thread = Thread(target=self._listen)
        self._thread.start()

    def _listen(self) -> None:
        connection, _ = self._listening.accept()
        with connection:
            while b"\r\n\r\n" not in self.heard:
                self.heard += connection.recv(4096)
            connection.sendall(b"HTTP/1.1 403 Forbidden\r\nContent-Length: 0\r\nConnection: close\r\n\r\n")

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._thread.join()
        self._listening.close()


@pytest.mark.parametrize(
    ("url", "line"),
    [
        ("https://models.invalid/v1/embed", b"CONNECT models.invalid:443 HTTP/1."),
        ("https://models.invalid:8443/v1/embed", b"CONNECT models.invalid:8443 HTTP/1."),
        ("http://models.invalid/v1/embed?a=b", b"POST http://models.invalid/v1/embed?a=b HTTP/1."),
    ],
)
def test_models_are_asked_through_the_proxy(monkeypatch: pytest.MonkeyPatch, url: str, line: bytes) -> None:
    with _Proxy() as proxy:
        for name in ("HTTP_PROXY", "HTTPS_PROXY"):
            monkeypatch.setenv(name, f"http://ada:secret@127.0.0.1:{proxy.port}")
        with suppress(OSError):  # a tunnel is not to be had
            Rest(timeout=60).post(url, {}, {"x-goog-api-key": "k"})
    assert proxy.heard.startswith(line)
    assert b"Proxy-Authorization: Basic YWRhOnNlY3JldA==" in proxy.heard
    if line.startswith(b"CONNECT"):
        assert b"x-goog-api-key" not in proxy.heard, "the key of the models is not the proxy's"
