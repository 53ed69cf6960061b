"""Step 5, store and prove: written, read back, and the value read back redeemed and used as a renewal will use it."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING

from wizard.core.errors import ServiceRefusal, Unreachable
from wizard.core.findings import Finding, Outcome, Then, Who
from wizard.core.retries import with_retries
from wizard.core.text import clean_line, is_sendable
from wizard.microsoft.token_response import TokenResponse
from wizard.onboarding.memory import Written
from wizard.onboarding.probes.credential import client_credential
from wizard.onboarding.probes.partner import counts_mfa, same_partner
from wizard.onboarding.probes.vault import (
    VAULT_FIELDS,
    not_ours,
    open_vault,
    someone_elses,
    vault_refused,
)
from wizard.onboarding.sign_in.methods import redeem
from wizard.onboarding.step import (
    IN_A_RENEWAL,
    IN_MEMORY,
    SIGN_IN_ANEW,
    Check,
    OfStored,
    Onboarding,
    Step,
    after,
    fails,
    holds,
    left_to,
    not_reached,
    refused,
    warns,
)
from wizard.tokens.read_back import Difference
from wizard.tokens.read_back import read_back as read_token_back
from wizard.tokens.record import IDLE_LIFE
from wizard.tokens.write import SecretWrite

if TYPE_CHECKING:
    from wizard.core.secret import Secret
    from wizard.microsoft.key_vault import KeyVault, StoredSecret

SOON = timedelta(days=30)
UNCERTAIN = "Whether the token was written is not known; the next check reads the vault first, and writes it once."

NOT_AS_WRITTEN = {
    Difference.MISSING: "The vault has no secret {name}, although it was written.",
    Difference.SUPERSEDED: "Another version has become the newest meanwhile.",
    Difference.DISABLED: "The version written is disabled.",
    Difference.EMPTY: "The version written is empty.",
    Difference.CHANGED: "The value read back is not the one written.",
}


def written(onboarding: Onboarding) -> Finding:
    """The token is written as a new version, with tags that say whose it is; once for one sign-in."""
    memory, name = onboarding.memory, onboarding.answers.vault_secret
    if memory.sign_in.refresh_token is None:
        return fails("There is no token in memory any more.", "Go back one step and sign in again.", Who.OPERATOR)
    try:
        vault = open_vault(onboarding)
        if memory.storing.written and (memory.storing.written.host, memory.storing.written.name) == (vault.host, name):
            newest = with_retries(onboarding, "reading the vault", lambda: vault.read(name))
            if newest and newest.version == memory.storing.written.version:
                onboarding.learn(**memory.storing.written.facts)
                return holds("The token is written already.", version=newest.version)
            if newest and not onboarding.owner.owns(newest):
                return replace(
                    someone_elses(onboarding.answers, "Somebody else has written a newer version."), who=(Who.ADMIN,)
                )
        memory.storing.written = _write(onboarding, vault, memory.sign_in.refresh_token)
    except ServiceRefusal as refusal:
        return _kept(vault_refused(onboarding, refusal))
    except Unreachable as trouble:
        finding = _kept(not_reached(trouble))
        write = memory.storing.write
        return replace(finding, message=f"{finding.message} {UNCERTAIN}") if write and write.was_attempted else finding
    onboarding.learn(**memory.storing.written.facts)
    version = memory.storing.written.version
    return holds(f"The token is version {version} of {name}.", vault=vault.host, secret=name, version=version)


def _kept(finding: Finding) -> Finding:
    return replace(finding, remedy=f"{finding.remedy} {IN_MEMORY} Another vault can be chosen as well.")


def _write(onboarding: Onboarding, vault: KeyVault, value: Secret) -> Written:
    """Write `value`, and say what is learnt by it."""
    facts, name, storing = onboarding.facts, onboarding.answers.vault_secret, onboarding.memory.storing
    write = storing.write
    if write is None or (write.host, write.name, write.value) != (vault.host, name, value):
        write = storing.write = SecretWrite(vault.host, name, value)
    expires_at = onboarding.clock.now() + IDLE_LIFE
    tags = onboarding.owner.tags | {
        "user_id": facts.user_id,
        "client_type": facts.client_type,
        "flow": facts.flow,
        "obtained_at": facts.signed_in_at,
    }
    version = write.send(onboarding, vault, tags, expires_at)
    learnt = {
        "vault_url": f"https://{vault.host}",
        "secret_name": name,
        "secret_version": version,
        "stored_at": onboarding.stamp(),
        "token_expires_at": expires_at.strftime("%Y-%m-%dT%H:%M:%SZ"),
    }
    return Written(vault.host, name, version, value, learnt)


def read_back(onboarding: Onboarding) -> Finding:
    """The newest version of the secret is the one written, enabled, and equal to what was written."""
    vault, written = open_vault(onboarding), onboarding.memory.storing.written
    if written is None:
        raise LookupError("nothing was written")
    name, version = written.name, written.version
    try:
        came = read_token_back(onboarding, vault, name, version, written.value)
    except ServiceRefusal as refusal:
        return _kept(vault_refused(onboarding, refusal))
    if came.difference is not None:
        message = NOT_AS_WRITTEN[came.difference].format(name=name)
        again = f"Find out who else writes {name}, then check again. {IN_MEMORY}"
        return fails(message, again, Who.ADMIN, version=version, newest=came.newest)
    onboarding.memory.storing.read_back = came.value
    return holds("The value read back is the one written.", version=version)


def still_stored(onboarding: Onboarding) -> Finding:
    """The newest version is the one recorded, or a later one of ours; it is enabled, not empty, and not about to end.

    A value that is not marked as ours is not kept: it is somebody else's secret, and goes to no service.
    """
    name, vault = onboarding.answers.vault_secret, open_vault(onboarding)
    try:
        found = with_retries(onboarding, "reading the token back", lambda: vault.read(name))
    except ServiceRefusal as refusal:
        return vault_refused(onboarding, refusal)
    if found is None:
        return fails(f"The vault has no secret {name} any more.", SIGN_IN_ANEW, Who.ADMIN)
    if not onboarding.owner.owns(found):
        return not_ours(name, found)
    if not found.enabled:
        return fails("The newest version is disabled.", "Enable it, or store a new token.", Who.ADMIN)
    if not found.value:
        return fails("The newest version is empty.", SIGN_IN_ANEW, Who.OPERATOR, version=found.version)
    if not is_sendable(found.value.reveal()):
        return fails("The newest version holds no token.", SIGN_IN_ANEW, Who.OPERATOR, version=found.version)
    onboarding.memory.storing.read_back = found.value
    recorded = onboarding.facts.secret_version
    onboarding.learn(secret_version=found.version)
    if found.expires_at:
        onboarding.learn(token_expires_at=found.expires_at.strftime("%Y-%m-%dT%H:%M:%SZ"))
        if found.expires_at - onboarding.clock.now() < SOON:
            return warns(
                f"Nobody has written a renewed token for long: by the vault, version {found.version} ends on "
                f"{found.expires_at:%Y-%m-%d}, after 90 idle days.",
                "Let the program that uses the token store each one it gets anew, weekly or more often.",
                Who.OPERATOR,
                version=found.version,
            )
    if found.version != recorded:
        return _renewed(name, found, recorded)
    return holds("The newest version is the one that was written.", version=found.version)


def _renewed(name: str, found: StoredSecret, recorded: str) -> Finding:
    """A later version of ours, with what its tags say of it: a renewal, or another wizard's."""
    tags = {tag: clean_line(found.tags.get(tag, ""), 60) for tag in ("obtained_at", "user_id", "client_type")}
    said = ", ".join(f"{tag} {value}" for tag, value in tags.items() if value)
    return warns(
        f"A later version of {name} than the one recorded here is the newest: {found.version} ({said or 'no tags'}).",
        "Nothing, if a program of yours renews the token. If none does, find out who wrote it.",
        Who.OPERATOR,
        version=found.version,
        recorded=recorded,
    )


def _nothing_stored(onboarding: Onboarding) -> str:
    return "" if onboarding.facts.secret_version else "no token is stored yet"


def _ground_of_redemption(onboarding: Onboarding) -> tuple[str, ...]:
    """A confidential client needs its credential as well."""
    credential = () if onboarding.facts.client_type == "public" else ("app.credential",)
    return ("tenant.exists", *credential, "store.read_back")


def still_redeems(onboarding: Onboarding) -> Finding:
    """The value read back can be redeemed; what it gives is looked at by the next checks, and then dropped."""
    finding = stored_redeems(onboarding)
    onboarding.memory.sign_in.tokens = onboarding.memory.storing.redeemed
    return finding


def stored_redeems(onboarding: Onboarding) -> Finding:
    """The value read back can be redeemed in the way a renewal will do it."""
    memory = onboarding.memory
    if memory.storing.read_back is None:
        raise LookupError("nothing was read back")
    credential = None if onboarding.facts.client_type == "public" else client_credential(onboarding)
    try:
        memory.storing.redeemed = redeem(onboarding, memory.storing.read_back, credential)
    except ServiceRefusal as refusal:
        return refused(refusal, back_to="user.redeems", context=IN_A_RENEWAL, then=Then.DROP_SIGN_IN)
    message = "The stored token can be used for a new access token, as a renewal does."
    return holds(message, client_type=onboarding.facts.client_type)


def partner_center(onboarding: Onboarding) -> Finding:
    """Partner Center answers to what the stored token gives."""
    return same_partner(onboarding, _stored(onboarding))


def mfa_compliant(onboarding: Onboarding) -> Finding:
    """Partner Center counts the stored token's sign-in as MFA."""
    answer = _stored(onboarding)
    finding = counts_mfa(onboarding, answer)
    closes = finding.outcome in (Outcome.FAILS, Outcome.UNKNOWN)
    return replace(finding, back_to="user.mfa_compliant") if closes else finding


def _stored(onboarding: Onboarding) -> TokenResponse:
    if onboarding.memory.storing.redeemed is None:
        raise LookupError("the stored token was not redeemed")
    return onboarding.memory.storing.redeemed


STORE = Step(
    "store",
    "Store and prove",
    "The token is written to the vault and read back; what was read back is used for a new access token, as a "
    "renewal does, and Partner Center is asked once more. If the vault fails now, it stays in memory until that is "
    "fixed.",
    fields=VAULT_FIELDS,
    facts=("vault_url", "secret_name", "secret_version", "stored_at", "token_expires_at"),
    stores=True,
    all_hold="the token is in the vault, and works",
    run_label="Store and prove",
    run_hint="Writes the token into the vault, reads it back, and uses what was read. Esc stops it.",
    reopens=lambda _answers: True,
    checks=(
        Check(
            "store.written",
            "The token is written to the vault",
            written,
            keeps=True,
            of_stored=left_to("store.read_back"),
        ),
        Check(
            "store.read_back",
            "It reads back as written",
            read_back,
            of_stored=OfStored(still_stored, needs=after("user.secret_name"), lacks=_nothing_stored),
        ),
        Check(
            "store.redeems",
            "What was read back can be used as a renewal does",
            stored_redeems,
            of_stored=OfStored(still_redeems, needs=_ground_of_redemption, remedy=SIGN_IN_ANEW),
        ),
        Check(
            "store.partner_center",
            "Partner Center answers to it",
            partner_center,
            of_stored=OfStored(needs=after("start.partner_center", "store.redeems")),
        ),
        Check(
            "store.mfa_compliant",
            "Partner Center counts its MFA",
            mfa_compliant,
            of_stored=OfStored(needs=after("store.partner_center"), remedy=SIGN_IN_ANEW),
        ),
    ),
)
