"""Who a request's token says it is from, and whom the bank does not believe."""

from __future__ import annotations

import base64
import time
from collections.abc import Mapping
from typing import Any

import pytest

from memorybank.access.identity import Identity, identity_of
from memorybank.access.tokens import LEEWAY, bearer_token, checked_email, email_of, unverified_claims
from memorybank.config import Settings
from memorybank.errors import InvalidArgument, PermissionDenied, Unauthenticated
from tests.functions.callers import token

ROUTER = "router@p.iam.gserviceaccount.com"
IDENTITY = Identity(unverified_claims, router=ROUTER, task_callers=frozenset({"tasks@p.iam.gserviceaccount.com"}))


def sent(email: Any = "ada@example.com", *, header: str = "authorization", **claims: Any) -> dict[str, str]:
    return {header: f"Bearer {token(email, **claims)}"}


def test_the_caller_is_whom_the_token_names_in_lower_case() -> None:
    assert IDENTITY.caller(sent("Ada@Example.COM")) == "ada@example.com"


def test_without_a_reader_nobody_is_asked() -> None:
    assert Identity().caller({"x-memory-caller": "eve@example.com"}) is None


def test_of_two_headers_only_the_one_that_cloud_run_verifies_is_believed() -> None:
    both = sent("eve@example.com") | sent("ada@example.com", header="x-serverless-authorization")
    assert IDENTITY.caller(both) == "ada@example.com"


@pytest.mark.parametrize("value", ["", "Bearer", "Bearer  ", "rubbish", "Basic YWRhOng="])
def test_a_verified_header_that_says_nothing_is_not_made_up_for_by_the_other(value: str) -> None:
    with pytest.raises(Unauthenticated):
        IDENTITY.caller(sent() | {"x-serverless-authorization": value})


def test_a_request_without_a_token_is_told_how_to_send_one() -> None:
    with pytest.raises(Unauthenticated, match="Authorization: Bearer TOKEN"):
        IDENTITY.caller({})


@pytest.mark.parametrize(
    "value",
    [
        "a.b.c",
        "..",
        "ya29.an-access-token",
        "x" * 100_000,
        "a." + base64.urlsafe_b64encode(b"[" * 4000).decode() + ".c",
        "a." + base64.urlsafe_b64encode(b"[1]").decode() + ".c",
        "a." + base64.urlsafe_b64encode(b"\xff\xfe").decode() + ".c",
        token() + "," + token("eve@example.com"),
        token() + ".more",
    ],
)
def test_rubbish_is_no_token_and_is_not_told_back(value: str) -> None:
    with pytest.raises(Unauthenticated) as refused:
        IDENTITY.caller({"authorization": f"Bearer {value}"})
    assert value[:12] not in refused.value.message


@pytest.mark.parametrize(
    ("claims", "says"),
    [
        ({"iss": "https://evil.example"}, "issued"),
        ({"iss": None}, "issued"),
        ({"iss": "https://accounts.google.com/"}, "issued"),
        ({"exp": time.time() - LEEWAY - 5}, "expired"),
        ({"exp": None}, "expired"),
        ({"exp": True}, "expired"),
        ({"exp": "9999999999"}, "expired"),
        ({"exp": float("nan")}, "expired"),
        ({"exp": float("inf")}, "expired"),
        ({"exp": -1}, "expired"),
        ({"exp": 10**400}, "expired"),
        ({"exp": time.time() + 400 * 86_400}, "longer than Google's"),
        ({"nbf": time.time() + 86_400}, "not valid yet"),  # however long after the collection it runs
        ({"nbf": float("nan")}, "not valid yet"),
        ({"nbf": None}, "not valid yet"),
        ({"email": "ada@\N{KELVIN SIGN}.example.com"}, "include_email"),
        ({"email": "ad\N{CYRILLIC SMALL LETTER A}@example.com"}, "include_email"),
        ({"email_verified": False}, "not verified"),
        ({"email_verified": "true"}, "not verified"),
        ({"email_verified": None}, "not verified"),
        ({"email": None}, "include_email"),
        ({"email": ["ada@example.com"]}, "include_email"),
        ({"email": "ada"}, "include_email"),
        ({"email": "*@example.com"}, "include_email"),
        ({"email": "a@b@example.com"}, "include_email"),
        ({"email": "${caller.local}@example.com"}, "include_email"),
        ({"email": "ada@example.com\n"}, "include_email"),
        ({"email": "a" * 65 + "@example.com"}, "include_email"),
    ],
)
def test_a_token_that_is_not_as_google_makes_it_is_refused(claims: Mapping[str, Any], says: str) -> None:
    with pytest.raises(Unauthenticated, match=says):
        IDENTITY.caller({"authorization": f"Bearer {token(**claims)}"})


def test_clocks_may_differ_by_a_minute() -> None:
    claims = unverified_claims(token(exp=1000.0))
    assert email_of(claims, now=lambda: 1000.0 + LEEWAY) == "ada@example.com"
    with pytest.raises(Unauthenticated):
        email_of(claims, now=lambda: 1001.0 + LEEWAY)


def test_the_router_speaks_for_its_caller() -> None:
    assert IDENTITY.caller(sent(ROUTER) | {"x-memory-caller": "Ada@example.com"}) == "ada@example.com"


@pytest.mark.parametrize("forged", ["ada@example.com", "", ROUTER])
def test_nobody_else_speaks_for_others(forged: str) -> None:
    with pytest.raises(PermissionDenied, match="Only the router"):
        IDENTITY.caller(sent("eve@example.com") | {"x-memory-caller": forged})
    with pytest.raises(PermissionDenied):
        Identity(unverified_claims).caller(sent("eve@example.com") | {"x-memory-caller": forged})


@pytest.mark.parametrize("named", [None, "", "ada", "ada@example.com,eve@example.com", "*@example.com"])
def test_the_router_must_name_one_caller(named: str | None) -> None:
    headers = sent(ROUTER) | ({} if named is None else {"x-memory-caller": named})
    with pytest.raises(Unauthenticated, match="router named no caller"):
        IDENTITY.caller(headers)


def test_only_the_accounts_that_deliver_work_may_deliver_it() -> None:
    IDENTITY.require_task_caller(sent("Tasks@p.iam.gserviceaccount.com"))
    for email in (ROUTER, "eve@example.com"):
        with pytest.raises(PermissionDenied, match="deliver work"):
            IDENTITY.require_task_caller(sent(email) | {"x-memory-caller": "tasks@p.iam.gserviceaccount.com"})
    with pytest.raises(Unauthenticated):
        IDENTITY.require_task_caller({})


def test_a_worker_that_names_no_accounts_takes_work_from_nobody() -> None:
    with pytest.raises(PermissionDenied):
        Identity(unverified_claims).require_task_caller(sent())


def test_functions_ask_for_tokens_unless_told_otherwise() -> None:
    assert identity_of(Settings()).reader is unverified_claims


def test_asking_nobody_must_be_confirmed_where_others_can_reach_the_process() -> None:
    with pytest.raises(InvalidArgument, match="MEMORYBANK_AUTH_NONE_CONFIRMED=yes"):
        identity_of(Settings(auth="none"))
    assert identity_of(Settings(auth="none"), loopback=True).reader is None
    assert identity_of(Settings(), local=True, loopback=True).reader is None
    assert identity_of(Settings(auth="none", auth_none_confirmed="yes")).reader is None


def test_loopback_does_not_switch_a_chosen_mode_off() -> None:
    verified = Settings(auth="verify", auth_audiences="https://bank.example.com")
    assert identity_of(verified, local=True, loopback=True).reader is not None


def test_a_local_server_believes_no_token_that_nobody_has_checked() -> None:
    with pytest.raises(InvalidArgument, match="needs verify"):
        identity_of(Settings(auth="iam"), local=True, loopback=True)


def test_all_that_is_wrong_with_the_settings_is_told_at_once() -> None:
    wrong = Settings(auth="verify", worker_callers="tasks, a@b@c", router_account="router")
    with pytest.raises(InvalidArgument) as refused:
        identity_of(wrong)
    assert [each.field for each in refused.value.violations] == [
        "MEMORYBANK_AUTH_AUDIENCES",
        "MEMORYBANK_WORKER_CALLERS",
        "MEMORYBANK_WORKER_CALLERS",
        "MEMORYBANK_ROUTER_ACCOUNT",
    ]


def test_rules_need_callers_who_say_who_they_are() -> None:
    with pytest.raises(InvalidArgument, match="needs MEMORYBANK_AUTH=iam or verify"):
        identity_of(Settings(access_rules="rules.yaml"), local=True, loopback=True)


def test_emails_are_one_address() -> None:
    assert checked_email("A.b+c@x-y.example.com") == "a.b+c@x-y.example.com"
    assert [checked_email(bad) for bad in ("", "@", "a@", "@b", "a b@c", "a@b c", 7, None, "ä@b/c")] == [None] * 9


def test_the_scheme_is_read_whatever_its_case() -> None:
    assert bearer_token({"authorization": "bEaReR abc"}) == "abc"
