"""The kinds of onboarding that the model walks, and what may go wrong in the world of each."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any, Final

from wizard.rehearsal import Scene, load_scene
from wizard.rehearsal.choices import AdminAction, FaultBody, MfaHeader, ReferralsRole, Service, UserAction
from wizard.rehearsal.world import Fault, World

WAYS: Final[Mapping[str, str]] = {
    "csp-public-code": "all-holds-public",
    "app-only": "app-only",
    "referrals-secret-code": "referrals-admin",
    "csp-secret-browser": "browser-web-secret",
    "csp-stored-before": "two-versions",
    "vendor-secret-code": "vendor-all-holds",
    "csp-secret-code": "all-holds-secret",
    "taken-over-from-cipp": "takeover-cipp",
    "taken-over-pasted": "takeover-typed",
    "csp-public-browser": "browser-desktop",
    "csp-wizard-chooses": "browser-auto",
    "csp-certificate-code": "all-holds-certificate",
    "csp-certificate-browser": "browser-web-certificate",
    "csp-workload": "federated-workload",
    "csp-managed-identity": "federated-managed",
    "vendor-public-code": "vendor-public-client",
}
"""Scenes in which everything holds, by kind, credential and way to sign in."""


def scene_of(way: str) -> Scene:
    """Return the scene of a way, in which everything holds."""
    scene = load_scene(WAYS[way])
    policy = replace(scene.world.policy, honours_claims=True)
    machine = replace(scene.world.machine, token_expires_in=10**8)  # a host renews it
    return replace(scene, world=replace(scene.world, policy=policy, machine=machine))


def _in(part: str, **values: Any) -> Callable[[World], World]:
    return lambda world: replace(world, **{part: replace(getattr(world, part), **values)})


def _user(**values: Any) -> Callable[[World], World]:
    return lambda world: replace(
        world, people={**world.people, "integration": replace(world.people["integration"], **values)}
    )


def _as_good(world: World) -> World:
    """Return a world in which another account may do all that the integration user may: its name alone is wrong."""
    user, other = world.people["integration"], world.people["adele"]
    as_good = replace(user, account=other.account, object_id=other.object_id)
    return replace(world, people={**world.people, "adele": as_good})


TROUBLES: Final[Mapping[str, Callable[[World], World]]] = {
    "the user declines": _in("behaviour", user=UserAction.DECLINE),
    "nobody signs in": _in("behaviour", user=UserAction.NOBODY),
    "another account signs in": lambda world: _as_good(_in("behaviour", signs_in_as="adele")(world)),
    "a guest signs in": _in("behaviour", signs_in_as="guest"),
    "the administrator declines": _in("behaviour", admin=AdminAction.DECLINE),
    "no administrator answers": _in("behaviour", admin=AdminAction.NOBODY),
    "who opens the link may not consent": _in("behaviour", consents_as="adele"),
    "nobody is asked for MFA": _in("policy", honours_claims=False),
    "tokens do not tell of MFA": _in("policy", amr_in_tokens=False),
    "device codes are blocked": _in("policy", device_code_blocked=True),
    "a code's sessions are blocked later": _in("policy", device_code_blocked_on_refresh=True),
    "security defaults": _in("policy", security_defaults=True),
    "MFA is not counted": _in("partner_center", mfa_header=MfaHeader.FALSE),
    "whether MFA counts is not told": _in("partner_center", mfa_header=MfaHeader.ABSENT),
    "no partner": _in("partner_center", is_partner=False),
    "another partner's profile": _in("partner_center", profile_tenant="22222222-bbbb-4bbb-8bbb-000000000002"),
    "Partner Center is not provisioned": _in("partner_center", provisioned=False),
    "the app is not added": _in("partner_center", app_added=False),
    "no Admin agent": _user(admin_agent=False, referrals=ReferralsRole.NONE),
    "no MFA method": _user(mfa_registered=False),
    "the password is a first one": _user(password_must_change=True),
    "a grant is seen late": _in("consent", grant_delay=60),
    "the vault refuses everything": _in("vault", refusal_code="ForbiddenByRbac"),
    "the vault is gone": _in("vault", exists=False),
    "the vault refuses the token": _in(
        "vault", put_refused_secret="partner-center-refresh-token", put_refusal_code="ForbiddenByRbac"
    ),
    "the vault may not be written": _in("vault", rights_missing=("set",)),
    "the vault cannot be reached": _in("network", blocked=(Service.VAULT,)),
    "Partner Center cannot be reached": _in("network", blocked=(Service.PARTNER_CENTER,)),
}
"""What is true of the world from then on, by what it is called; the model puts it right again."""


OF_A_SIGN_IN: Final = (
    "another account signs in",
    "no Admin agent",
    "nobody is asked for MFA",
    "MFA is not counted",
    "a guest signs in",
    "another partner's profile",
    "a code's sessions are blocked later",
    "no partner",
    "the user declines",
)
"""Those after which the token of a sign-in may not be stored; each journey meets one of them before its end.

In this order, so that the cases of `make test` meet most of them, and nine cases of a way all.
"""


@dataclass(frozen=True, slots=True)
class Strike:
    """A fault of a service: what is answered wrongly, how, and how often."""

    service: Service
    method: str
    path: str
    status: int
    body: FaultBody
    after: int
    times: int

    def fault(self) -> Fault:
        """Return it as the rehearsal cloud injects it."""
        return Fault(self.service, self.method, self.path, self.after, self.times, self.status, self.body)


STRUCK: Final = (
    (Service.LOGIN, "POST", "*/token"),
    (Service.LOGIN, "POST", "*/devicecode"),
    (Service.LOGIN, "GET", "*"),
    (Service.VAULT, "GET", "*"),
    (Service.VAULT, "PUT", "*"),
    (Service.VAULT, "PUT", "*token"),
    (Service.PARTNER_CENTER, "GET", "*/organization"),
    (Service.PARTNER_CENTER, "GET", "*/customers"),
    (Service.PARTNER_CENTER, "GET", "*"),
    (Service.REFERRALS, "GET", "*"),
)
"""Requests that a fault may strike."""
SAID: Final = (
    (429, FaultBody.JSON),
    (503, FaultBody.HTML),
    (500, FaultBody.JSON),
    (403, FaultBody.JSON),
    (404, FaultBody.HTML),
    (200, FaultBody.HTML),
    (503, FaultBody.CUT),
    (503, FaultBody.RESET),
)
"""Status and form of a fault's answer."""
