"""The calls of the demonstration, through Google's SDK if it is installed, else over HTTP. Both return JSON."""

from __future__ import annotations

from collections.abc import Mapping
from importlib.util import find_spec
from typing import Any, Protocol

from memorybank.client import BankClient

Json = dict[str, Any]

_PROJECT, _LOCATION = "demo", "us-central1"


class Client(Protocol):
    """The calls of the demonstration. Names are full resource names; answers use the wire's spelling."""

    name: str
    """The name of the client, for display."""

    def create(self) -> str:
        """Create a memory bank and return its name."""
        ...

    def generate(self, bank: str, scope: Mapping[str, str], events: list[Json]) -> list[Json]:
        """Generate memories from a conversation, wait until that is done, and return the changes."""
        ...

    def memory(self, name: str) -> Json:
        """Return a memory."""
        ...

    def retrieve(self, bank: str, scope: Mapping[str, str], query: str | None) -> list[Json]:
        """Return the memories of a scope, or the two nearest to a query."""
        ...

    def revisions(self, memory: str) -> list[Json]:
        """Return the revisions of a memory, newest first."""
        ...

    def revision(self, name: str) -> Json:
        """Return a revision."""
        ...

    def rollback(self, memory: str, revision: str) -> None:
        """Roll a memory back to the revision with this id."""
        ...


def client_of(url: str) -> Client:
    """Return a client of the bank at `url`: Google's SDK if it is installed."""
    return SdkClient(url) if find_spec("agentplatform") else HttpClient(url)


class SdkClient:
    """A client that uses Google's SDK."""

    name = "Google's SDK"

    def __init__(self, url: str) -> None:
        import agentplatform  # noqa: PLC0415 - takes seconds, and is not always there
        from google.oauth2.credentials import Credentials  # noqa: PLC0415 - as above

        client = agentplatform.Client(
            project=_PROJECT,
            location=_LOCATION,
            credentials=Credentials(token="any"),  # noqa: S106 - the bank asks for none, the SDK insists on one
            http_options={"base_url": url},
        )
        self._banks: Any = client.memory_banks

    def create(self) -> str:
        """Create a memory bank."""
        return str(self._banks.create(config={"display_name": "demo"}).name)

    def generate(self, bank: str, scope: Mapping[str, str], events: list[Json]) -> list[Json]:
        """Generate memories."""
        source = {"events": events}
        done = self._banks.memories.generate(name=bank, scope=dict(scope), direct_contents_source=source)
        return [_json(change) for change in done.response.generated_memories]

    def memory(self, name: str) -> Json:
        """Get a memory."""
        return _json(self._banks.memories.get(name=name))

    def retrieve(self, bank: str, scope: Mapping[str, str], query: str | None) -> list[Json]:
        """Retrieve memories."""
        asked: Json = {"simple_retrieval_params": {"page_size": 10}}
        if query is not None:
            asked = {"similarity_search_params": {"search_query": query, "top_k": 2}}
        return [_json(found) for found in self._banks.memories.retrieve(name=bank, scope=dict(scope), **asked)]

    def revisions(self, memory: str) -> list[Json]:
        """List revisions."""
        return [_json(revision) for revision in self._banks.memories.revisions.list(name=memory)]

    def revision(self, name: str) -> Json:
        """Get a revision."""
        return _json(self._banks.memories.revisions.get(name=name))

    def rollback(self, memory: str, revision: str) -> None:
        """Roll back a memory."""
        self._banks.memories.rollback(name=memory, target_revision_id=revision)


class HttpClient:
    """A client that uses plain HTTP."""

    name = "plain HTTP (pip install 'open-memory-bank[sdk]' shows the same through Google's SDK)"

    def __init__(self, url: str) -> None:
        self._bank = BankClient(url, token="any")  # noqa: S106 - the bank asks for none, and nobody else need be asked

    def create(self) -> str:
        """Create a memory bank."""
        body = {"displayName": "demo", "contextSpec": {"memoryBankConfig": {}}}
        path = f"projects/{_PROJECT}/locations/{_LOCATION}/reasoningEngines"
        return str(self._bank.wait(self._bank.call("POST", path, body))["name"])

    def generate(self, bank: str, scope: Mapping[str, str], events: list[Json]) -> list[Json]:
        """Generate memories."""
        body = {"scope": dict(scope), "directContentsSource": {"events": events}}
        done = self._bank.wait(self._bank.call("POST", f"{bank}/memories:generate", body))
        return list(done.get("generatedMemories", []))

    def memory(self, name: str) -> Json:
        """Get a memory."""
        return self._bank.call("GET", name)

    def retrieve(self, bank: str, scope: Mapping[str, str], query: str | None) -> list[Json]:
        """Retrieve memories."""
        body: Json = {"scope": dict(scope), "simpleRetrievalParams": {"pageSize": 10}}
        if query is not None:
            body = {"scope": dict(scope), "similaritySearchParams": {"searchQuery": query, "topK": 2}}
        return list(self._bank.call("POST", f"{bank}/memories:retrieve", body).get("retrievedMemories", []))

    def revisions(self, memory: str) -> list[Json]:
        """List revisions."""
        return list(self._bank.list_all(f"{memory}/revisions"))

    def revision(self, name: str) -> Json:
        """Get a revision."""
        return self._bank.call("GET", name)

    def rollback(self, memory: str, revision: str) -> None:
        """Roll back a memory."""
        self._bank.wait(self._bank.call("POST", f"{memory}:rollback", {"targetRevisionId": revision}))


def _json(answer: Any) -> Json:
    return dict(answer.model_dump(mode="json", by_alias=True, exclude_none=True))
