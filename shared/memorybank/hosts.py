"""Hosts that a program calls: whether one is this machine, and through which proxy the environment wants it called."""

from __future__ import annotations

import base64
import os
from ipaddress import ip_address
from urllib.parse import SplitResult, unquote, urlsplit


def is_this_machine(host: str) -> bool:
    """Tell whether a host name or address always means this machine."""
    name = host.lower().rstrip(".").strip("[]")
    if name == "localhost" or name.endswith(".localhost"):
        return True
    try:
        return ip_address(name).is_loopback
    except ValueError:
        return False


def proxy_for(scheme: str, host: str) -> SplitResult | None:
    """Return the proxy that HTTPS_PROXY or HTTP_PROXY names for a host, unless NO_PROXY or this machine is meant."""
    if is_this_machine(host) or not any(name.lower().endswith("_proxy") for name in os.environ):
        return None
    from urllib.request import getproxies, proxy_bypass  # noqa: PLC0415 - hardly ever needed

    proxy = getproxies().get(scheme)
    if not proxy or proxy_bypass(host):
        return None
    return urlsplit(proxy if "://" in proxy else f"http://{proxy}")


def proxy_headers(proxy: SplitResult) -> dict[str, str]:
    """Return the headers that authenticate to a proxy, if its URL has a user."""
    if proxy.username is None:
        return {}
    secret = f"{unquote(proxy.username)}:{unquote(proxy.password or '')}".encode()
    return {"Proxy-Authorization": f"Basic {base64.b64encode(secret).decode()}"}
