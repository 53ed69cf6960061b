"""Step 5, store and prove: written, read back, and the value read back redeemed and used as a renewal will use it."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING

from wizard.errors import ServiceRefusal, Unreachable
from wizard.findings import Finding, Outcome, Who
from wizard.microsoft.tokens import TokenAnswer
from wizard.steps.base import Check, Onboarding, Step, Written, fails, holds, not_reached, patiently, refused
from wizard.steps.credential import client_credential
from wizard.steps.partner import counts_mfa, same_partner
from wizard.steps.sign_in import redeem
from wizard.steps.vault import VAULT_FIELDS, is_ours, open_vault, someone_elses, tags_of, vault_refused

if TYPE_CHECKING:
    from wizard.microsoft.key_vault import KeyVault
    from wizard.secret import Secret

LIFE = timedelta(days=90)
"""A refresh token ends after 90 idle days (protocol 8)."""
KEPT = "The token stays in memory: nobody has to sign in again while this program runs."


def written(onboarding: Onboarding) -> Finding:
    """The token is written as a new version, with tags that say whose it is; once for one sign-in."""
    memory, name = onboarding.memory, onboarding.answers.vault_secret
    if memory.refresh_token is None:
        return fails("There is no token in memory any more.", "Go back one step and sign in again.", Who.OPERATOR)
    try:
        vault = open_vault(onboarding)
        if memory.written and (memory.written.host, memory.written.name) == (vault.host, name):
            newest = patiently(onboarding, "reading the vault", lambda: vault.read(name))
            if newest and newest.version == memory.written.version:
                onboarding.learn(**memory.written.facts)
                return holds("The token is written already.", version=newest.version)
            if newest and not is_ours(onboarding, newest):
                return replace(
                    someone_elses(onboarding.answers, "Somebody else has written a newer version."), who=(Who.ADMIN,)
                )
        memory.written = _write(onboarding, vault, memory.refresh_token)
    except ServiceRefusal as refusal:
        return _kept(vault_refused(onboarding, refusal))
    except Unreachable as trouble:
        return _kept(not_reached(trouble))
    onboarding.learn(**memory.written.facts)
    version = memory.written.version
    return holds(f"The token is version {version} of {name}.", vault=vault.host, secret=name, version=version)


def _kept(finding: Finding) -> Finding:
    return replace(finding, remedy=f"{finding.remedy} {KEPT} Another vault can be chosen as well.")


def _write(onboarding: Onboarding, vault: KeyVault, value: Secret) -> Written:
    """Write `value`; a write whose answer is lost on the way is not made twice."""
    facts, name, memory = onboarding.facts, onboarding.answers.vault_secret, onboarding.memory
    dies_at = onboarding.clock.now() + LIFE
    tags = tags_of(onboarding) | {
        "user_id": facts.user_id,
        "client_type": facts.client_type,
        "flow": facts.flow,
        "obtained_at": facts.signed_in_at,
    }

    def write_once() -> str:
        if memory.write_tried and (found := vault.read(name)) and found.value == value:
            return found.version
        memory.write_tried = True
        return vault.write(name, value, tags, dies_at)

    version = patiently(onboarding, "writing the token", write_once)
    learnt = {
        "vault_url": f"https://{vault.host}",
        "secret_name": name,
        "secret_version": version,
        "stored_at": onboarding.stamp(),
        "token_dies_at": dies_at.strftime("%Y-%m-%dT%H:%M:%SZ"),
    }
    return Written(vault.host, name, version, value, learnt)


def read_back(onboarding: Onboarding) -> Finding:
    """The newest version of the secret is the one written, enabled, and equal to what was written."""
    vault, written = open_vault(onboarding), onboarding.memory.written
    if written is None:
        raise LookupError("nothing was written")
    name, version = written.name, written.version
    again = f"Find out who else writes {name}, then check again. {KEPT}"
    try:
        found = patiently(onboarding, "reading the token back", lambda: vault.read(name))
    except ServiceRefusal as refusal:
        return _kept(vault_refused(onboarding, refusal))
    if found is None:
        return fails(f"The vault has no secret {name}, although it was written.", again, Who.ADMIN)
    if found.version != version:
        return fails("Another version has become the newest meanwhile.", again, Who.ADMIN, newest=found.version)
    if not found.enabled:
        return fails("The version written is disabled.", again, Who.ADMIN, version=version)
    if not found.value:
        return fails("The version written is empty.", again, Who.ADMIN, version=version)
    if found.value != written.value:
        return fails("The value read back is not the one written.", again, Who.ADMIN, version=version)
    onboarding.memory.read_back = found.value
    return holds("The value read back is the one written.", version=version)


def stored_redeems(onboarding: Onboarding) -> Finding:
    """The value read back can be redeemed in the way a renewal will do it."""
    memory = onboarding.memory
    if memory.read_back is None:
        raise LookupError("nothing was read back")
    credential = None if onboarding.facts.client_type == "public" else client_credential(onboarding)
    try:
        memory.stored = redeem(onboarding, memory.read_back, credential)
    except ServiceRefusal as refusal:
        memory.forget_sign_in()
        return refused(refusal, back_to="user.redeems")
    message = "The stored token can be used for a new access token, as a renewal does."
    return holds(message, client_type=onboarding.facts.client_type)


def partner_center(onboarding: Onboarding) -> Finding:
    """Partner Center answers to what the stored token gives."""
    return same_partner(onboarding, _stored(onboarding))


def mfa_compliant(onboarding: Onboarding) -> Finding:
    """Partner Center counts the stored token's sign-in as MFA."""
    answer = _stored(onboarding)
    amr = answer.claims.amr or ()
    finding = counts_mfa(onboarding, answer, claim_proves=any(value in {"mfa", "ngcmfa"} for value in amr))
    closes = finding.outcome in (Outcome.FAILS, Outcome.UNKNOWN)
    return replace(finding, back_to="user.mfa_compliant") if closes else finding


def _stored(onboarding: Onboarding) -> TokenAnswer:
    if onboarding.memory.stored is None:
        raise LookupError("the stored token was not redeemed")
    return onboarding.memory.stored


STORE = Step(
    "store",
    "Store and prove",
    "The token is written to the vault and read back; what was read back is used for a new access token, as a "
    "renewal does, and Partner Center is asked once more. If the vault fails now, it stays in memory until that is "
    "mended.",
    fields=VAULT_FIELDS,
    checks=(
        Check("store.written", "The token is written to the vault", written, keeps=True),
        Check("store.read_back", "It reads back as written", read_back),
        Check("store.redeems", "What was read back can be used as a renewal does", stored_redeems),
        Check("store.partner_center", "Partner Center answers to it", partner_center),
        Check("store.mfa_compliant", "Partner Center counts its MFA", mfa_compliant),
    ),
)
