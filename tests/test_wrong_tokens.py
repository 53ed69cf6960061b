"""A token that is well-formed and says something else than is wanted: its check does not hold, whoever signed it."""

from __future__ import annotations

from collections.abc import Callable
from itertools import product
from typing import Final

from tests.each import for_each
from tests.made_tokens import access_claims, made
from tests.test_graph_identity import CLIENT, NAME, TENANT, USER, Stub, onboarding
from wizard.core.findings import Finding, Outcome
from wizard.microsoft.token_response import read_token_response
from wizard.onboarding.onboarding_context import Onboarding
from wizard.onboarding.sign_in.token_checks import (
    check_account,
    check_audience,
    check_mfa,
    check_scope,
    check_token_tenant,
)

Check = Callable[[Onboarding], Finding]
HEADS: Final = ({"typ": "JWT", "alg": "RS256", "kid": "a-key"}, {"typ": "JWT", "alg": "none"}, {"alg": "HS256"})
OTHER = "22222222-bbbb-4bbb-8bbb-000000000002"
API = "https://api.partnercenter.microsoft.com"
WRONG: Final[tuple[tuple[Check, str, tuple[object, ...]], ...]] = (
    (check_token_tenant, "tid", (
        OTHER, "contoso.com", f"{TENANT}x", f"x{TENANT}", TENANT[:-1], "common", "", None, [TENANT],
    )),
    (check_audience, "aud", (
        "https://graph.microsoft.com", f"{API}.evil.example", "http://api.partnercenter.microsoft.com",
        f"{API}/v1", CLIENT, f"{API}:443", "api.partnercenter.microsoft.com", "", None, [API], {"a": API},
    )),
    (check_account, "upn", (
        "adele@contoso.com", "partner-integration@fabrikam.com", f"{NAME}.evil.example", f"x{NAME}", NAME[:-1],
        "partner\u2010integration@contoso.com", "p\u0430rtner-integration@contoso.com", "partner-integration",
        f"{NAME}, adele@contoso.com", "partner-integration_contoso.com#EXT#@fabrikam.com", USER,
    )),
    (check_mfa, "amr", (
        [], ["pwd"], ["pwd", "nomfa"], ["MFA "], ["mfa,pwd"], ["rsa"], [["mfa"]], [{"mfa": True}], "mfa", None,
    )),
    (check_scope, "scp", (
        "", None, "User.Read", "user_impersonation2", "xuser_impersonation", "USER_IMPERSONATION",
        "user-impersonation",
        ["user_impersonation"], f"{API}/user_impersonation", "user_impersonation,openid",
    )),
)  # fmt: skip
"""The check of each claim, and values of it that are not what is wanted."""


def finding_of(check: Check, head: object, **changed: object) -> Finding:
    """What a check says of a sign-in whose token has other claims; it is for nothing but what the token says."""
    here = onboarding(Stub())
    claims = access_claims(tid=TENANT, appid=CLIENT, oid=USER, unique_name=None) | changed
    here.memory.sign_in.tokens = read_token_response({"access_token": made(claims, head)}, "login.microsoftonline.com")
    return check(here)


@for_each(product((check for check, _, _ in WRONG), HEADS[:1]))
def test_a_token_that_says_what_is_wanted_holds(check: Check, head: object) -> None:
    assert finding_of(check, head).outcome is Outcome.HOLDS


@for_each((check, name, value, head) for check, name, values in WRONG for value, head in product(values, HEADS))
def test_a_token_that_says_anything_else_does_not(check: Check, name: str, value: object, head: object) -> None:
    assert finding_of(check, head, **{name: value}).outcome is not Outcome.HOLDS
