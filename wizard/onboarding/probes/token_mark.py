"""The tags of a token that was taken over: its version gets those of this onboarding, once the operator agrees."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Final

from wizard.core.errors import ServiceRefusal
from wizard.core.findings import Finding, Then, Who
from wizard.core.retries import with_retries
from wizard.onboarding.finding_builders import fails, holds
from wizard.onboarding.memory import WrittenVersion
from wizard.onboarding.onboarding_context import Onboarding
from wizard.onboarding.probes.account import TAG
from wizard.onboarding.probes.vault_access import open_vault, vault_refused
from wizard.onboarding.probes.vault_checks import with_missing_right
from wizard.tokens.record import PROFILE_TAG

if TYPE_CHECKING:
    from collections.abc import Collection

    from wizard.onboarding.memory import FoundToken

MARK_FIELD: Final = "token_mark"
"""The key of the field by which the operator agrees."""


def tags_of(onboarding: Onboarding) -> dict[str, str]:
    """Return the tags of a token that is written: whose it is, and how it was obtained."""
    facts = onboarding.facts
    return onboarding.owner.tags | {
        TAG: onboarding.answers.account,
        PROFILE_TAG: onboarding.spec.name,
        "user_id": facts.user_id,
        "client_type": facts.client_type,
        "flow": facts.flow,
        "obtained_at": facts.signed_in_at,
    }


def mark_token(onboarding: Onboarding, taken: FoundToken) -> Finding:
    """The version that was proven carries this onboarding's tags beside its own; its value is not rewritten."""
    facts, name = onboarding.facts, onboarding.secret_name
    whose = onboarding.owner.tags | {TAG: onboarding.answers.account, PROFILE_TAG: onboarding.spec.name}
    ours = whose | {"user_id": facts.user_id, "client_type": facts.client_type}
    noted = {"flow": facts.flow, "obtained_at": facts.signed_in_at}
    tags = noted | dict(taken.tags) | ours
    try:
        vault = open_vault(onboarding)
        newest = with_retries(onboarding, "reading the vault", lambda: vault.read(name))
        if newest is None or newest.version != taken.version:
            return fails(
                f"The newest version of {name} is not the one that was proven: the tool has written another meanwhile.",
                "Check again: the newest version is then proven.",
                Who.OPERATOR,
                title="The stored token is another one by now",
                back_to="user.stored_token",
                then=Then.DROP_SIGN_IN,
            )
        if dict(newest.tags) != tags:
            if not onboarding.answers.token_mark:
                return _not_confirmed(vault.host, name, taken.version, tags.keys() - newest.tags.keys())
            with_retries(onboarding, "marking the token", lambda: vault.set_tags(name, taken.version, tags))
    except ServiceRefusal as refusal:
        return with_missing_right(onboarding, refusal, vault_refused(onboarding, refusal))
    learnt = {
        "vault_url": f"https://{vault.host}",
        "secret_name": name,
        "secret_version": taken.version,
        "stored_at": onboarding.now_stamp(),
        "token_expires_at": taken.expires_at,
    }
    onboarding.memory.storing.written = WrittenVersion(vault.host, name, taken.version, taken.value, learnt)
    onboarding.learn(**learnt)
    finding = holds(
        f"Version {taken.version} of {name} carries the tags of this onboarding; its value stayed as it was.",
        vault=vault.host,
        secret=name,
        version=taken.version,
    )
    return replace(finding, title="The stored token is marked as this onboarding's")


def _not_confirmed(host: str, name: str, version: str, missing: Collection[str]) -> Finding:
    return fails(
        f"The token in {name} of {host} is proven, and nothing was changed. To be known as this onboarding's, its "
        f"version {version} has to get the tags {', '.join(sorted(missing))}. Its value, and other tags, stay.",
        "Tick “May mark the stored token”, and check again.",
        Who.OPERATOR,
        title="The stored token is not marked yet",
        field=MARK_FIELD,
    )
