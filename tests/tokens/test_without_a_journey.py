"""A job that has no journey redeems, writes and knows its own token by the same functions as the journey."""

from __future__ import annotations

from dataclasses import dataclass, field, replace

import pytest

from tests.harness import SECRET_NAME, rehearsed
from wizard.core.errors import Unreachable
from wizard.core.events import Emit, Event, Waiting
from wizard.core.secret import Secret
from wizard.core.trouble import Trouble
from wizard.core.waiting import Cancel, Clock
from wizard.microsoft.partner_api import PARTNER_CENTER
from wizard.microsoft.partner_center import Organization
from wizard.rehearsal import RehearsalCloud, load_scene
from wizard.tokens.prove import Mfa, Proof, prove
from wizard.tokens.read_back import Difference, read_back
from wizard.tokens.record import IDLE_LIFE, Owner
from wizard.tokens.redeem import redeem_with_retries
from wizard.tokens.write import SecretWrite


@dataclass
class Job:
    """Whoever waits, and nothing else."""

    clock: Clock
    cancel: Cancel = field(default_factory=Cancel)
    told: list[Event] = field(default_factory=list)

    @property
    def emit(self) -> Emit:
        return self.told.append


def stored(cloud: RehearsalCloud) -> Secret:
    return Secret(str(cloud.vault.versions(SECRET_NAME)[-1]["value"]))


def test_a_stored_token_is_redeemed_and_its_successor_written_and_known(monkeypatch: pytest.MonkeyPatch) -> None:
    with rehearsed(load_scene("all-holds-public"), monkeypatch) as here:
        here.run()
        onboarding, job = here.journey.onboarding, Job(here.session.clock)
        owner = Owner(onboarding.facts.tenant_id, onboarding.answers.client_id)
        services = onboarding.services
        vault = services.vault(onboarding.answers.vault_url, "environment", owner.tenant_id)

        answer = redeem_with_retries(
            job, services, owner, None, stored(here.cloud), services.cloud.scope(PARTNER_CENTER)
        )

        assert answer.refresh_token is not None
        write = SecretWrite(vault.host, SECRET_NAME, answer.refresh_token)
        version = write.send(job, vault, owner.tags, job.clock.now() + IDLE_LIFE)
        assert here.cloud.vault.versions(SECRET_NAME)[-1]["version"] == version
        found = vault.read(SECRET_NAME)
        assert found is not None
        assert owner.owns(found)
        assert not Owner(owner.tenant_id, "another app").owns(found)
        assert job.told == []


def test_a_write_whose_answer_is_lost_is_made_once_and_the_wait_is_seen(monkeypatch: pytest.MonkeyPatch) -> None:
    with rehearsed(load_scene("all-holds-public"), monkeypatch) as here:
        here.run()
        onboarding, job = here.journey.onboarding, Job(here.session.clock)
        owner = onboarding.owner
        vault = onboarding.services.vault(onboarding.answers.vault_url, "environment", owner.tenant_id)
        before = len(here.cloud.vault.versions(SECRET_NAME))
        sent = vault.write
        calls: list[str] = []

        def lost(*given: object) -> str:
            calls.append("written")
            version = sent(*given)  # type: ignore[arg-type]
            if len(calls) == 1:
                raise Unreachable(vault.host, Trouble.CUT, "broke off")
            return version

        monkeypatch.setattr(vault, "write", lost)
        write = SecretWrite(vault.host, SECRET_NAME, Secret("a-new-value"))
        version = write.send(job, vault, owner.tags, job.clock.now() + IDLE_LIFE)

        assert calls == ["written"]
        assert len(here.cloud.vault.versions(SECRET_NAME)) == before + 1
        assert here.cloud.vault.versions(SECRET_NAME)[-1]["version"] == version
        assert [type(each) for each in job.told][:1] == [Waiting]


def test_a_token_is_proven_by_what_partner_center_says_of_it(monkeypatch: pytest.MonkeyPatch) -> None:
    with rehearsed(load_scene("all-holds-public"), monkeypatch) as here:
        here.run()
        onboarding, job = here.journey.onboarding, Job(here.session.clock)
        owner = Owner(onboarding.facts.tenant_id, onboarding.answers.client_id)
        services = onboarding.services
        answer = redeem_with_retries(
            job, services, owner, None, stored(here.cloud), services.cloud.scope(PARTNER_CENTER)
        )

        proof = prove(job, onboarding.services, answer)

        assert proof.organization.tenant_id == owner.tenant_id
        assert (proof.mfa, proof.did_mfa) == (Mfa.COUNTED, True)


@pytest.mark.parametrize(
    ("says", "claims", "counts"),
    [
        (True, None, Mfa.COUNTED),
        (False, True, Mfa.NOT_COUNTED),
        (None, True, Mfa.CLAIMED),
        (None, False, Mfa.UNKNOWN),
        (None, None, Mfa.UNKNOWN),
    ],
)
def test_partner_centers_word_on_mfa_comes_before_the_tokens_own(
    says: bool | None, claims: bool | None, counts: Mfa
) -> None:
    assert Proof(Organization("Contoso", "t", says), claims).mfa is counts


@pytest.mark.parametrize("difference", [None, *Difference], ids=str)
def test_what_is_read_back_is_held_against_what_was_written(
    difference: Difference | None, monkeypatch: pytest.MonkeyPatch
) -> None:
    with rehearsed(load_scene("all-holds-public"), monkeypatch) as here:
        here.run()
        onboarding, job = here.journey.onboarding, Job(here.session.clock)
        vault = onboarding.services.vault(onboarding.answers.vault_url, "environment", onboarding.facts.tenant_id)
        found = vault.read(SECRET_NAME)
        assert found is not None
        given = {
            Difference.MISSING: None,
            Difference.SUPERSEDED: replace(found, version="f" * 32),
            Difference.DISABLED: replace(found, enabled=False),
            Difference.EMPTY: replace(found, value=None),
            Difference.CHANGED: replace(found, value=Secret("another")),
            None: found,
        }[difference]
        monkeypatch.setattr(vault, "read", lambda _name: given)

        came = read_back(job, vault, SECRET_NAME, found.version, stored(here.cloud))

        assert came.difference is difference
        assert (came.value == stored(here.cloud)) is (difference is None)
