"""When memories and revisions expire."""

from __future__ import annotations

from datetime import datetime, timedelta
from enum import Enum

from memorybank.resources.config import MemoryBankConfig
from memorybank.resources.memory import Memory, RevisionOptions

REVISION_LIFE = timedelta(days=365)
"""How long a revision is kept by default: Google's value."""


class Cause(Enum):
    """The cause of a write to a memory."""

    CREATED = "create_ttl"
    UPDATED = ""
    GENERATED = "generate_created_ttl"
    REGENERATED = "generate_updated_ttl"


def memory_end(
    config: MemoryBankConfig, cause: Cause, *, now: datetime, current: datetime | None = None
) -> datetime | None:
    """Return when a memory written now expires if the request does not say.

    Every write restarts the default TTL. A granular TTL is restarted only by its own cause; others keep `current`.
    """
    rules = config.ttl_config
    if rules is None:
        return current
    if rules.default_ttl is not None:
        return now + rules.default_ttl
    granular = rules.granular_ttl_config
    ttl = getattr(granular, cause.value, None) if granular and cause.value else None
    return now + ttl if ttl is not None else current


def requested_end(memory: Memory, *, now: datetime) -> datetime | None:
    """Return the expiry time that a request asks for, or None."""
    return now + memory.ttl if memory.ttl is not None else memory.expire_time


def revision_end(config: MemoryBankConfig, options: RevisionOptions, *, now: datetime) -> datetime:
    """Return when a revision made now expires: as set by the request, or else by the bank, or else after 365 days."""
    if options.revision_expire_time is not None:
        return options.revision_expire_time
    return now + (options.revision_ttl or revision_life(config))


def revision_life(config: MemoryBankConfig) -> timedelta:
    """Return how long a revision is kept if the request does not say."""
    default = config.ttl_config.memory_revision_default_ttl if config.ttl_config else None
    return default or REVISION_LIFE


def keeps_revisions(config: MemoryBankConfig, options: RevisionOptions) -> bool:
    """Tell whether a change leaves a revision."""
    return not (config.disable_memory_revisions or options.disable_memory_revisions)
