"""The app's secrets and certificates as Graph shows them: which one is in use, and when each expires."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Final

from wizard.core.findings import Finding, Item, ItemKind, Outcome, Who
from wizard.core.timestamps import day
from wizard.microsoft.graph import Unread
from wizard.onboarding.finding_builders import fixed_by, of_items
from wizard.onboarding.health_rule import HealthRule
from wizard.onboarding.onboarding_context import Onboarding
from wizard.onboarding.probes.app_credential import EXPIRES_SOON
from wizard.onboarding.probes.credential import client_credential
from wizard.onboarding.probes.graph_reading import app_may_not_read, needs_to_read, read_registration, untold
from wizard.onboarding.probes.key_fixes import remove_old_keys
from wizard.onboarding.probes.known_credential import CREDENTIALS_PAGE, is_among, key_ids_of
from wizard.onboarding.step import Check

if TYPE_CHECKING:
    from wizard.microsoft.credentials import Credential
    from wizard.microsoft.registration import AppCertificate, AppRegistration, AppSecret

IN_USE: Final = "in use here"


def check_keys(onboarding: Onboarding) -> Finding:
    """The credential entered is one of the app's, and none of the app's has expired or is about to."""
    found = read_registration(onboarding)
    if isinstance(found, Unread):
        return untold(onboarding, found)
    credential, now = client_credential(onboarding), onboarding.clock.now()
    used = key_ids_of(credential, found)
    every: list[AppSecret | AppCertificate] = [*found.secrets, *found.certificates]
    items = (*_missing(found, credential), *(_item(each, now, is_used=each.key_id in used) for each in every))
    wrong = sum(item.outcome is not Outcome.HOLDS for item in items)
    several = f"{len(every)} secrets and certificates" if len(every) != 1 else "1 secret or certificate"
    finding = of_items(
        f"The app has {several}; {wrong or 'none'} of what is listed needs attention."
        if items
        else "The app has neither secrets nor certificates, as a public client needs none.",
        items,
        (
            f"Delete what has expired, and replace in time what is about to: {CREDENTIALS_PAGE}.",
            "If the credential entered here is not the app's, enter the one that is.",
        ),
        Who.OPERATOR,
        Who.ADMIN,
    )
    old = [each for each in every if _is_old(each, now) and each.key_id not in used] if used else []
    valid = any(each.expires_at and each.expires_at > now for each in old)
    return fixed_by(finding, *remove_old_keys(onboarding, old, some_are_valid=valid))


def _is_old(each: AppSecret | AppCertificate, now: datetime) -> bool:
    """Return whether a secret or certificate has expired, or is about to."""
    return each.expires_at is not None and each.expires_at - now < EXPIRES_SOON


def _missing(found: AppRegistration, credential: Credential | None) -> tuple[Item, ...]:
    """Return the item of a secret or certificate that is none of the app's; none where it is one."""
    from wizard.microsoft.credentials import ClientCertificate, ClientSecret

    if not isinstance(credential, ClientCertificate | ClientSecret) or is_among(credential, found):
        return ()
    subject, message = "the client secret entered here", "none of the app's begins with its first three characters"
    if isinstance(credential, ClientCertificate):
        subject = f"the certificate entered here ({credential.thumbprint})"
        message = "none of the app's has this thumbprint"
    if is_among(credential, found) is False:
        return (Item(subject, Outcome.FAILS, message, ItemKind.MISSING),)
    return (Item(subject, Outcome.UNKNOWN, "Graph does not show of every one what it is known by", ItemKind.UNREAD),)


def _item(each: AppSecret | AppCertificate, now: datetime, *, is_used: bool) -> Item:
    """Return when a secret or certificate expires, and whether that is soon."""
    subject, use = _subject(each), f"; {IN_USE}" if is_used else ""
    if each.expires_at is None:
        return Item(
            subject, Outcome.UNKNOWN, f"Graph gives no end that can be read{use}", ItemKind.EXPIRES, id=each.key_id
        )
    left, ends = each.expires_at - now, day(each.expires_at)
    if left.total_seconds() <= 0:
        outcome = Outcome.FAILS if is_used else Outcome.WARNS
        return Item(subject, outcome, f"expired on {ends}{use}", ItemKind.EXPIRES, id=each.key_id)
    if each.created_at and each.created_at > now:
        return Item(
            subject, Outcome.WARNS, f"not valid before {day(each.created_at)}{use}", ItemKind.EXPIRES, id=each.key_id
        )
    outcome = Outcome.WARNS if left < EXPIRES_SOON else Outcome.HOLDS
    return Item(subject, outcome, f"on {ends}, in {left.days} days{use}", ItemKind.EXPIRES, id=each.key_id)


def _subject(each: AppSecret | AppCertificate) -> str:
    """Return what the portal calls it, so that one of several is found."""
    from wizard.microsoft.registration import AppSecret

    made = f", made {day(each.created_at)}" if each.created_at else ""
    if isinstance(each, AppSecret):
        begins = f", {each.hint}…" if each.hint else ""
        return f"secret “{each.name or each.key_id}”{begins}{made}"
    return f"certificate “{each.name or each.key_id}”{f', {each.thumbprint}' if each.thumbprint else ''}{made}"


KEYS_CHECK: Final = Check(
    "app.keys",
    "The app's credentials last",
    "A credential of the app needs attention",
    "In Graph",
    check_keys,
    advisory=True,
    fields_to_fix=("client_secret", "certificate", "credential_name"),
    skipped_because=app_may_not_read,
    health_rule=HealthRule(needs=needs_to_read),
)
