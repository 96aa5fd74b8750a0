"""The settings of a deployment. Only this module reads the environment.

They are plain dataclasses because the router reads them too, and would load pydantic for nothing else.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, fields
from typing import Any
from urllib.parse import urlsplit

from memorybank.errors import InvalidArgument, Violation
from memorybank.extras import need
from memorybank.plugins import AUTO, OFFLINE, embeddings_of, environment_of, models_of, queue_of, store_of

_PREFIX = "MEMORYBANK_"
_QUEUE = re.compile("projects/[^/]+/locations/[^/]+/queues/[A-Za-z0-9-]+")
_MODEL = re.compile("[A-Za-z0-9][A-Za-z0-9._@:/-]{0,255}")
_MODEL_SAYS = "must be a model's id, such as gemini-3.5-flash-lite, or its full resource name"

MAX_BODY = 8 * 1024 * 1024
"""The largest request body in bytes: Google's own limit."""


def _text(default: Any, *, pattern: str = "(?s:.+)", says: str = "must not be empty", secret: bool = False) -> Any:
    """Declare a text setting; with the default None it is optional. A secret is left out of the repr."""

    def read(value: Any) -> str | None:
        if value is None and default is None:
            return None
        if isinstance(value, str) and re.fullmatch(pattern, value):
            return value
        raise ValueError(says)

    return field(default=default, repr=not secret, metadata={"read": read})


def _choice(*values: str) -> Any:
    """Declare a setting with a fixed set of values; the first is the default."""
    return _text(values[0], pattern="|".join(map(re.escape, values)), says=f"must be one of {', '.join(values)}")


def _plugin(default: str) -> Any:
    """Declare the name of a plugin, which is looked up once all fields have been read."""
    return _text(default, pattern="(?s:.*)")


def _number(default: int, *, least: int, most: int) -> Any:
    def read(value: Any) -> int:
        if re.fullmatch("[0-9]{1,9}", str(value)) and least <= int(value) <= most:
            return int(value)
        raise ValueError(f"must be a number from {least} to {most}")

    return field(default=default, metadata={"read": read})


def _origins() -> Any:
    def read(value: Any) -> Mapping[str, str]:
        try:
            found = json.loads(value) if isinstance(value, str) else dict(value)
        except ValueError:
            found = None
        if isinstance(found, dict) and all(map(_is_origin, found.values())):
            return found
        raise ValueError('must be JSON such as {"retrieve": "https://retrieve.example.app"}')

    return field(default_factory=dict, metadata={"read": read})


@dataclass(frozen=True, kw_only=True)
class Settings:
    """All settings. Each is read from the variable `MEMORYBANK_` plus the field's name in capitals.

    docs/configuration.md describes them. All values are checked together: `InvalidArgument` names every violation.
    """

    store: str = _plugin("sqlite")
    data: str = _text("memorybank.db")
    host: str = _text("127.0.0.1", pattern=r"[\w.:-]+", says="must be a host name or an address, such as 127.0.0.1")
    port: int = _number(8080, least=0, most=65535)
    search_cache_mib: int = _number(256, least=0, most=1_000_000)
    project: str = _text("local")
    location: str = _text("us-central1")
    project_number: str | None = _text(None)
    database: str = _text("(default)")
    deleted_retention_hours: int = _number(48, least=1, most=8760)
    queue: str = _plugin("in-process")
    local_confirmed: str | None = _text(None, pattern="yes", says="must be yes, or left out")
    threads: int = _number(16, least=1, most=256)
    workers: int = _number(1, least=1, most=64)
    tasks_queue: str | None = _text(None, pattern=_QUEUE.pattern, says="must be projects/P/locations/L/queues/Q")
    tasks_account: str | None = _text(None, pattern="[^@]+@[^@]+", says="must be the email of a service account")
    tasks_emulator: str | None = _text(None, pattern="[^/]+:[0-9]+", says="must be host:port")
    worker_url: str | None = _text(None, pattern="https?://[^/]+.*", says="must be a URL")
    worker_audience: str | None = _text(None)
    max_attempts: int = _number(8, least=1, most=1000)
    function_urls: Mapping[str, str] = _origins()
    metadata_host: str = _text("metadata.google.internal")
    auth: str | None = _text(None, pattern="iam|verify|none", says="must be one of iam, verify, none")
    auth_none_confirmed: str | None = _text(None, pattern="yes", says="must be yes, or left out")
    auth_audiences: str | None = _text(None)
    auth_certs_url: str = _text(
        "https://www.googleapis.com/oauth2/v1/certs", pattern="https?://.+", says="must be a URL"
    )
    router_account: str | None = _text(None)
    worker_callers: str | None = _text(None)
    access_rules: str | None = _text(None)
    media_prefixes: str | None = _text(None)
    models: str = _plugin(AUTO)
    embeddings: str = _plugin(AUTO)
    model_key: str | None = _text(None, secret=True)
    model_credentials: str = _choice("none", "adc", "metadata")
    model_location: str | None = _text(None, pattern="[a-z0-9-]+", says="must be a region of Google Cloud, or global")
    model_url: str | None = _text(
        None,
        pattern=r"https?://[^/?#@\s]+(/[^?#\s]*)?(\?[^#\s]*)?",
        says="must be a URL such as http://127.0.0.1:4000, without a user or a password",
    )
    generation_model: str | None = _text(None, pattern=_MODEL.pattern, says=_MODEL_SAYS)
    embedding_model: str | None = _text(None, pattern=_MODEL.pattern, says=_MODEL_SAYS)
    embedding_dimensions: int = _number(768, least=16, most=2048)
    local_embedding: str | None = _text(None)
    max_tokens_per_operation: int = _number(0, least=0, most=999_999_999)
    second_opinion: str = _choice("never", "doubtful")
    memories_shown: int = _number(0, least=0, most=20)
    log_level: str = _choice("INFO", "DEBUG", "WARNING", "ERROR")
    audit: str | None = _text(None, pattern="on|off", says="must be on or off")
    console: str = _choice("on", "off")
    telemetry: str = _choice("none", "otlp", "otlp-with-content")

    def __post_init__(self) -> None:
        """Parse values given as text, and check them."""
        wrong = [*_read(self), *self._missing()]
        if wrong:
            raise InvalidArgument.of(*wrong)

    @property
    def provider(self) -> str:
        """The provider of the models, such as `developer` or `vertex` (both Gemini) or `offline`."""
        return models_of(self).label(self)

    def _missing(self) -> Iterator[Violation]:
        """Yield the problems of the chosen models, store and queue, and the extras that other settings need."""
        if self.telemetry != "none" and (lacks := need("telemetry")):
            yield Violation(variable("telemetry"), f"{self.telemetry} {lacks}")
        if self.auth == "verify" and (lacks := need("access")):
            yield Violation(variable("auth"), f"verify {lacks}")
        chosen: list[Any] = []
        for field_name, choose in _CHOICES:
            if field_name == "embeddings" and self.embeddings == AUTO and self.local_embedding is None:
                continue
            try:
                plugin = choose(self)
                if plugin not in chosen:
                    chosen.append(plugin)
                    yield from plugin.problems(self)
            except ValueError as error:
                yield Violation(variable(field_name), str(error))


_CHOICES: tuple[tuple[str, Callable[[Settings], Any]], ...] = (
    ("models", models_of),
    ("embeddings", embeddings_of),
    ("store", store_of),
    ("queue", queue_of),
)

_CLIENTS_ONLY = frozenset({"url", "engine"})
"""Variables read by programs that call a bank (`memorybank.client`). A server ignores them."""


def variable(name: str) -> str:
    """Return the name of the variable that sets a field."""
    return _PREFIX + name.upper()


def read_settings(environment: Mapping[str, str], **given: str) -> Settings:
    """Read the settings; arguments override the environment. An unknown `MEMORYBANK_*` variable is an error."""
    found = _variables(environment)
    chosen = {"models": AUTO, "embeddings": AUTO, **found, **given}
    found = {**environment_of(chosen["models"], chosen["embeddings"], environment=environment), **found}
    names = {each.name for each in fields(Settings)}
    known = sorted(names | _CLIENTS_ONLY)
    wrong = [Violation(variable(name), _unknown(name, known)) for name in found if name not in known]
    values: dict[str, Any] = {name: value for name, value in {**found, **given}.items() if name in names}
    try:
        settings = Settings(**values)
    except InvalidArgument as error:
        raise InvalidArgument.of(*wrong, *error.violations) from None
    if wrong:
        raise InvalidArgument.of(*wrong)
    return settings


def refuse_local_on_cloud_run(settings: Settings, environment: Mapping[str, str]) -> None:
    """Raise `InvalidArgument` if a Cloud Run service, which has K_SERVICE, was told neither its store nor its models.

    It would start healthy, on an empty file of its own, and remember by rules: nobody would notice at once.
    """
    if not environment.get("K_SERVICE") or settings.local_confirmed:
        return
    meant = f"set {variable('local_confirmed')}=yes if that is meant"
    wrong = []
    if store_of(settings).local:
        says = f"{settings.store} keeps everything in one instance of this Cloud Run service, until it is replaced"
        wrong.append(Violation(variable("store"), f"{says}: set it to firestore, or {meant}"))
    if settings.provider == OFFLINE:
        says = f"the offline model is for tests: set {variable('project')} for Gemini on Vertex AI, or GEMINI_API_KEY"
        wrong.append(Violation(variable("models"), f"{says}, or {meant}"))
    if wrong:
        raise InvalidArgument.of(*wrong)


def _unknown(name: str, known: Sequence[str]) -> str:
    from difflib import get_close_matches  # noqa: PLC0415 - every function reads settings, and hardly one is wrong

    if near := get_close_matches(name, known, n=2, cutoff=0.6):
        return f"is not a setting: do you mean {' or '.join(map(variable, near))}?"
    return "is not a setting: docs/configuration.md lists them"


def _variables(environment: Mapping[str, str]) -> dict[str, str]:
    return {
        name.removeprefix(_PREFIX).lower(): value for name, value in environment.items() if name.startswith(_PREFIX)
    }


def _read(settings: Settings) -> Iterator[Violation]:
    for each in fields(settings):
        read: Callable[[Any], Any] = each.metadata["read"]
        try:
            object.__setattr__(settings, each.name, read(getattr(settings, each.name)))
        except ValueError as error:
            yield Violation(variable(each.name), str(error))


def default(name: str) -> Any:
    """Return the default of a setting."""
    return Settings.__dataclass_fields__[name].default


def _is_origin(value: Any) -> bool:
    """Tell whether a value is a URL of scheme and host only."""
    if not isinstance(value, str):
        return False
    parts = urlsplit(value)
    return parts.scheme in ("http", "https") and bool(parts.hostname) and value == f"{parts.scheme}://{parts.netloc}"
