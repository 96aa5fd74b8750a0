"""Authentication: how callers prove who they are, and which proof this deployment accepts."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from memorybank.access.certificates import Verifier
from memorybank.access.tokens import Reader, bearer_token, checked_email, email_of, unverified_claims
from memorybank.config import Settings, variable
from memorybank.errors import InvalidArgument, PermissionDenied, Unauthenticated, Violation

CALLER_HEADER = "x-memory-caller"
"""The header in which the router names the caller that it has verified."""


@dataclass(frozen=True)
class Identity:
    """How callers prove who they are.

    Without `reader`, callers are not identified. `router` is the only account that may act for other callers;
    `task_callers` are the accounts that may call the worker and the sweep.
    """

    reader: Reader | None = None
    router: str | None = None
    task_callers: frozenset[str] = frozenset()

    def caller(self, headers: Mapping[str, str]) -> str | None:
        """Return the email of the caller in lower case, or None if callers are not identified.

        Keys of `headers` are lower case. Only the router may name a caller other than itself.
        Raises `Unauthenticated` and `PermissionDenied`.
        """
        if self.reader is None:
            return None
        email = email_of(self.reader(bearer_token(headers)))
        spoken_for = headers.get(CALLER_HEADER)
        if email != self.router:
            if spoken_for is not None:
                raise PermissionDenied("Only the router may send X-Memory-Caller: leave it out.")
            return email
        caller = checked_email(spoken_for)
        if caller is None:
            raise Unauthenticated("The router named no caller in X-Memory-Caller.")
        return caller

    def require_task_caller(self, headers: Mapping[str, str]) -> None:
        """Refuse accounts that may not deliver work, even if Cloud Run has let them in."""
        if self.reader is None:
            return
        email = email_of(self.reader(bearer_token(headers)))
        if email not in self.task_callers:
            raise PermissionDenied(f"{email} is not among the accounts that may deliver work here.")


def identity_of(settings: Settings, *, local: bool = False, loopback: bool = False) -> Identity:
    """Read how callers prove who they are from the settings: IAM by default, nothing for a `local` server.

    `loopback` says that only this machine can reach the process. All errors are reported at once.
    """
    mode = settings.auth or ("none" if local else "iam")
    found = _mistakes(settings, mode=mode, loopback=loopback)
    if local and mode == "iam":
        right = "iam is for functions behind Cloud Run, which verifies their tokens: a local server needs verify"
        found.append(Violation(variable("auth"), right))
    if found:
        raise InvalidArgument.of(*found)
    if mode == "none":
        return Identity()
    audiences = _names(settings.auth_audiences)
    return Identity(
        reader=Verifier(settings.auth_certs_url, audiences=audiences) if mode == "verify" else unverified_claims,
        router=checked_email(settings.router_account),
        task_callers=frozenset(email.lower() for email in _names(settings.worker_callers)),
    )


def _mistakes(settings: Settings, *, mode: str, loopback: bool) -> list[Violation]:
    found = []
    if mode == "none" and not loopback and settings.auth_none_confirmed is None:
        right = f"if that is meant, set {variable('auth_none_confirmed')}=yes"
        found.append(Violation(variable("auth"), f"none admits everybody who can reach this process: {right}"))
    if mode == "none" and settings.access_rules:
        right = f"needs {variable('auth')}=iam or verify: otherwise callers are not identified"
        found.append(Violation(variable("access_rules"), right))
    if mode == "verify" and not _names(settings.auth_audiences):
        right = f"is needed when {variable('auth')} is verify: the URLs that clients fetch their tokens for"
        found.append(Violation(variable("auth_audiences"), right))
    for name in ("worker_callers", "router_account"):
        wrong = [email for email in _names(getattr(settings, name)) if checked_email(email) is None]
        found += [Violation(variable(name), f"{email[:100]!r} is not an email") for email in wrong]
    return found


def _names(setting: str | None) -> list[str]:
    return [name.strip() for name in (setting or "").split(",") if name.strip()]
