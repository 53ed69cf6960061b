"""A refresh token that is there already: another tool's, or the one that this onboarding has stored before."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Final

from wizard.core.answers import refresh_token_error
from wizard.core.errors import BadInput, ServiceRefusal, Unreachable
from wizard.core.findings import Finding, Who
from wizard.core.retries import with_retries
from wizard.core.shapes import is_guid
from wizard.core.text import clean_line
from wizard.core.timestamps import day, read_timestamp, timestamp
from wizard.onboarding.finding_builders import fails, holds
from wizard.onboarding.memory import FoundToken, WrittenVersion
from wizard.onboarding.onboarding_context import Onboarding
from wizard.onboarding.probes.account import TAG
from wizard.onboarding.probes.vault_access import open_vault, vault_refused
from wizard.onboarding.probes.vault_checks import with_missing_right
from wizard.onboarding.token_place import TAKEN_OVER, is_pasted, layout_of, takes_over
from wizard.tokens.record import IDLE_LIFE

if TYPE_CHECKING:
    from wizard.microsoft.key_vault import KeyVault, StoredSecret
    from wizard.tokens.layouts import Layout

AS_GOOD_AS_NEW: Final = timedelta(days=1)
"""How long a version that was written is not written again when its token is proven again."""
LET_SIGN_IN: Final = "Or let the integration user sign in: choose another way under “Way to sign in”."
ANOTHER_PLACE: Final = (
    "Check the vault, and choose under “The token lies” which tool has stored it, or the name of its secret.",
    LET_SIGN_IN,
)


def proves_again(onboarding: Onboarding) -> bool:
    """Return whether the token that this onboarding has stored serves in place of a sign-in.

    That is so after one new value: a credential, another vault. A new sign-in, another account and another way to sign
    in make it forget what was stored.
    """
    sign_in = onboarding.memory.sign_in
    if takes_over(onboarding.answers):
        return False
    if sign_in.tokens is not None:
        return sign_in.found is not None and sign_in.found.flow != TAKEN_OVER
    return bool(onboarding.facts.secret_version)


def somebody_signs_in(onboarding: Onboarding) -> str:
    """Return that there is no token yet, "" where there is one."""
    is_there = takes_over(onboarding.answers) or (proves_again(onboarding) and onboarding.facts.secret_version)
    return "" if is_there else "somebody signs in"


def check_stored_token(onboarding: Onboarding) -> Finding:
    """There is a refresh token already: where another tool has stored it, or where this onboarding has."""
    answers = onboarding.answers
    if is_pasted(answers):
        if answers.stored_token is None:
            raise BadInput("stored_token", "has to be entered again, because it is never kept")
        onboarding.memory.probes.found_token = FoundToken(answers.stored_token, TAKEN_OVER, onboarding.now_stamp())
        return holds("A token was pasted. It is proven before it is written to the vault.")
    return _take_over(onboarding) if takes_over(answers) else _prove_again(onboarding)


# --- another tool's -----------------------------------------------------------------------------------------------


def _take_over(onboarding: Onboarding) -> Finding:
    """Look for the token in the vault, and at what lies beside it."""
    vault, name = open_vault(onboarding), onboarding.secret_name
    try:
        found = with_retries(onboarding, "reading the stored token", lambda: vault.read(name))
    except ServiceRefusal as refusal:
        if refusal.code != "SecretDisabled":
            return with_missing_right(onboarding, refusal, vault_refused(onboarding, refusal))
        message = f"The newest version of {name} in {vault.host} is disabled, so it cannot be read."
        acts = ("Enable that version, or have the tool store a new token.", *ANOTHER_PLACE)
        return fails(message, acts, Who.ADMIN, Who.OPERATOR, title="The stored token is disabled", secret=name)
    if found is None:
        message, title = f"The vault {vault.host} has no secret {name}.", "The vault has no such secret"
        return fails(message, ANOTHER_PLACE, Who.OPERATOR, title=title, secret=name)
    if trouble := _trouble_with(onboarding, name, found):
        return trouble
    layout = layout_of(onboarding.answers)
    compared = _compare_ids(onboarding, vault, layout) if layout else ""
    if isinstance(compared, Finding):
        return compared
    since = found.created_at
    onboarding.memory.probes.found_token = FoundToken(
        found.value,  # type: ignore[arg-type]  # `_trouble_with` makes sure that there is one
        TAKEN_OVER,
        _obtained_at(found) or (timestamp(since) if since else onboarding.now_stamp()),
        f"secret {name} of {vault.host}",
        found.version,
        found.tags,
        timestamp(found.expires_at or (since or onboarding.clock.now()) + IDLE_LIFE),
    )
    stored = f", stored on {day(since)}" if since else ""
    message = f"{name} in {vault.host} holds a token{stored}. It is proven as it is, and not rewritten."
    return holds(f"{message}{compared}", secret=name, version=found.version)


def _trouble_with(onboarding: Onboarding, name: str, found: StoredSecret) -> Finding | None:
    """Return why what was found cannot be taken over, as far as can be seen without using it."""
    ours = onboarding.owner.tags | {TAG: onboarding.answers.account}
    others = [tag for tag, value in ours.items() if found.tags.get(tag, value).lower() != value]
    if others:
        tags = ", ".join(others)
        message = f"By its tags ({tags}), {name} is the token of another tenant, app or account. It was not used."
        acts = ("Check tenant and application id: they are to be those that the token is for.", *ANOTHER_PLACE)
        return fails(message, acts, Who.OPERATOR, title="The stored token is marked as another's", secret=name)
    error = refresh_token_error(found.value.reveal()) if found.value else "it is empty"
    if not error:
        return None
    message = f"{name} holds no refresh token: {error}. It was sent to nobody."
    return fails(message, ANOTHER_PLACE, Who.OPERATOR, title="What is stored is no refresh token", secret=name)


def _compare_ids(onboarding: Onboarding, vault: KeyVault, layout: Layout) -> str | Finding:
    """Compare what the tool has stored beside the token; return a sentence on that, or the finding of a difference."""
    answers, facts = onboarding.answers, onboarding.facts
    pairs = (
        (layout.tenant_id_secret, "tenant", {facts.tenant_id, answers.tenant.lower()}),
        (layout.client_id_secret, "app", {answers.client_id.lower()}),
    )
    agree, unread = list[str](), list[str]()
    for name, what, expected in pairs:
        if not name:
            continue
        stored = _id_in(onboarding, vault, name)
        if not stored:
            unread.append(name)
        elif stored.lower() in expected:
            agree.append(name)
        else:
            shown = stored if is_guid(stored) else "another value"
            message = f"Beside the token, {name} says {shown}: {layout.title} keeps here what is of another {what}."
            acts = (
                f"If that {what} is the right one, correct it in step {1 if what == 'tenant' else 2}.",
                f"Or choose the vault in which {layout.title} keeps the token of this {what}.",
            )
            title = f"What lies there is of another {what}"
            return fails(message, acts, Who.OPERATOR, title=title, secret=name, found=shown)
    said = f" {' and '.join(agree)} beside it name this tenant and app." if not unread and agree else ""
    if unread:
        said = f" {' and '.join(unread)} could not be read beside it; whose token it is shows when it is used."
    return said


def _id_in(onboarding: Onboarding, vault: KeyVault, name: str) -> str:
    """Return the id that a secret beside the token holds, "" where it cannot be read."""
    try:
        found = with_retries(onboarding, f"reading {name}", lambda: vault.read(name))
    except ServiceRefusal:
        return ""
    return clean_line(found.value.reveal().strip(), 300) if found and found.value else ""


def _obtained_at(found: StoredSecret) -> str:
    """Return what the tag of that name says, "" where it is no time."""
    said = read_timestamp(found.tags.get("obtained_at", ""))
    return timestamp(said) if said else ""


# --- its own ------------------------------------------------------------------------------------------------------


def _just_written(onboarding: Onboarding, host: str, found: StoredSecret) -> WrittenVersion | None:
    """Return the version that was read, if this onboarding wrote it less than a day ago; a later one says the same."""
    facts, since = onboarding.facts, read_timestamp(onboarding.facts.stored_at)
    if found.value is None or found.version != facts.secret_version or since is None:
        return None
    if not timedelta() <= onboarding.clock.now() - since < AS_GOOD_AS_NEW:
        return None
    names = ("vault_url", "secret_name", "secret_version", "stored_at", "token_expires_at")
    learnt = {name: str(getattr(facts, name)) for name in names}
    return WrittenVersion(host, facts.secret_name, found.version, found.value, learnt)


def _prove_again(onboarding: Onboarding) -> Finding:
    """Read the token that was stored; if it cannot be used, a sign-in takes its place at the next try."""
    facts = onboarding.facts
    place = f"secret {facts.secret_name} of {facts.vault_url.removeprefix('https://')}"
    why, found = "", None
    try:
        vault = open_vault(onboarding, facts.vault_url)
        found = with_retries(onboarding, "reading the stored token", lambda: vault.read(facts.secret_name))
    except ServiceRefusal as refusal:
        why = f"it cannot be read ({refusal.code or refusal.error or refusal.status})"
    except Unreachable as error:
        why = f"{error.host} could not be used: {error.detail}"
    if not why and found is None:
        why = "it is gone"
    if found is not None and not onboarding.owner.owns(found):
        why = "its newest version is not marked as this tenant's and app's"
    if found is not None and not why:
        why = refresh_token_error(found.value.reveal()) if found.value else "it is empty"
    if why or found is None or found.value is None:
        onboarding.learn(secret_version="")
        acts = "Check again: the integration user then signs in."
        title = "The token stored before cannot be used"
        return fails(f"The token in {place} cannot be proven again: {why}.", acts, Who.OPERATOR, title=title)
    onboarding.memory.probes.found_token = FoundToken(
        found.value,
        clean_line(found.tags.get("flow", ""), 40) or facts.flow,
        _obtained_at(found) or facts.signed_in_at,
        place,
        written=_just_written(onboarding, vault.host, found),
    )
    return holds(f"The token in {place} is proven again, so that nobody has to sign in.", version=found.version)
