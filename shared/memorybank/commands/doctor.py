"""`memorybank doctor`: checks a deployment from outside, through Google's own SDK, and says what to fix.

It works in a temporary engine, which is deleted at the end with everything in it.
"""

from __future__ import annotations

import argparse
import os
import warnings
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from memorybank.client import BankClient
from memorybank.client.errors import refusal
from memorybank.client.settings import base_url
from memorybank.client.transport import Answer, exchange
from memorybank.commands.terminal import argument, require, say
from memorybank.config import default, variable
from memorybank.errors import DeadlineExceeded, InvalidArgument, MemoryBankError, Violation
from memorybank.hosts import is_this_machine

_SCOPE = {"user_id": "doctor"}
_FACT = "I prefer aisle seats on flights."
_GENERATION_TIMEOUT = 120.0
"""Seconds that a generation may take: a cold worker, a model, and a retry."""

_ANSWER_TIMEOUT = 30.0
_OK = 200
_REFUSED = (401, 403)


def add_to(commands: Any) -> None:
    """Add the command and its arguments."""
    parser = commands.add_parser("doctor", help="check a deployment from outside and say what to fix")
    parser.add_argument("--url", type=argument(base_url), required=True, help="base URL of the bank")
    parser.add_argument("--project", help="project of resource names (else MEMORYBANK_PROJECT; local on this machine)")
    parser.add_argument("--location", default="us-central1", help="location of resource names (%(default)s)")
    parser.add_argument("--token", help="ID token to send; by default one is taken from the environment")
    parser.set_defaults(run=run)


def run(asked: argparse.Namespace) -> int:
    """Check the deployment and return the exit code: 0 if all is well."""
    require("sdk")
    project = _project(asked.project or os.environ.get(variable("project")), url=asked.url)
    return Examination(Deployment(asked.url, project, asked.location, token=asked.token), say).run()


def _project(named: str | None, *, url: str) -> str:
    """Return the project of resource names; raise `InvalidArgument` if it cannot be told."""
    if named:
        return named
    if is_this_machine(urlsplit(url).hostname or ""):
        return str(default("project"))
    right = f"is needed for a bank that is not on this machine (or {variable('project')}): where it is deployed"
    raise InvalidArgument.of(Violation("--project", right))


class _CannotGoOnError(Exception):
    """A check that the others depend on has failed."""


@dataclass(frozen=True)
class Deployment:
    """The deployment to check. Without `token`, an ID token is taken from the environment, as `bearer_for` does."""

    url: str
    project: str
    location: str
    token: str | None = None
    generation_timeout: float = _GENERATION_TIMEOUT

    @property
    def is_local(self) -> bool:
        """Whether it is served on this machine."""
        return is_this_machine(urlsplit(self.url).hostname or "")

    def knock(self) -> Answer:
        """Call without credentials and return the answer."""
        path = f"/v1beta1/projects/{self.project}/locations/{self.location}/reasoningEngines"
        return exchange(self.url, "GET", path, headers={}, timeout=_ANSWER_TIMEOUT)


@dataclass
class Examination:
    """The checks, in order of dependency."""

    deployment: Deployment
    say: Callable[[str], None]
    failures: int = 0
    _client: Any = None
    _http: Any = None
    _bank: str = ""
    _memory: str = ""

    def run(self) -> int:
        """Run the checks, print the results, and return the exit code: 0 if all is well."""
        warnings.filterwarnings("ignore", category=FutureWarning)
        try:
            self._examine()
        except _CannotGoOnError:
            self.say("The other checks depend on this one: fix it and run the command again.")
        finally:
            self._clean_up()
        self.say("All is well." if not self.failures else f"{self.failures} of the checks failed.")
        return 1 if self.failures else 0

    def _examine(self) -> None:
        with self._check("address", "" if self.deployment.is_local else _HOW_TO_REACH, needed=True):
            answer = self.deployment.knock()
            if answer.status not in (_OK, *_REFUSED):
                raise refusal(self.deployment.url, answer.status, answer.body)
        with self._check("door", "remove the invoker allUsers from the functions: anybody could read every memory"):
            self._refuses_strangers()
        with self._check("credentials", _HOW_TO_BE_KNOWN, needed=True):
            self._connect()
        with self._check("engine", _HOW_TO_BE_ALLOWED, needed=True):
            self._bank = self._client.memory_banks.create(config={"display_name": "memorybank doctor"}).name
            assert self._client.memory_banks.get(name=self._bank).name == self._bank  # noqa: S101 - a check
        memories = self._client.memory_banks.memories
        with self._check("memory and embedding model", _HOW_TO_EMBED, needed=True):
            made = memories.create(name=self._bank, fact=_FACT, scope=_SCOPE)
            self._memory = made.response.name
        with self._check("indexes", _HOW_TO_INDEX):
            list(memories.retrieve(name=self._bank, scope=_SCOPE))
            list(memories.list(name=self._bank, config={"filter": 'scope="{\\"user_id\\": \\"doctor\\"}"'}))
        with self._check("vector index", _HOW_TO_INDEX):
            asked = {"search_query": "Which seats?", "top_k": 1}
            found = list(memories.retrieve(name=self._bank, scope=_SCOPE, similarity_search_params=asked))
            if [hit.memory.fact for hit in found] != [_FACT]:
                raise LookupError("a memory that was just written is not found by similarity")
        with self._check("revisions", "look at the log of the function revisions"):
            list(memories.revisions.list(name=self._memory))
        with self._check("deletion of a memory", "look at the log of the function memories") as notes:
            memories.delete(name=self._memory)
            told = self._http.call("GET", f"{self._memory}:explain", query={"pageSize": 1})
            notes.append(f"it can be restored until {told['purgeTime']} (MEMORYBANK_DELETED_RETENTION_HOURS)")
        self._generates(memories)

    def _generates(self, memories: Any) -> None:
        """Check the queue, the worker and the language model with one generation, which needs all of them."""
        events = [{"content": {"role": "user", "parts": [{"text": "My name is Ada and I live in Paris."}]}}]
        with self._check("acceptance of a generation", "look at the log of the function generate", needed=True):
            operation = memories.generate(
                name=self._bank,
                scope=_SCOPE,
                direct_contents_source={"events": events},
                config={"wait_for_completion": False},
            )
        with self._check("queue and worker", _HOW_TO_WORK, needed=True):
            outcome = self._outcome(operation.name)
        with self._check("language model", _HOW_TO_GENERATE):
            if "error" in outcome:
                raise LookupError(outcome["error"]["message"])
            if not outcome.get("response", {}).get("generatedMemories"):
                raise LookupError("nothing was remembered from a plain sentence about the speaker")

    def _outcome(self, operation: str) -> Any:
        """Wait until an operation is done; the SDK would wait for ever."""
        timeout = self.deployment.generation_timeout
        try:
            return self._http.until_done(operation, deadline=timeout)
        except DeadlineExceeded as error:
            raise TimeoutError(f"the generation has not ended within {timeout:.0f} s") from error

    def _refuses_strangers(self) -> None:
        if self.deployment.is_local:
            return
        status = self.deployment.knock().status
        if status not in _REFUSED:
            raise LookupError(f"a call without credentials was answered with {status}")

    def _connect(self) -> None:
        """Make the clients; raises if no token can be fetched."""
        self._http = BankClient(self.deployment.url, token=self.deployment.token, timeout=_ANSWER_TIMEOUT)
        self._http.bearer()
        import agentplatform  # noqa: PLC0415 - takes seconds, and a dead address is told before

        from memorybank.client.google_credentials import credentials_for  # noqa: PLC0415 - as above

        self._client = agentplatform.Client(
            project=self.deployment.project,
            location=self.deployment.location,
            credentials=credentials_for(self.deployment.url, token=self._http.bearer),
            http_options={"base_url": self.deployment.url},
        )

    def _clean_up(self) -> None:
        if self._bank:
            with self._check("deletion", f"delete {self._bank} yourself"):
                self._client.memory_banks.delete(name=self._bank, force=True)

    @contextmanager
    def _check(self, name: str, advice: str, *, needed: bool = False) -> Iterator[list[str]]:
        """Say how a check ends; what it adds to the list is said beside its success."""
        notes: list[str] = []
        try:
            yield notes
        except Exception as error:
            self.failures += 1
            self.say(f"FAILED  {name}: {_words(error)}" + (f"\n        {advice}" if advice else ""))
            if needed:
                raise _CannotGoOnError from error
        else:
            self.say(": ".join([f"ok      {name}", *notes]))


_HOW_TO_REACH = "give the base URL that Terraform prints as base_url"
_HOW_TO_BE_KNOWN = (
    "or pass an ID token: "
    "--token $(gcloud auth print-identity-token --impersonate-service-account=INVOKER --include-email --audiences=URL)"
)
_HOW_TO_BE_ALLOWED = (
    "401: the token is for another audience than the base URL, or has no email; 403: add the caller to `invokers` "
    "(Terraform), and to the access rules if there are any; 503: its message says whether the router does not reach "
    "the function engines, or gets no ID token for it from the metadata server"
)
_HOW_TO_EMBED = (
    "the function memories needs roles/aiplatform.user, or a readable API key, and a model that its location has "
    "(MEMORYBANK_EMBEDDING_MODEL names another); 429 is a quota to raise"
)
_HOW_TO_GENERATE = (
    "those are the model's own words: check its name (MEMORYBANK_GENERATION_MODEL names another, "
    "MEMORYBANK_MODEL_LOCATION another place), quota and rights"
)
_HOW_TO_INDEX = (
    "FAILED_PRECONDITION names an index that is missing or still being built: terraform apply, then wait until "
    "`gcloud firestore indexes composite list` says READY; a wrong dimension is MEMORYBANK_EMBEDDING_DIMENSIONS"
)
_HOW_TO_WORK = (
    "look at the queue's tasks and the log of the function worker: 403 means that the tasks account is not its "
    "invoker, 401 another audience; a paused queue does nothing"
)


def _words(error: Exception) -> str:
    if isinstance(error, MemoryBankError):
        return error.message
    from google.genai.errors import APIError  # noqa: PLC0415 - slow to import

    if isinstance(error, APIError):
        return f"{error.code} {error.status}: {error.message}"
    return f"{type(error).__name__}: {error}" if str(error) else type(error).__name__
