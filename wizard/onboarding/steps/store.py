"""Step 5, store and prove: the token is written, read back, and what was read back is used as a renewal will use it."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Final

from wizard.core.acts import as_actions
from wizard.core.answers import Field, Kind, refresh_token_error
from wizard.core.errors import ServiceRefusal, Unreachable
from wizard.core.findings import Finding, Outcome, Then, Who
from wizard.core.retries import with_retries
from wizard.core.text import clean_line, is_sendable
from wizard.core.timestamps import day, timestamp
from wizard.onboarding.finding_builders import (
    NEW_SIGN_IN,
    TOKEN_STAYS_IN_MEMORY,
    fails,
    holds,
    not_reached,
    refused,
    warns,
)
from wizard.onboarding.health_rule import HealthRule, needs_checks
from wizard.onboarding.memory import WrittenVersion
from wizard.onboarding.onboarding_context import Onboarding
from wizard.onboarding.probes.app_credential import EXPIRES_SOON
from wizard.onboarding.probes.credential import client_credential
from wizard.onboarding.probes.partner import check_partner_mfa, check_partner_profile, check_referrals_answer
from wizard.onboarding.probes.reader_right import READER, READER_CHECK
from wizard.onboarding.probes.token_mark import MARK_FIELD, mark_token, tags_of
from wizard.onboarding.probes.vault_access import VAULT_FIELDS, open_vault, read_secret, vault_refused
from wizard.onboarding.probes.vault_checks import (
    SECRET_GONE,
    foreign_secret,
    foreign_version,
    is_renewed_by_tool,
    with_missing_right,
    with_vault_fixes,
)
from wizard.onboarding.refusal_context import RefusalContext
from wizard.onboarding.sign_in.redemption import redeem_as_app
from wizard.onboarding.step import Check, Step
from wizard.onboarding.token_place import stays_in_vault
from wizard.tokens.read_back import Difference
from wizard.tokens.read_back import read_back as read_token_back
from wizard.tokens.record import IDLE_LIFE
from wizard.tokens.write import SecretWrite

if TYPE_CHECKING:
    from wizard.core.secret import Secret
    from wizard.microsoft.key_vault import KeyVault, StoredSecret
    from wizard.microsoft.token_response import TokenResponse

WRITE_UNCERTAIN: Final = (
    "Whether the token was written is not known; the next check reads the vault first, and writes it once."
)

NO_TOKEN: Final = "What is stored is no token"
NOT_AS_WRITTEN: Final = {
    Difference.MISSING: "The vault has no secret {name}, although it was written.",
    Difference.SUPERSEDED: "Another version has become the newest meanwhile.",
    Difference.DISABLED: "The version written is disabled.",
    Difference.EMPTY: "The version written is empty.",
    Difference.CHANGED: "The value read back is not the one written.",
}


def write_token(onboarding: Onboarding) -> Finding:
    """The token is written as a new version, with tags that say whose it is; once for one sign-in.

    One that another tool stored stays where it is: it only gets the tags, once the operator agrees.
    """
    if (found := onboarding.memory.sign_in.found) and found.stays:
        return mark_token(onboarding, found)
    sign_in, storing = onboarding.memory.sign_in, onboarding.memory.storing
    if found and storing.written is None:
        storing.written = found.written
    name = onboarding.secret_name
    if sign_in.refresh_token is None:
        return _without_token(onboarding)
    try:
        vault = open_vault(onboarding)
        if storing.written and (storing.written.host, storing.written.name) == (vault.host, name):
            newest = with_retries(onboarding, "reading the vault", lambda: vault.read(name))
            if newest and newest.version == storing.written.version:
                onboarding.learn(**storing.written.facts)
                return holds("The token is written already.", version=newest.version)
            if newest and not onboarding.owner.owns(newest):
                return replace(
                    foreign_secret(onboarding.answers, "Somebody else has written a newer version."), who=(Who.ADMIN,)
                )
        storing.written = _write(onboarding, vault, sign_in.refresh_token)
    except ServiceRefusal as refusal:
        return with_vault_fixes(onboarding, refusal, _with_token_note(vault_refused(onboarding, refusal)))
    except Unreachable as error:
        finding = _with_token_note(not_reached(error))
        write = storing.write
        return (
            replace(finding, message=f"{finding.message} {WRITE_UNCERTAIN}")
            if write and write.was_attempted
            else finding
        )
    onboarding.learn(**storing.written.facts)
    version = storing.written.version
    return holds(f"The token is version {version} of {name}.", vault=vault.host, secret=name, version=version)


def _without_token(onboarding: Onboarding) -> Finding:
    """Return that the step before is open again: a process that was begun with everything proven has no token."""
    is_stored = bool(onboarding.facts.secret_version)
    act = "Check step 4 again: the stored token is proven there once more, and nobody has to sign in."
    return fails(
        "There is no token in memory any more.",
        act if is_stored else "Go back one step and sign in again.",
        Who.OPERATOR,
        title="No token is in memory any more",
        back_to="user.signed_in",
        then=Then.PROVE_AGAIN,
    )


def _with_token_note(finding: Finding) -> Finding:
    """Add that the token is not lost."""
    actions = as_actions(finding.actions, "Or choose another vault.")
    return replace(finding, message=f"{finding.message} {TOKEN_STAYS_IN_MEMORY}", actions=actions)


def _write(onboarding: Onboarding, vault: KeyVault, value: Secret) -> WrittenVersion:
    """Write the token, and return its version with what is learnt by it; the same write goes on where one was begun."""
    name, storing = onboarding.secret_name, onboarding.memory.storing
    write = storing.write
    if write is None or (write.host, write.name, write.value) != (vault.host, name, value):
        write = storing.write = SecretWrite(vault.host, name, value)
    expires_at = onboarding.clock.now() + IDLE_LIFE
    version = write.send(onboarding, vault, tags_of(onboarding), expires_at)
    learnt = {
        "vault_url": f"https://{vault.host}",
        "secret_name": name,
        "secret_version": version,
        "stored_at": onboarding.now_stamp(),
        "token_expires_at": timestamp(expires_at),
    }
    return WrittenVersion(vault.host, name, version, value, learnt)


def check_read_back(onboarding: Onboarding) -> Finding:
    """The newest version of the secret is the one written, enabled, and equal to what was written."""
    vault, written = open_vault(onboarding), onboarding.memory.storing.written
    if written is None:
        raise LookupError("nothing was written")
    name, version = written.name, written.version
    try:
        result = read_token_back(onboarding, vault, name, version, written.value)
    except ServiceRefusal as refusal:
        return with_missing_right(onboarding, refusal, _with_token_note(vault_refused(onboarding, refusal)))
    if result.difference is not None:
        message = f"{NOT_AS_WRITTEN[result.difference].format(name=name)} {TOKEN_STAYS_IN_MEMORY}"
        acts = (f"Find out who else writes {name}.", "Then check again.")
        return fails(message, acts, Who.ADMIN, version=version, newest=result.newest)
    onboarding.memory.storing.read_back = result.value
    return holds("The value read back is the one written.", version=version)


def recheck_stored_token(onboarding: Onboarding) -> Finding:
    """The newest version is the one recorded, or a later one of ours; it is enabled, not empty, and expires not soon.

    A value that is not marked as ours is somebody else's secret: it is not kept, and no service gets it.
    """
    name, vault = onboarding.secret_name, open_vault(onboarding)
    try:
        found = read_secret(onboarding, vault, name, "reading the token back")
    except ServiceRefusal as refusal:
        return vault_refused(onboarding, refusal)
    if found is None:
        return fails(f"The vault has no secret {name} any more.", NEW_SIGN_IN, Who.ADMIN, title=SECRET_GONE)
    is_the_tools = is_renewed_by_tool(onboarding, found)
    if not is_the_tools and not onboarding.owner.owns(found):
        return foreign_version(name, found)
    if not found.enabled:
        acts = ("Enable it.", "Or store a new token.")
        return fails("The newest version is disabled.", acts, Who.ADMIN, title="The stored token is disabled")
    if not found.value:
        return fails("The newest version is empty.", NEW_SIGN_IN, Who.OPERATOR, title=NO_TOKEN, version=found.version)
    if not is_sendable(found.value.reveal()) or (is_the_tools and refresh_token_error(found.value.reveal())):
        message = "The newest version holds no token."
        return fails(message, NEW_SIGN_IN, Who.OPERATOR, title=NO_TOKEN, version=found.version)
    onboarding.memory.storing.read_back = found.value
    recorded = onboarding.facts.secret_version
    onboarding.learn(secret_version=found.version)
    if found.expires_at:
        onboarding.learn(token_expires_at=timestamp(found.expires_at))
        if found.expires_at - onboarding.clock.now() < EXPIRES_SOON:
            return warns(
                f"Nobody has written a renewed token for a long time: by the vault, version {found.version} expires on "
                f"{day(found.expires_at)}, after 90 idle days.",
                "Let the program that uses the token store each new one it gets, weekly or more often.",
                Who.OPERATOR,
                title="The stored token expires soon",
                version=found.version,
            )
    if recorded and found.version != recorded:
        return _renewed(name, found, recorded)
    return holds("The newest version is the one that was written.", version=found.version)


def _renewed(name: str, found: StoredSecret, recorded: str) -> Finding:
    """Return the finding of a later version of ours, with what its tags say: a renewal, or another wizard's."""
    tags = {tag: clean_line(found.tags.get(tag, ""), 60) for tag in ("obtained_at", "user_id", "client_type")}
    noted = ", ".join(f"{tag} {value}" for tag, value in tags.items() if value)
    return warns(
        f"A later version of {name} than the one recorded here is the newest: {found.version} ({noted or 'no tags'}).",
        "Find out who wrote it, unless a program of yours renews the token: then nothing is to be done.",
        Who.OPERATOR,
        title="A later version than the one recorded is stored",
        version=found.version,
        recorded=recorded,
    )


def _nothing_stored(onboarding: Onboarding) -> str:
    return "" if onboarding.facts.secret_name else "no token is stored yet"


def _redemption_needs(onboarding: Onboarding) -> tuple[str, ...]:
    """Return the checks before a redemption; a confidential client needs its credential as well."""
    credential = () if onboarding.facts.client_type == "public" else ("app.credential",)
    return ("tenant.exists", *credential, "store.read_back")


def recheck_redemption(onboarding: Onboarding) -> Finding:
    """The value read back can be redeemed; the next checks read what it gives, which is not kept."""
    finding = redeem_stored_token(onboarding)
    onboarding.memory.sign_in.tokens = onboarding.memory.storing.redeemed
    return finding


def redeem_stored_token(onboarding: Onboarding) -> Finding:
    """The value read back can be redeemed exactly as a renewal will redeem it."""
    memory = onboarding.memory
    if memory.storing.read_back is None:
        raise LookupError("nothing was read back")
    credential = None if onboarding.facts.client_type == "public" else client_credential(onboarding)
    try:
        memory.storing.redeemed = redeem_as_app(onboarding, memory.storing.read_back, credential)
    except ServiceRefusal as refusal:
        return refused(refusal, back_to="user.redeems", context=RefusalContext.RENEWAL, then=Then.DROP_SIGN_IN)
    message = "The stored token can be used for a new access token, as a renewal does."
    return holds(message, client_type=onboarding.facts.client_type)


def check_partner_center(onboarding: Onboarding) -> Finding:
    """Partner Center accepts the access token that the stored token gives."""
    return _of_the_sign_in(check_partner_profile(onboarding, _redeemed(onboarding)), "user.partner_tenant")


def check_referrals(onboarding: Onboarding) -> Finding:
    """The referrals API accepts the access token that the stored token gives."""
    return _of_the_sign_in(check_referrals_answer(onboarding, _redeemed(onboarding)), "user.referrals")


def check_mfa_compliant(onboarding: Onboarding) -> Finding:
    """Partner Center counts the stored token's sign-in as MFA."""
    answer = _redeemed(onboarding)
    finding = check_partner_mfa(onboarding, answer)
    closes = finding.outcome in (Outcome.FAILS, Outcome.UNKNOWN)
    return replace(finding, back_to="user.mfa_compliant") if closes else finding


def _of_the_sign_in(finding: Finding, check: str) -> Finding:
    """Return the finding; one that ends the sign-in fails the check of that step as well, where one signs in again."""
    return replace(finding, back_to=check) if finding.then is Then.DROP_SIGN_IN else finding


def _redeemed(onboarding: Onboarding) -> TokenResponse:
    if onboarding.memory.storing.redeemed is None:
        raise LookupError("the stored token was not redeemed")
    return onboarding.memory.storing.redeemed


STORE = Step(
    "store",
    "Store and prove",
    "Store",
    "The token is written to the vault (one that is taken over is marked there) and read back; what was read back is "
    "used for a new access token, as a renewal does, and the service is asked once more. If the vault fails now, it "
    "stays in memory until that is fixed.",
    fields=(
        Field(
            MARK_FIELD,
            "May mark the stored token",
            "The version of the secret that was proven gets tags that say for which tenant and app it is. Its value, "
            "its other tags and its dates stay as they are.",
            Kind.YES_NO,
            asked_if=stays_in_vault,
            unproves=("store",),
        ),
        *VAULT_FIELDS,
        READER,
    ),
    facts=("vault_url", "secret_name", "secret_version", "stored_at", "token_expires_at"),
    stores=True,
    success_summary="the token is in the vault, and works",
    run_label="Store and prove",
    run_hint="Writes the token into the vault, or marks it there, reads it back, and uses it.",
    reopens_on_resume=lambda _answers: True,
    checks=(
        Check(
            "store.written",
            "The token is in the vault",
            "The token could not be written to the vault",
            "Vault",
            write_token,
            saves_at_once=True,
            health_rule=HealthRule(covered_by="store.read_back"),
        ),
        Check(
            "store.read_back",
            "The token reads back as written",
            "The token does not read back as written",
            "Vault",
            check_read_back,
            health_rule=HealthRule(
                recheck_stored_token, needs=needs_checks("user.secret_name"), missing_input=_nothing_stored
            ),
        ),
        READER_CHECK,
        Check(
            "store.redeems",
            "The stored token works in a renewal",
            "The stored token does not work in a renewal",
            "Renewal",
            redeem_stored_token,
            health_rule=HealthRule(recheck_redemption, needs=_redemption_needs, actions=(NEW_SIGN_IN,)),
        ),
        Check(
            "store.partner_center",
            "Partner Center takes the token",
            "Partner Center refuses the token",
            "Partner Center",
            check_partner_center,
            health_rule=HealthRule(needs=needs_checks("start.partner_center", "store.redeems")),
            facet="organization",
        ),
        Check(
            "store.mfa_compliant",
            "Partner Center still counts the MFA",
            "Partner Center no longer counts the MFA",
            "Partner Center",
            check_mfa_compliant,
            health_rule=HealthRule(needs=needs_checks("store.partner_center"), actions=(NEW_SIGN_IN,)),
            facet="organization",
        ),
        Check(
            "store.referrals",
            "The referrals API takes the token",
            "The referrals API refuses the token",
            "Partner Center",
            check_referrals,
            health_rule=HealthRule(needs=needs_checks("start.partner_center", "store.redeems")),
            facet="referrals",
        ),
    ),
    form_title="The vault",
)
