"""Access control: the check that every request passes before anything is read for it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from memorybank.access.identity import Identity, identity_of
from memorybank.access.rights import UNLIMITED, Rights
from memorybank.access.rules import Rules, read_rules
from memorybank.config import Settings


@dataclass(frozen=True)
class Access:
    """Identifies callers and looks up their rights. Without `rules`, every admitted caller may do everything."""

    identity: Identity = field(default_factory=Identity)
    rules: Rules | None = None

    def rights(self, headers: Mapping[str, str]) -> Rights:
        """Return what the caller of a request may do, or raise `Unauthenticated` or `PermissionDenied`."""
        return self.rights_of(self.identity.caller(headers))

    def rights_of(self, caller: str | None) -> Rights:
        """Return what a caller may do, by their email; None is somebody who was not asked."""
        return UNLIMITED if self.rules is None or caller is None else self.rules.rights(caller)


OPEN = Access()
"""Access without authentication: everybody may do everything."""


def access_of(settings: Settings, *, local: bool = False, loopback: bool = False) -> Access:
    """Build the access of a deployment; see `identity_of`."""
    identity = identity_of(settings, local=local, loopback=loopback)
    return Access(identity, read_rules(settings.access_rules) if settings.access_rules else None)
