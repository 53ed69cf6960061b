"""Which new credentials the tenant lets the app have: told in step 2, before anybody makes one (protocol 11.4)."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING, Final

from wizard.core.findings import Finding, Item, ItemKind, Outcome, Who
from wizard.core.timestamps import read_timestamp
from wizard.core.wording import counted
from wizard.microsoft.graph import Unread, Why, text_in
from wizard.onboarding.finding_builders import fixed_by, of_items
from wizard.onboarding.health_rule import HealthRule, needs_checks
from wizard.onboarding.onboarding_context import Onboarding
from wizard.onboarding.probes.graph_identity import OWN_TENANT, no_graph_identity
from wizard.onboarding.probes.graph_reading import (
    ask_list,
    ask_object,
    registration_object,
    unread_item,
    untold,
)
from wizard.onboarding.probes.key_fixes import allow_secrets
from wizard.onboarding.step import Check

if TYPE_CHECKING:
    from datetime import datetime

    from wizard.microsoft.credential_rules import CredentialRules

CREDENTIALS_PAGE: Final = (
    "entra.microsoft.com > Entra ID > App registrations > All applications > the app > Certificates & secrets"
)
OTHER_WAYS: Final = (
    f"Use a certificate: {CREDENTIALS_PAGE} > Certificates > Upload certificate.",
    f"Or no secret at all, a federated credential of a managed or workload identity: {CREDENTIALS_PAGE} > Federated "
    "credentials.",
)
"""What remains where client secrets are forbidden."""
NEW_SECRET: Final = "a new client secret"
SECRETS: Final = frozenset({"secret", "vault_secret"})
"""Values of the answer `credential` that are a client secret."""


def read_credential_rules(onboarding: Onboarding) -> tuple[CredentialRules | Unread, Unread | None]:
    """Return the rules for new credentials of the app, and why its own policies are not among them, else None.

    Without the app's own policies the rules are those of the tenant, from which the app may be excepted.
    """
    from wizard.microsoft.credential_rules import DEFAULT_POLICY, own_policies_question, rules_in

    default = ask_object(onboarding, DEFAULT_POLICY)
    if isinstance(default, Unread):
        return default, None
    client_id = onboarding.answers.client_id
    own = ask_list(onboarding, own_policies_question(client_id)) if client_id else ()
    rules = rules_in(default, () if isinstance(own, Unread) else own, _app_made(onboarding))
    unread = own if isinstance(own, Unread) and own.why is not Why.NOT_THERE else None
    return rules or Unread(DEFAULT_POLICY, Why.MALFORMED), unread


def _app_made(onboarding: Onboarding) -> datetime | None:
    """Return when the app was made, None where Graph does not tell; one that is not there yet is made now."""
    if not onboarding.answers.client_id:
        return onboarding.clock.now()
    found = registration_object(onboarding)
    return None if isinstance(found, Unread) else read_timestamp(text_in(found, "createdDateTime"))


def check_credential_policy(onboarding: Onboarding) -> Finding:
    """The tenant lets a client secret be made for the app, or the app needs none; with what limits its life."""
    finding = recheck_credential_policy(onboarding)
    if finding.outcome is Outcome.WARNS and finding.evidence["secrets_forbidden"] and _has_none_yet(onboarding):
        return fixed_by(_in_the_way(finding.items), *finding.fixes)
    return finding


def recheck_credential_policy(onboarding: Onboarding) -> Finding:
    """Return the same of an app that is in use: its secret is not kept here, and works whatever the tenant forbids."""
    rules, unread = read_credential_rules(onboarding)
    if isinstance(rules, Unread):
        return untold(onboarding, rules)
    items = (*_secret_items(onboarding, rules, unread), *_certificate_items(rules))
    forbidden = "The tenant forbids new client secrets for this app; one that there is works until it expires."
    finding = of_items(
        forbidden if rules.forbids_secrets else "The tenant lets the app have a new client secret.",
        items,
        OTHER_WAYS,
        Who.OPERATOR,
        Who.ADMIN,
        title="New client secrets are forbidden here" if rules.forbids_secrets else "",
        secrets_forbidden=rules.forbids_secrets is True,
    )
    is_in_the_way = rules.forbids_secrets is True and finding.outcome is not Outcome.HOLDS
    return fixed_by(finding, *allow_secrets(onboarding)) if is_in_the_way else finding


def _in_the_way(items: tuple[Item, ...]) -> Finding:
    """Return the finding of an app that is to get its first secret where none can be made."""
    return of_items(
        "No client secret is entered, and the tenant forbids new ones for this app: Entra refuses to make one.",
        tuple(replace(item, outcome=Outcome.FAILS) if item.subject == NEW_SECRET else item for item in items),
        (
            "Choose a certificate as the credential: if you tick it, one is made here, and you upload its public part.",
            "Or no secret at all, a federated credential: the app trusts a managed identity, a workload identity or "
            f"whatever keeps a token in a file: {CREDENTIALS_PAGE} > Federated credentials.",
            "If the app has a secret from before the ban, enter that one: it works until it expires.",
        ),
        Who.OPERATOR,
        Who.ADMIN,
        secrets_forbidden=True,
    )


def _has_none_yet(onboarding: Onboarding) -> bool:
    """Return whether a secret is to prove the app, which is registered, and none is entered."""
    answers = onboarding.answers
    return bool(answers.client_id) and answers.credential == "secret" and not answers.client_secret


def _secret_items(onboarding: Onboarding, rules: CredentialRules, unread: Unread | None) -> Iterator[Item]:
    """Yield whether a new secret can be made: a warning only where the app has one, or may yet get one."""
    subject, answers = NEW_SECRET, onboarding.answers
    may_need = answers.credential in SECRETS or (answers.credential == "none" and not answers.public_client)
    if rules.forbids_secrets is None:
        message = "forbidden for newer apps; when this one was made could not be read"
        yield Item(subject, Outcome.UNKNOWN, message, ItemKind.UNREAD)
    elif rules.forbids_secrets and unread:
        yield Item(subject, Outcome.WARNS, "forbidden, unless this app is excepted", ItemKind.SETTING)
    elif rules.forbids_secrets:
        outcome = Outcome.WARNS if may_need else Outcome.HOLDS
        yield Item(subject, outcome, "forbidden", ItemKind.SETTING)
    else:
        yield Item(subject, Outcome.HOLDS, f"allowed{_for_at_most(rules.secret_life)}", ItemKind.SETTING)
    if unread:
        yield unread_item(unread)


def _certificate_items(rules: CredentialRules) -> Iterator[Item]:
    """Yield what the tenant wants of a new certificate, where it wants anything."""
    if rules.needs_trusted_issuer:
        message = "only from an authority that the tenant trusts; one that signs itself is refused"
        yield Item("a new certificate", Outcome.HOLDS, message, ItemKind.SETTING)
    if rules.certificate_life:
        life = _for_at_most(rules.certificate_life)
        yield Item("a new certificate", Outcome.HOLDS, f"allowed{life}", ItemKind.SETTING)


def _for_at_most(life: timedelta | None) -> str:
    return f" for at most {counted(life.days, 'day')}" if life else ""


CREDENTIAL_POLICY_CHECK: Final = Check(
    "app.credential_policy",
    "A new client secret may be made",
    "No new client secret can be made",
    "App",
    check_credential_policy,
    advisory=True,
    stops_if_fails=True,
    fields_to_fix=("credential", "client_secret"),
    skipped_because=no_graph_identity,
    health_rule=HealthRule(recheck_credential_policy, needs=needs_checks("app.graph_identity")),
    facet=OWN_TENANT,
)
