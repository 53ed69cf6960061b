"""The app's secrets, certificates and federated credentials in Graph: which is in use, and when each expires."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Final

from wizard.core.errors import ServiceRefusal
from wizard.core.findings import Finding, Item, ItemKind, Outcome, Who
from wizard.core.timestamps import day
from wizard.microsoft.graph import Unread
from wizard.onboarding.finding_builders import fixed_by, of_items, refused
from wizard.onboarding.health_rule import HealthRule
from wizard.onboarding.onboarding_context import Onboarding
from wizard.onboarding.probes.app_access import refusal_of_app_at_home
from wizard.onboarding.probes.app_credential import EXPIRES_SOON, credential_fixes
from wizard.onboarding.probes.credential import client_credential
from wizard.onboarding.probes.graph_reading import app_cannot_read_itself, needs_to_read, read_registration, untold
from wizard.onboarding.probes.key_fixes import remove_old_keys
from wizard.onboarding.probes.key_mismatch import Mismatch, mismatch_of, name_of, validity_of
from wizard.onboarding.probes.known_credential import CREDENTIALS_PAGE, is_valid, key_ids_of, may_be
from wizard.onboarding.probes.outside_token import NOT_TRUSTED
from wizard.onboarding.probes.trust_in_graph import compare_trust
from wizard.onboarding.refusal_context import RefusalContext
from wizard.onboarding.step import Check

if TYPE_CHECKING:
    from wizard.microsoft.credentials import Credential
    from wizard.microsoft.registration import AppCertificate, AppRegistration, AppSecret

IN_USE: Final = "in use here"


def check_keys(onboarding: Onboarding) -> Finding:
    """The credential entered is one of the app's, and none of the app's has expired or is about to."""
    from wizard.microsoft.credentials import FederatedCredential

    found = read_registration(onboarding)
    if isinstance(found, Unread):
        return untold(onboarding, found)
    credential, now = client_credential(onboarding), onboarding.clock.now()
    if isinstance(credential, FederatedCredential):
        items, mismatch = compare_trust(onboarding, credential)
    else:
        items, mismatch = _unknown(credential, found, now), mismatch_of(credential, found, now)
    used = key_ids_of(credential, found)
    every: list[AppSecret | AppCertificate] = [*found.secrets, *found.certificates]
    items = (*items, *(_item(each, now, is_used=each.key_id in used) for each in every))
    if mismatch is None or onboarding.memory.new_credential is not None:  # made just now: Graph may not show it yet
        return _of_all(onboarding, items, every, used)
    refusal = refusal_of_app_at_home(onboarding)
    if refusal is None or refusal.code not in mismatch.codes:
        return _of_all(onboarding, (_not_listed(mismatch, refusal), *items), every, used)
    return _refused(onboarding, mismatch, refusal, items)


def _refused(onboarding: Onboarding, mismatch: Mismatch, refusal: ServiceRefusal, items: tuple[Item, ...]) -> Finding:
    """Return the finding of a credential that Graph does not show among the app's, and that Entra refuses as well."""
    finding = refused(refusal, context=RefusalContext.OUTSIDE_TOKEN if refusal.code in NOT_TRUSTED else "")
    missing = Item(mismatch.subject, Outcome.FAILS, mismatch.what, ItemKind.MISSING)
    finding = replace(
        finding,
        message=f"{mismatch.message} Entra refuses it as well.",
        evidence={**mismatch.evidence, **finding.evidence},
        actions=mismatch.acts,
        items=(missing, *items),
    )
    return fixed_by(finding, *credential_fixes(onboarding, refusal))


def _not_listed(mismatch: Mismatch, refusal: ServiceRefusal | None) -> Item:
    """Return the item of a credential that is not on Graph's list, where Entra does not say the same."""
    accepted = "; Entra accepts it all the same: Graph may be behind, or it is the service principal's own"
    message = f"{mismatch.what}{accepted if refusal is None else ''}"
    return Item(mismatch.subject, Outcome.WARNS, message, ItemKind.MISSING)


def _of_all(
    onboarding: Onboarding,
    items: tuple[Item, ...],
    every: list[AppSecret | AppCertificate],
    used: frozenset[str],
) -> Finding:
    """Return the finding of everything that the app can prove itself with, each with its end."""
    wrong, now = sum(item.outcome is not Outcome.HOLDS for item in items), onboarding.clock.now()
    several = f"{len(every)} secrets and certificates" if len(every) != 1 else "1 secret or certificate"
    finding = of_items(
        f"Graph shows {several} of the app; {wrong or 'nothing'} of what is listed here needs attention."
        if items
        else "The app has neither secrets nor certificates, as a public client needs none.",
        items,
        tuple(_acts(items, every, now)),
        Who.OPERATOR,
        Who.ADMIN,
    )
    old = [each for each in every if _is_old(each, now) and each.key_id not in used] if used else []
    valid = any(each.expires_at and each.expires_at > now for each in old)
    return fixed_by(finding, *remove_old_keys(onboarding, old, some_are_valid=valid))


def _acts(items: tuple[Item, ...], every: list[AppSecret | AppCertificate], now: datetime) -> Iterator[str]:
    """Yield what to do about what is listed, each only where there is something that it is for."""
    left = [each.expires_at - now for each in every if each.expires_at]
    if any(timedelta(0) < each < EXPIRES_SOON for each in left):
        yield f"Replace in time what is about to expire: {CREDENTIALS_PAGE}."
    if any(each <= timedelta(0) for each in left):
        yield f"Delete what has expired: {CREDENTIALS_PAGE}."
    if any(item.kind is ItemKind.MISSING for item in items):
        yield "If the credential entered here is not the app's, enter the one that is."
    if any(item.outcome is Outcome.UNKNOWN for item in items):
        yield f"Look up what could not be told: {CREDENTIALS_PAGE}."


def _is_old(each: AppSecret | AppCertificate, now: datetime) -> bool:
    """Return whether a secret or certificate has expired, or is about to."""
    return each.expires_at is not None and each.expires_at - now < EXPIRES_SOON


def _unknown(credential: Credential | None, found: AppRegistration, now: datetime) -> tuple[Item, ...]:
    """Return the item of a credential that Graph does not tell apart, where it hides what a valid key is known by."""
    hidden = [each for each in may_be(credential, found) if not each.known_by and is_valid(each, now)]
    if not hidden or key_ids_of(credential, found):
        return ()
    message = "Graph does not show of every one what it is known by"
    return (Item("the credential entered here", Outcome.UNKNOWN, message, ItemKind.UNREAD),)


def _item(each: AppSecret | AppCertificate, now: datetime, *, is_used: bool) -> Item:
    """Return when a secret or certificate expires, and whether that is soon."""
    subject, use, words = name_of(each), f"; {IN_USE}" if is_used else "", validity_of(each, now)
    if each.expires_at is None:
        return Item(subject, Outcome.UNKNOWN, f"{words}{use}", ItemKind.EXPIRES, id=each.key_id)
    left, is_early = each.expires_at - now, each.created_at is not None and each.created_at > now
    if is_early or each.expires_at <= now:
        return Item(subject, Outcome.WARNS, f"{words}{use}", ItemKind.EXPIRES, id=each.key_id)
    outcome = Outcome.WARNS if left < EXPIRES_SOON else Outcome.HOLDS
    message = f"on {day(each.expires_at)}, in {left.days} days{use}"
    return Item(subject, outcome, message, ItemKind.EXPIRES, id=each.key_id)


KEYS_CHECK: Final = Check(
    "app.keys",
    "The app's credentials stay valid",
    "A credential of the app needs attention",
    "Credential",
    check_keys,
    advisory=True,
    stops_if_fails=True,
    fields_to_fix=("client_secret", "certificate", "credential_name", "managed_identity", "assertion_file"),
    skipped_because=app_cannot_read_itself,
    health_rule=HealthRule(needs=needs_to_read),
)
