"""A client that makes one call after the other for a while, and prints how many.

Its arguments are the URL of a server, seconds, method, path and body.
"""

from __future__ import annotations

import http.client
import sys
import time
from urllib.parse import urlsplit


def main(url: str, seconds: str, method: str, path: str, body: str) -> int:
    """Return how many calls were answered."""
    where = urlsplit(url)
    connection = http.client.HTTPConnection(where.hostname or "", where.port)
    count, end = 0, time.monotonic() + float(seconds)
    while time.monotonic() < end:
        connection.request(method, path, body or None, {"Content-Type": "application/json"})
        answer = connection.getresponse()
        answer.read()
        if answer.status != http.client.OK:
            raise RuntimeError(f"the server answered {answer.status}")
        count += 1
    return count


if __name__ == "__main__":
    print(main(*sys.argv[1:]))
