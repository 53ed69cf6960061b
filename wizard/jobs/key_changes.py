"""A new key of the app before it is proven: how it is made, and what it proves itself with."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Final

from wizard.core.findings import Finding, Who
from wizard.core.fixes import Api, ChangeRequest, Fix
from wizard.core.secret import Secret
from wizard.core.timestamps import day
from wizard.jobs.renewal_checks import KEY_MADE
from wizard.jobs.stored_keys import StoredKeys
from wizard.jobs.trusted_tokens import TrustedTokens
from wizard.microsoft.graph import Unread
from wizard.onboarding.finding_builders import could_not_tell, fails
from wizard.onboarding.probes.credential_policy import OTHER_WAYS, read_credential_rules
from wizard.onboarding.probes.federated_fixes import trust_token
from wizard.onboarding.probes.graph_identity import no_graph_identity
from wizard.onboarding.probes.graph_reading import registration_object, untold
from wizard.onboarding.probes.new_certificate_check import SELF_SIGNED_IS_REFUSED
from wizard.onboarding.probes.secret_fixes import VALUE
from wizard.onboarding.probes.successor_fixes import ANOTHER_AT_WORK, NEW, PEM, key_label, new_certificate, new_secret

if TYPE_CHECKING:
    from wizard.core.fix_conditions import JsonObject
    from wizard.jobs.kept_keys import Keys
    from wizard.microsoft.credential_rules import CredentialRules
    from wizard.microsoft.credentials import Credential
    from wizard.onboarding.onboarding_context import Onboarding

NEEDS_GRAPH: Final = (
    'Name an identity that may change the app in an answers file: identity = "managed" under [graph], with '
    "Application.ReadWrite.OwnedBy and the app as its own, or Application.ReadWrite.All."
)


@dataclass(slots=True)
class NewKey:
    """A key that is to be made.

    Args:
        fix: makes and keeps it.
        given: what fills places of its requests that no fix may show.
        read: returns the value that the vault gets, by what the requests gave; None for none.
        as_credential: returns what the app proves itself with, by that value.
        said: what holds once it is made, in a sentence.
        stored_by: the API that gets it once it is proven; None: no request comes behind its proof.
        value: once it was made.
    """

    fix: Fix
    given: Mapping[str, JsonObject]
    read: Callable[[Mapping[str, JsonObject]], Secret | None]
    as_credential: Callable[[Secret], Credential]
    said: str
    stored_by: Api | None = Api.KEY_VAULT
    value: Secret | None = field(default=None, init=False, repr=False)

    def is_proven_before(self, request: ChangeRequest | None) -> bool:
        """Return whether it has to be proven before a request; None is the end of all."""
        if self.stored_by is None:
            return request is None
        return request is not None and request.api is self.stored_by

    def credential(self, answers: Mapping[str, JsonObject]) -> Credential:
        """Return what the app proves itself with, once the key was made."""
        self.value = self.read(answers)
        return self.as_credential(self.value or Secret(""))


def new_key(onboarding: Onboarding, stored: Keys) -> NewKey | Finding:
    """Return a key that is to follow what is stored; or the finding that says why there is none."""
    from wizard.microsoft.credential_rules import CredentialRules

    if no_graph_identity(onboarding):
        return fails("No Graph identity is chosen, so nobody may give the app a new key.", NEEDS_GRAPH, Who.OPERATOR)
    if isinstance(stored, TrustedTokens):
        trust = _trust(onboarding, stored)
        trust.fix = replace(trust.fix, check=KEY_MADE.id)
        return trust
    version = stored.newest.version if stored.newest else ""
    if any(each.name.startswith(key_label(stored.name, version)) for each in stored.left()):
        return could_not_tell(ANOTHER_AT_WORK, "Run it again after half an hour.", Who.OPERATOR)
    found, _ = read_credential_rules(onboarding)
    rules = CredentialRules() if isinstance(found, Unread) else found  # Graph itself refuses what they forbid
    made = (_secret if stored.kind == "vault_secret" else _certificate)(onboarding, stored, rules)
    if isinstance(made, NewKey):
        made.fix = replace(made.fix, check=KEY_MADE.id)
    return made


def _secret(onboarding: Onboarding, stored: StoredKeys, rules: CredentialRules) -> NewKey | Finding:
    from wizard.microsoft.credentials import ClientSecret

    if rules.forbids_secrets:
        said = "The tenant forbids new client secrets for this app; the one that there is works until it expires."
        acts = ("Move to a certificate: partner-wizard renew --credential certificate.", OTHER_WAYS[1])
        return fails(said, acts, Who.OPERATOR, Who.ADMIN, title=KEY_MADE.failing_title)
    fix = new_secret(onboarding, stored.place, rules.secret_life)
    return NewKey(fix, {}, lambda answers: Secret(str(answers[NEW].get(VALUE, ""))), ClientSecret, _kept(stored))


def _certificate(onboarding: Onboarding, stored: StoredKeys, rules: CredentialRules) -> NewKey | Finding:
    from wizard.microsoft.credentials import read_certificate
    from wizard.microsoft.new_certificate import make_certificate

    if rules.needs_trusted_issuer:
        return SELF_SIGNED_IS_REFUSED
    shown = registration_object(onboarding)
    if isinstance(shown, Unread):
        return untold(onboarding, shown)
    now = onboarding.clock.now()
    made = make_certificate(f"partner-wizard {day(now)}", now, None, rules.certificate_life)
    fix = new_certificate(onboarding, stored.place, made, shown)
    given = {PEM: {"pem": made.pem.reveal()}}
    return NewKey(
        fix,
        given,
        lambda _answers: made.pem,
        lambda value: read_certificate(value.reveal().encode(), None, "the new certificate"),
        _kept(stored),
    )


def _kept(stored: StoredKeys) -> str:
    return f"It is proven, and the newest version of {stored.name}."


def _trust(onboarding: Onboarding, stored: TrustedTokens) -> NewKey:
    fix = trust_token(onboarding, stored.token, stored.replaces)
    said = "The app trusts the token of this machine, and it is proven."
    return NewKey(fix, {}, lambda _answers: None, lambda _value: stored.credential, said, None)
