"""The engine that the environment names, for integrations that take none."""

from __future__ import annotations

import os

from memorybank.client.bank import BankClient, Engine
from memorybank.client.settings import read_client_settings


def connect() -> Engine:
    """Return the engine of `MEMORYBANK_URL` and `MEMORYBANK_ENGINE`, which must exist."""
    settings = read_client_settings(os.environ)
    bank = BankClient.of(settings)
    return bank.find_engine(settings.engine, project=settings.project, location=settings.location)
