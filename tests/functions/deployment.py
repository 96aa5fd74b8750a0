"""A whole deployment on this machine, and how tests call it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path
from typing import Any
from uuid import uuid4

import agentplatform
import httpx
from google.oauth2.credentials import Credentials

from memorybank.testing import deployment
from memorybank.testing.deployment import LOCATION, Plan
from memorybank.testing.forking import ForkedProcess
from tests.waiting import PATIENCE

FOLDER = Path(__file__).parents[2] / "functions"
_PLAN = Plan(sources=FOLDER, retries={"max_attempts": 5, "min_backoff": "0.1s", "max_backoff": "1s"})


class Deployment(deployment.Deployment):
    """A deployment with clients for tests."""

    def client(self, *, caller: str = "ada@example.com") -> Any:
        """Return a client of Google's SDK that calls the router, for a project that nobody has used before."""
        return agentplatform.Client(
            project=f"p-{uuid4().hex[:12]}",
            location=LOCATION,
            credentials=Credentials(token=self.token("router", caller=caller)),
            http_options={"base_url": self.urls["router"]},
        )

    def http(self, function: str, *, caller: str | None = "ada@example.com") -> httpx.Client:
        """Return a plain client of one function, with a token of the caller if there is one."""
        token = {} if caller is None else {"Authorization": f"Bearer {self.token(function, caller=caller)}"}
        return httpx.Client(base_url=self.urls[function], headers=token, timeout=PATIENCE)


@contextmanager
def deployed(**settings: str) -> Iterator[Deployment]:
    """Start all functions; settings are by field name."""
    given = {f"MEMORYBANK_{name.upper()}": value for name, value in {"max_attempts": "3", **settings}.items()}
    with deployment.deployed(_PLAN, given) as running:
        yield Deployment(**vars(running))


def served(name: str, port: int, variables: Mapping[str, str]) -> AbstractContextManager[ForkedProcess]:
    """Serve one function as Cloud Run does until the block ends; it must then stop by itself."""
    return deployment.served(_PLAN, name, port, variables=variables)
