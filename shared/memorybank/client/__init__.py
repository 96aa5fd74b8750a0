"""For programs that call a bank: its URL, credentials, and an HTTP client with clear errors.

    from memorybank.client import BankClient

    bank = BankClient("http://127.0.0.1:8080")
    engine = bank.engine("projects/p/locations/us-central1/reasoningEngines/4242")
    for memory in engine.list_all("memories"):
        print(memory["fact"])

It raises the errors of `memorybank.errors`, chosen by the server's status and with its message.
"""

from memorybank.client.bank import BankClient, Engine
from memorybank.client.bearer import Token
from memorybank.client.settings import ClientSettings, read_client_settings

__all__ = ["BankClient", "ClientSettings", "Engine", "Token", "read_client_settings"]
