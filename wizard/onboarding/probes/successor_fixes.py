"""The fixes that give the app a new secret or certificate behind the one that the vault keeps.

The name of a new key says which version it follows: so one whose value nobody has, because a run ended before it was
stored, is known by it; and only one follows a version. The vault takes it only while that version is the newest. It
also says which key it takes the place of: whoever may write the vault, and not the app, has no say in what is removed.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Final

from wizard.core.answers import vault_host
from wizard.core.fix_conditions import JsonObject, Lacks, Precondition
from wizard.core.fixes import Api, ChangeRequest, Fix
from wizard.core.text import clean_line
from wizard.core.timestamps import day, timestamp
from wizard.onboarding.onboarding_context import Onboarding
from wizard.onboarding.probes.app_fixes import CHANGES_APPS, application_path
from wizard.onboarding.probes.key_fixes import KEYS, SECRETS, changed_keys, shown_certificates
from wizard.onboarding.probes.secret_fixes import LIFE, SETS, VALUE
from wizard.onboarding.probes.vault_fixes import SECRETS_VERSION
from wizard.tokens.rotate import successor_tags

if TYPE_CHECKING:
    from wizard.microsoft.key_vault import StoredSecret
    from wizard.microsoft.new_certificate import NewCertificate
    from wizard.microsoft.registration import AppCertificate, AppSecret

KEY_TAG: Final = "app_key"
"""The tag that says which of the app's keys a version holds: the id of a secret, the thumbprint of a certificate."""
REPLACES_TAG: Final = "replaces_key"
"""The tag that says which one it takes the place of."""
INSTEAD: Final = ", in place of "
"""Stands in the name of a new key before the first characters of what `key_mark` says of the former one."""
NEW: Final = "secret"
PEM: Final = "certificate"
"""What the places of the requests are filled from: what Graph gives, and a certificate with its key."""
ANOTHER_AT_WORK: Final = (
    "The app has a new key already that follows the same version and is not stored: another run is at work, or one has "
    "ended in the middle. Nobody can read its value; a run after half an hour removes it."
)


@dataclass(frozen=True, slots=True)
class KeyPlace:
    """Where the vault keeps, or is to keep, a credential of the app.

    Args:
        name: of the secret in the vault.
        former: its newest version, None for no secret of that name.
        replaces: which of the app's keys the new one takes the place of, as `key_mark` names it; "" if not known.
    """

    name: str
    former: StoredSecret | None
    replaces: str = ""

    @property
    def label(self) -> str:
        """The name of a key that follows the newest version."""
        follows = key_label(self.name, self.former.version if self.former else "")
        return f"{follows}{INSTEAD}{self.replaces[:8]}" if self.replaces else follows


def key_label(name: str, version: str) -> str:
    """Return how the name of an app's key begins that follows a version of a vault's secret; "" is no version."""
    return f"partner-wizard, after version {version[:12]}" if version else f"partner-wizard, first of {name[:40]}"


def key_mark(key: AppSecret | AppCertificate) -> str:
    """Return what tells an app's key from its others: the thumbprint of a certificate, the id of a secret."""
    return str(getattr(key, "thumbprint", "")) or key.key_id


def new_secret(onboarding: Onboarding, place: KeyPlace, longest: timedelta | None) -> Fix:
    """Return the fix that makes a client secret, and keeps it in the vault once whoever makes it has proven it.

    Args:
        onboarding: says which app and vault.
        place: where it is kept.
        longest: how long the tenant lets a secret last, None for no limit.
    """
    ends = onboarding.clock.now() + min(LIFE, longest or LIFE)
    path, label = application_path(onboarding.answers.client_id), place.label
    undo = ChangeRequest("POST", f"{path}/removePassword", {"keyId": f"{{{NEW}.keyId}}"}, CHANGES_APPS)
    is_new = Precondition(
        f"{path}?$select={SECRETS}", {SECRETS: Lacks({"displayName": label})}, otherwise=ANOTHER_AT_WORK
    )
    wanted = {"passwordCredential": {"displayName": label, "endDateTime": timestamp(ends)}}
    make = ChangeRequest(
        "POST", f"{path}/addPassword", wanted, CHANGES_APPS, gives=NEW, precondition=is_new, undo=undo,
        gives_secret=VALUE,
    )  # fmt: skip
    keep = _keep(onboarding, place, f"{{{NEW}.{VALUE}}}", f"{{{NEW}.keyId}}", ends)
    return Fix(
        "renew-secret",
        f"Make a new client secret and keep it in the vault as {place.name}",
        (make, keep),
        f"The app gets a secret that lasts until {day(ends)}. Once Entra takes it and a stored token is redeemed "
        f"with it, {_becomes(onboarding, place)}. Nobody sees it; the former one stays valid.",
        f"Remove the secret “{label}” under App registrations > the app > Certificates & secrets.",
        "",
    )


def new_certificate(onboarding: Onboarding, place: KeyPlace, made: NewCertificate, registration: JsonObject) -> Fix:
    """Return the fix that uploads a new certificate, and keeps it in the vault with its key once it is proven.

    Args:
        onboarding, place: as for `new_secret`.
        made: the certificate; its key fills the place `PEM`.
        registration: as Graph shows it.
    """
    from wizard.microsoft.public_certificate import read_public_certificate

    client_id, label = onboarding.answers.client_id, place.label
    before = shown_certificates(registration)
    der = read_public_certificate(made.public_pem).der
    new = {"type": "AsymmetricX509Cert", "usage": "Verify", "key": der, "displayName": label}
    upload = changed_keys(client_id, before, (*before, new), made=None)
    as_made = {KEYS: [*before, {"displayName": label}]}  # it may take minutes: nobody's certificate is taken back
    undo = upload.undo and replace(upload.undo, precondition=Precondition(f"{upload.path}?$select={KEYS}", as_made))
    keep = _keep(onboarding, place, f"{{{PEM}.pem}}", made.thumbprint, made.expires_at)
    return Fix(
        "renew-certificate",
        f"Upload a new certificate and keep it in the vault as {place.name}",
        (replace(upload, undo=undo), keep),
        f"The app gets a certificate that lasts until {day(made.expires_at)}. Once Entra takes it and a stored token "
        f"is redeemed with it, {_becomes(onboarding, place)}. Its key is nowhere else; the former one stays.",
        f"Delete the certificate “{label}” under App registrations > the app > Certificates & secrets > Certificates.",
        "",
    )


def _becomes(onboarding: Onboarding, place: KeyPlace) -> str:
    host = vault_host(onboarding.answers.vault_url)
    return f"it becomes the newest version of {place.name} in {host}"


def _keep(onboarding: Onboarding, place: KeyPlace, value: str, mark: str, ends: datetime) -> ChangeRequest:
    """Return the request that makes it the newest version; whoever makes the fix sees that the former one still is."""
    path = f"/secrets/{place.name}?api-version={SECRETS_VERSION}"
    tags = {**onboarding.owner.tags, "created_at": onboarding.now_stamp(), KEY_TAG: mark, REPLACES_TAG: place.replaces}
    tags = {tag: text for tag, text in tags.items() if text}
    if place.former is not None:
        tags = {name: clean_line(text, 250) for name, text in successor_tags(place.former, tags).items()}
    body = {"value": value, "tags": tags, "attributes": {"exp": int(ends.timestamp())}}
    return ChangeRequest("PUT", path, body, SETS, api=Api.KEY_VAULT)
