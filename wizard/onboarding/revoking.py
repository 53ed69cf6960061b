"""The end of an onboarding: what is revoked, in which order, and the proof that the stored token has ended.

Each part is a fix: shown, confirmed, made and recorded like one. What is done already is not in the next plan, so that
a revocation that was cut off goes on where it stopped. The newest version is disabled last of the vault's: until then
the token in it can be redeemed to prove that Entra refuses it.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final

from wizard.core.errors import BadInput, ServiceRefusal, Unreachable
from wizard.core.findings import Finding, Outcome, Who
from wizard.core.fixes import REVOCATION, ActionState, Api, ChangeRequest, Fix, latest
from wizard.core.retries import wait, with_retries
from wizard.microsoft.graph import Unread
from wizard.onboarding.finding_builders import could_not_tell, fails, holds, not_reached
from wizard.onboarding.probes.app_fixes import shell_command
from wizard.onboarding.probes.credential import client_credential
from wizard.onboarding.probes.grant_fixes import CHANGES_GRANTS, GRANTS
from wizard.onboarding.probes.graph_reading import read_grants, read_registration
from wizard.onboarding.probes.key_fixes import remove_old_keys
from wizard.onboarding.probes.vault_access import open_vault, vault_refused
from wizard.onboarding.probes.vault_fixes import SECRETS_VERSION
from wizard.onboarding.sign_in.redemption import redeem_as_app
from wizard.tokens.pace import PAUSE

if TYPE_CHECKING:
    from wizard.core.secret import Secret
    from wizard.microsoft.key_vault import StoredSecret
    from wizard.microsoft.registration import AppCertificate, AppSecret
    from wizard.onboarding.onboarding_context import Onboarding

OLD_VERSIONS: Final = "disable-old-versions"
SESSIONS: Final = "revoke-sessions"
STORED_TOKEN: Final = "disable-stored-token"
CONSENT: Final = "remove-consent"
CREDENTIALS: Final = "remove-credentials"
DELETION: Final = "delete-secret"
ORDER: Final = (OLD_VERSIONS, SESSIONS, STORED_TOKEN, CONSENT, CREDENTIALS, DELETION)
"""The parts, by the names of their fixes. Behind `SESSIONS` comes the proof."""
REVOKES_SESSIONS: Final = "User.RevokeSessions.All"
"""The permission to end the sessions of a user (protocol 8)."""
WRITES_SECRETS: Final = "Microsoft.KeyVault/vaults/secrets/setSecret/action"
DELETES_SECRETS: Final = "Microsoft.KeyVault/vaults/secrets/delete"
TOKEN_IS_OVER: Final = frozenset({
    "AADSTS50173", "AADSTS50132", "AADSTS50133", "AADSTS700082", "AADSTS70008", "AADSTS700084",
})  # fmt: skip
"""Codes by which Entra says that a refresh token was revoked, or has expired, wherever and for whatever it is redeemed.

A policy, a consent that is missing and an account that is blocked refuse with `invalid_grant` too, and leave it alive.
"""
TRIES: Final = 5
"""Redemptions that are tried until Entra has revoked the sessions everywhere, a minute apart (protocol 8)."""


@dataclass(frozen=True, slots=True)
class RevocationPlan:
    """What is still to be revoked.

    Args:
        parts: in their order; what is done already is not among them.
        unread: what could not be read, as sentences: nobody knows whether it is still there.
    """

    parts: tuple[Fix, ...]
    unread: tuple[str, ...] = ()


def plan(onboarding: Onboarding, *, deletes: bool) -> RevocationPlan:
    """Return what is to be revoked, as the services show it now; nothing is changed.

    Args:
        onboarding: whose end it is.
        deletes: whether the secret is deleted as well.

    Raises:
        BadInput: the answers do not lead to the vault.
        Cancelled: the cancel signal was set.
    """
    parts, unread = list[Fix](), list[str]()
    if onboarding.facts.secret_version:
        try:
            parts += _of_vault(onboarding, deletes=deletes)
        except ServiceRefusal as refusal:
            unread.append(f"The versions in the vault could not be read: {vault_refused(onboarding, refusal).message}")
        except Unreachable as error:
            unread.append(f"The versions in the vault could not be read: {not_reached(error).message}")
    if onboarding.facts.user_id and not _is_done(onboarding, SESSIONS):
        parts.append(_sessions(onboarding))
    for fix in (_consent(onboarding), _credentials(onboarding)):
        if isinstance(fix, str):
            unread.append(fix)
        elif fix is not None:
            parts.append(fix)
    ordered = sorted(parts, key=lambda each: ORDER.index(each.name))
    return RevocationPlan(tuple(replace(each, check=REVOCATION) for each in ordered), tuple(unread))


def done_before(onboarding: Onboarding) -> list[str]:
    """Return what an earlier run of a revocation made, each request as a line."""
    mine = [each for each in latest(onboarding.memory.actions) if each.check == REVOCATION]
    return [
        f"{each.at}  {each.fix}: {each.method} {each.path}"
        for each in mine
        if each.state in {ActionState.MADE, ActionState.SENT, ActionState.NO_ANSWER}
    ]


def stored_token(onboarding: Onboarding) -> Secret | None:
    """Return the stored token, None where the vault does not give one that is this onboarding's own."""
    try:
        vault, name = open_vault(onboarding), onboarding.secret_name
        found = with_retries(onboarding, "reading the stored token", lambda: vault.read(name))
    except (ServiceRefusal, Unreachable):
        return None
    return found.value if found is not None and onboarding.owner.owns(found) else None


def prove_end(onboarding: Onboarding, token: Secret | None, *, is_revoked: bool) -> Finding:
    """Entra refuses the stored token, so that nobody gets a new access token for it.

    Args:
        onboarding: says as which app it is redeemed.
        token: as it was stored; None where the vault does not give it.
        is_revoked: whether the sessions were just revoked: that takes minutes to be so everywhere.

    Raises:
        Cancelled: the cancel signal was set.
    """
    if not onboarding.facts.secret_version:
        return holds("This onboarding has stored no token.")
    if token is None:
        if proven := _proven_before(onboarding):
            return holds(proven)
        return could_not_tell("The vault does not give the stored token, so it could not be tried.", (), Who.OPERATOR)
    try:
        credential = None if onboarding.facts.client_type == "public" else client_credential(onboarding)
    except (BadInput, ServiceRefusal, Unreachable) as error:
        act = "Say where the app's credential is with --answers FILE, then revoke again."
        why = f"The token could not be tried without the app's credential ({error})."
        return could_not_tell(why, act, Who.OPERATOR)
    for number in range(1, TRIES + 1):
        try:
            redeem_as_app(onboarding, token, credential)
        except ServiceRefusal as refusal:
            return _of_refusal(refusal)
        except Unreachable as error:
            return not_reached(error)
        if not is_revoked or number == TRIES:
            break
        wait(onboarding, "Entra to revoke the sessions everywhere", PAUSE, next_try=0)
    acts = ("Revoke again in some minutes.", "Or disable the account, which ends every sign-in at once.")
    return fails("Entra still takes the stored token.", acts, Who.ADMIN, title="The stored token still works")


def _of_refusal(refusal: ServiceRefusal) -> Finding:
    if refusal.code in TOKEN_IS_OVER:
        return replace(holds(f"Entra refuses the stored token ({refusal.code})."), code=refusal.code)
    said = refusal.code or refusal.error
    message = f"Entra refused for another reason than the token's end ({said}), so whether it has ended was not seen."
    act = "Once that reason is over, revoke again: what is done already is not done again."
    return replace(could_not_tell(message, act, Who.OPERATOR), code=said)


def _is_done(onboarding: Onboarding, name: str) -> bool:
    """Return whether a part was made and proven in an earlier run, for the token that is stored now."""
    return any(
        each.message.endswith(version_note(onboarding))
        and each.fix == name
        and each.check == REVOCATION
        and each.state is ActionState.CHECKED
        and _holds(each.message)
        for each in onboarding.memory.actions
    )


def version_note(onboarding: Onboarding) -> str:
    """Return what the record says of the token that was tried: a later onboarding's is another one."""
    return f"(version {onboarding.facts.secret_version or 'none'})"


def _proven_before(onboarding: Onboarding) -> str:
    return "An earlier run has shown that Entra refuses the stored token." if _is_done(onboarding, SESSIONS) else ""


def _holds(message: str) -> bool:
    return message.startswith(f"{Outcome.HOLDS.value}:")


# --- the parts ------------------------------------------------------------------------------------------------------


def _of_vault(onboarding: Onboarding, *, deletes: bool) -> list[Fix]:
    """Return the fixes that disable the versions, and the one that deletes the secret.

    Raises:
        ServiceRefusal: the vault does not list its versions.
        Unreachable: it could not be asked.
    """
    vault, name = open_vault(onboarding), onboarding.secret_name
    versions = with_retries(onboarding, "listing the versions", lambda: vault.versions(name))
    if versions and not any(onboarding.owner.owns(each) for each in versions):
        raise ServiceRefusal("key_vault", "", "foreign", f"no version of {name} is this tenant's and app's own")
    label, fixes = vault.host.partition(".")[0], list[Fix]()
    current = onboarding.facts.secret_version
    newest = versions[0].version if versions else current
    enabled = [each for each in versions if each.enabled and onboarding.owner.owns(each)]
    for part, title, chosen in (
        (OLD_VERSIONS, "Disable the older versions", [each for each in enabled if each.version != newest]),
        (STORED_TOKEN, "Disable the stored token", [each for each in enabled if each.version == newest]),
    ):
        if chosen:
            fixes.append(_disabled(part, title, name, label, chosen))
    if deletes and versions:
        fixes.append(
            Fix(
                DELETION,
                f"Delete the secret {name}",
                (ChangeRequest("DELETE", f"/secrets/{name}?api-version={SECRETS_VERSION}", None, DELETES_SECRETS),),
                "The secret and all its versions go; the name is not free before the vault purges it (7 to 90 days).",
                f"Recover it until then: az keyvault secret recover --vault-name {label} --name {name}",
                shell_command("az", "keyvault", "secret", "delete", "--vault-name", label, "--name", name),
                Api.KEY_VAULT,
                widens=True,
            )
        )
    return fixes


def _disabled(part: str, title: str, name: str, label: str, versions: list[StoredSecret]) -> Fix:
    body, query = {"attributes": {"enabled": False}}, f"api-version={SECRETS_VERSION}"
    set_ = ("az", "keyvault", "secret", "set-attributes", "--enabled", "false", "--vault-name", label, "--name", name)
    return Fix(
        part,
        f"{title} of {name} ({len(versions)})" if len(versions) > 1 else f"{title} of {name}",
        tuple(
            ChangeRequest("PATCH", f"/secrets/{name}/{each.version}?{query}", body, WRITES_SECRETS) for each in versions
        ),
        "No program can read them any more; their values stay in the vault."
        if len(versions) > 1
        else "No program can read it any more; its value stays in the vault.",
        "Enable a version under Key vaults > the vault > Secrets > the secret.",
        " && ".join(shell_command(*set_, "--version", each.version) for each in versions),
        Api.KEY_VAULT,
        widens=True,
    )


def _sessions(onboarding: Onboarding) -> Fix:
    user_id = onboarding.facts.user_id
    name = onboarding.facts.user_name or onboarding.answers.integration_user or user_id
    path = f"/v1.0/users/{user_id}/revokeSignInSessions"
    url = f"https://{onboarding.services.cloud.graph}{path}"
    return Fix(
        SESSIONS,
        f"Revoke every session of {name}",
        (ChangeRequest("POST", path, None, REVOKES_SESSIONS),),
        "Entra refuses every refresh token of this account from then on, also those that other programs keep.",
        "It cannot be undone: whoever needs a token signs in again.",
        shell_command("az", "rest", "--method", "post", "--url", url),
        widens=True,
    )


def _consent(onboarding: Onboarding) -> Fix | str | None:
    """Return the fix that removes every grant of the app; a sentence where Graph does not show them."""
    grants = read_grants(onboarding)
    if isinstance(grants, Unread):
        return "What is granted to the app could not be read; look under Enterprise apps > the app > Permissions."
    if not grants:
        return None
    scopes = list(dict.fromkeys(scope for each in grants for scope in each.scopes))
    paths = [f"{GRANTS}/{each.grant_id}" for each in grants]
    delete = ("az", "rest", "--method", "delete", "--url")
    host = onboarding.services.cloud.graph
    return Fix(
        CONSENT,
        f"Remove the consent to {', '.join(scopes)}",
        tuple(ChangeRequest("DELETE", each, None, CHANGES_GRANTS) for each in paths),
        "The app gets no token of any user of this tenant any more, for whichever program.",
        "An administrator consents again.",
        " && ".join(shell_command(*delete, f"https://{host}{each}") for each in paths),
        widens=True,
    )


def _credentials(onboarding: Onboarding) -> Fix | str | None:
    """Return the fix that removes each secret and certificate of the app; a sentence where Graph does not show them."""
    found = read_registration(onboarding)
    if isinstance(found, Unread):
        return "The app's credentials could not be read; look under App registrations > the app."
    named: list[AppSecret | AppCertificate] = [*found.secrets, *found.certificates]
    fixes = remove_old_keys(onboarding, named, some_are_valid=True)
    if not fixes:
        return None
    names = ", ".join(each.name or each.key_id for each in named)
    return replace(
        fixes[0],
        name=CREDENTIALS,
        title=f"Remove every secret and certificate of the app: {names}",
        effect="Nobody can sign in as the app any more: every program that uses it stops, whatever its token is for.",
    )
