"""An engine of a bank in this process, called as over HTTP: for integrations that are clients."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from memorybank.client import BankClient, Engine
from memorybank.config import Settings
from memorybank.local.bank import Bank
from memorybank.mcp.in_process import URL, InProcess
from tests.conftest import patient_adapters

ENGINES = "projects/p/locations/us-central1/reasoningEngines"


@contextmanager
def client_in_process() -> Iterator[BankClient]:
    """Open a bank in memory and yield a client for it."""
    settings = Settings(data=":memory:", embeddings="offline")
    with Bank(settings, patient_adapters(settings)) as bank:
        yield BankClient(URL, exchange=InProcess(bank.application.handle))


def new_engine(client: BankClient) -> Engine:
    """Create an engine."""
    return client.engine(client.wait(client.call("POST", ENGINES))["name"])
