"""Cloud Tasks, the metadata server and Cloud Scheduler for functions in containers: `compose.yaml` runs this.

python -m memorybank.testing.doubles --router http://localhost:8080 --sweep http://sweep:8080
"""

from __future__ import annotations

import argparse
import signal
import sys
from collections.abc import Sequence
from datetime import timedelta
from threading import Event

from memorybank.testing.cloud_tasks.server import CloudTasksServer
from memorybank.testing.cloud_tasks.tokens import Tokens
from memorybank.testing.deployment import ROUTER_ACCOUNT, create_queue
from memorybank.testing.metadata_server import MetadataServer
from memorybank.testing.schedule import sweeping

_CALLER = "ada@example.com"
_TOKEN_LIFE = timedelta(hours=24)
_RETRIES = {"max_attempts": 100, "min_backoff": "1s", "max_backoff": "60s"}


def parser() -> argparse.ArgumentParser:
    """Return the parser of the arguments."""
    made = argparse.ArgumentParser(prog="doubles", description=(__doc__ or "").partition("\n")[0])
    made.add_argument("--host", default="0.0.0.0", help="address to listen on (%(default)s)")  # noqa: S104 - a container's
    made.add_argument("--tasks-port", type=int, default=8123, help="port of Cloud Tasks, gRPC (%(default)s)")
    made.add_argument("--metadata-port", type=int, default=8124, help="port of the metadata server (%(default)s)")
    made.add_argument("--router", required=True, help="URL by which clients call the router, for the token to print")
    made.add_argument("--sweep", required=True, help="URL of the sweep")
    return made


def main(arguments: Sequence[str] | None = None) -> int:
    """Serve until the process is told to stop."""
    asked = parser().parse_args(arguments)
    ended = Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: ended.set())
    tasks = CloudTasksServer(listen=f"{asked.host}:{asked.tasks_port}")
    metadata = MetadataServer(ROUTER_ACCOUNT, listen=(asked.host, asked.metadata_port))
    with tasks, metadata, sweeping(asked.sweep):
        create_queue(tasks, _RETRIES)
        token = Tokens().issue(_CALLER, asked.router, lifetime=_TOKEN_LIFE)
        sys.stdout.write(f"The router is at {asked.router}. A token of {_CALLER}, for 24 hours:\n{token}\n")
        sys.stdout.flush()
        ended.wait()
    return 0


if __name__ == "__main__":
    sys.exit(main())
