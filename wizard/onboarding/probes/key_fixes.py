"""The fixes of the app's credentials: a certificate uploaded, old ones removed, the app excepted from a ban on secrets.

Graph replaces the whole list of certificates: those that stay are sent with their `keyId`, and without their key
(protocol 6.2, C). Of secrets each is removed by itself. The credential in use is never removed.
"""

from __future__ import annotations

import json
import shlex
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Final

from wizard.core.fix_conditions import Contains, JsonObject, Lacks, Precondition
from wizard.core.fixes import ChangeRequest, Fix
from wizard.core.timestamps import day
from wizard.microsoft.credential_rules import DEFAULT_POLICY, own_policies_question
from wizard.microsoft.graph import Unread, objects_in, text_in
from wizard.onboarding.onboarding_context import Onboarding
from wizard.onboarding.probes.app_fixes import CHANGES_APPS, application_path, shell_command
from wizard.onboarding.probes.graph_reading import ask_list, ask_object, registration_object

if TYPE_CHECKING:
    from wizard.microsoft.registration import AppCertificate, AppSecret

CHANGES_POLICIES: Final = "Policy.ReadWrite.ApplicationConfiguration"
"""The permission to except an app from the tenant's policy for credentials (protocol 11.4)."""
POLICIES: Final = "/v1.0/policies/appManagementPolicies"
CREDENTIAL_COMMAND: Final = ("az", "ad", "app", "credential")
KEPT_MEMBERS: Final = (
    "keyId", "type", "usage", "customKeyIdentifier", "displayName", "startDateTime", "endDateTime",
)  # fmt: skip
"""Of a certificate that stays: its key is left out, which Graph takes for unchanged (C)."""
KEYS: Final = "keyCredentials"
SECRETS: Final = "passwordCredentials"


def add_certificate(onboarding: Onboarding, public_pem: str, file: str = "app-public.pem") -> tuple[Fix, ...]:
    """Return the fix that uploads a certificate; none where Graph does not show the app's, or has this one.

    Args:
        onboarding: says which app.
        public_pem: the certificate, without its key.
        file: where the same is, for the command.
    """
    from wizard.microsoft.public_certificate import read_public_certificate
    from wizard.microsoft.registration import registration_in

    shown = registration_object(onboarding)
    found = None if isinstance(shown, Unread) else registration_in(shown)
    if isinstance(shown, Unread) or found is None:
        return ()
    certificate, client_id = read_public_certificate(public_pem), onboarding.answers.client_id
    if any(each.thumbprint == certificate.thumbprint for each in found.certificates):
        return ()
    thumbprint = certificate.thumbprint[:16]
    name, before = f"partner-wizard {thumbprint}", shown_certificates(shown)
    new = {"type": "AsymmetricX509Cert", "usage": "Verify", "key": certificate.der, "displayName": name}
    return (
        Fix(
            "add-certificate",
            f"Upload the certificate {thumbprint}…",
            (changed_keys(client_id, before, (*before, new), made=Contains({"displayName": name})),),
            f"Whoever holds the certificate's private key can sign in as the app, until {day(certificate.expires_at)}. "
            "The certificates that are there stay.",
            "Delete it under App registrations > the app > Certificates & secrets > Certificates.",
            shell_command(*CREDENTIAL_COMMAND, "reset", "--id", client_id, "--cert", f"@{file}", "--append"),
        ),
    )


def remove_old_keys(
    onboarding: Onboarding, old: Sequence[AppSecret | AppCertificate], *, some_are_valid: bool
) -> tuple[Fix, ...]:
    """Return the fix that removes secrets and certificates, none where there are none, or Graph does not show them.

    Args:
        onboarding: says which app.
        old: those to be removed; none of them is in use here.
        some_are_valid: whether another program may still use one of them.
    """
    shown = registration_object(onboarding)
    if isinstance(shown, Unread) or not old:
        return ()
    client_id, ids = onboarding.answers.client_id, [each.key_id for each in old]
    secrets = [each for each in objects_in(shown, SECRETS) if text_in(each, "keyId") in ids]
    before = shown_certificates(shown)
    left = [each for each in before if each["keyId"] not in ids]
    requests = [_remove_secret(client_id, text_in(each, "keyId")) for each in secrets]
    if len(left) < len(before):
        requests.append(changed_keys(client_id, before, left, made=None))
    several = f"{len(old)} old secrets and certificates" if len(old) > 1 else "an old secret or certificate"
    valid = " A program that still uses one of them can no longer sign in." if some_are_valid else ""
    delete = (*CREDENTIAL_COMMAND, "delete", "--id", client_id, "--key-id")
    commands = [shell_command(*delete, text_in(each, "keyId")) for each in secrets]
    commands += [shell_command(*delete, str(each["keyId"]), "--cert") for each in before if each not in left]
    return (
        Fix(
            "remove-old-keys",
            f"Remove {several} of the app",
            tuple(requests),
            f"Nobody can sign in as the app with them any more; the one in use here stays.{valid}",
            "A removed secret or certificate cannot be brought back: add a new one.",
            " && ".join(commands),
            widens=True,
        ),
    )


def allow_secrets(onboarding: Onboarding) -> tuple[Fix, ...]:
    """Return the fix that excepts the app from a ban on new secrets; none where it has a policy, or none can be read.

    The exception names the one restriction that the tenant's default enforces against it (protocol 11.4).
    """
    client_id = onboarding.answers.client_id
    default, own = ask_object(onboarding, DEFAULT_POLICY), ask_list(onboarding, own_policies_question(client_id))
    if isinstance(default, Unread) or isinstance(own, Unread) or own:
        return ()
    host, app = onboarding.services.cloud.graph, onboarding.facts.app_name or client_id
    lifted = {"restrictionType": "passwordAddition", "state": "disabled", "maxLifetime": None}
    policy = {
        "displayName": f"Client secrets of {app}",
        "description": "Made by partner-wizard: this app may get a client secret.",
        "isEnabled": True,
        "restrictions": {
            SECRETS: [{**lifted, "restrictForAppsCreatedAfterDateTime": None}],
            KEYS: [],
        },
    }
    assigned = f"{application_path(client_id)}/appManagementPolicies/$ref"
    undo = ChangeRequest("DELETE", f"{POLICIES}/{{policy.id}}", None, CHANGES_POLICIES)
    make = ChangeRequest("POST", POLICIES, policy, CHANGES_POLICIES, gives="policy", undo=undo)
    reference = {"@odata.id": f"https://{host}{POLICIES}/{{policy.id}}"}
    assign = ChangeRequest("POST", assigned, reference, CHANGES_POLICIES)
    return (
        Fix(
            "allow-secrets",
            f"Except {app} from the ban on new client secrets",
            (make, assign),
            "A client secret can then be made for this app, and for no other. All else that the tenant forbids stays "
            "forbidden.",
            "Delete the policy under Enterprise apps > Application policies.",
            _exception_command(host, policy, assigned),
            widens=True,
        ),
    )


def _remove_secret(client_id: str, key_id: str) -> ChangeRequest:
    path = application_path(client_id)
    there = Precondition(
        f"{path}?$select={SECRETS}", {SECRETS: Contains({"keyId": key_id})}, {SECRETS: Lacks({"keyId": key_id})}
    )
    return ChangeRequest("POST", f"{path}/removePassword", {"keyId": key_id}, CHANGES_APPS, precondition=there)


def changed_keys(
    client_id: str, before: Sequence[JsonObject], after: Sequence[JsonObject], made: Contains | None
) -> ChangeRequest:
    """Return the request that replaces the list of certificates, if it is still the one that was read."""
    path = application_path(client_id)
    as_read = Precondition(f"{path}?$select={KEYS}", {KEYS: list(before)}, {KEYS: made} if made else {})
    body = {KEYS: list(after)}
    is_undone = len(after) > len(before)  # a certificate that was removed cannot be put back without its key
    undo = ChangeRequest("PATCH", path, {KEYS: list(before)}, CHANGES_APPS) if is_undone else None
    return ChangeRequest("PATCH", path, body, CHANGES_APPS, precondition=as_read, undo=undo)


def shown_certificates(shown: JsonObject) -> list[dict[str, object]]:
    """Return the certificates of a registration as they are sent again if they stay."""
    return [dict(_kept(each)) for each in objects_in(shown, KEYS)]


def _kept(certificate: JsonObject) -> Iterator[tuple[str, object]]:
    for name in KEPT_MEMBERS:
        if name in certificate:
            yield name, certificate[name]


def _exception_command(host: str, policy: JsonObject, assigned: str) -> str:
    """Return the command that makes a policy and assigns it: the second request names what the first has made."""
    post = ("az", "rest", "--method", "POST", "--url")
    made = shell_command(*post, f"https://{host}{POLICIES}", "--body", json.dumps(policy), "--query", "id", "-o", "tsv")
    reference = shlex.quote(json.dumps({"@odata.id": f"https://{host}{POLICIES}/"}).removesuffix('"}'))
    return f"""id=$({made}) && {shell_command(*post, f"https://{host}{assigned}", "--body")} {reference}"$id"'"}}'"""
