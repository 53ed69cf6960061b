"""Another way to sign in is one class and one line of `METHODS`: every check behind it is asked as ever."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path

import pytest

from tests.harness import SECRET_NAME, rehearsed
from tests.in_process import call_cli
from wizard.core.errors import BadInput, ServiceRefusal
from wizard.core.findings import Finding
from wizard.core.secret import Secret
from wizard.microsoft.credentials import Credential
from wizard.microsoft.partner_api import PARTNER_CENTER
from wizard.microsoft.token_response import TokenResponse
from wizard.onboarding.finding_builders import holds, refused
from wizard.onboarding.onboarding_context import Onboarding
from wizard.onboarding.profile import CSP, Profile
from wizard.onboarding.sign_in import methods


@dataclass(frozen=True)
class AtHand:
    """Nobody signs in: a refresh token is at hand."""

    refresh_token: Secret
    flow_fact = "at_hand"
    words = "with a token at hand"
    credential: Credential | None = None
    message = "A refresh token is at hand."
    retry_action = "Try again."

    def begin(self, onboarding: Onboarding) -> AtHand:
        return self

    @property
    def evidence(self) -> dict[str, str]:
        return {}

    def complete(self, onboarding: Onboarding) -> tuple[TokenResponse, Credential | None]:
        scope = onboarding.services.cloud.scope(PARTNER_CENTER)
        tenant, client = onboarding.facts.tenant_id, onboarding.answers.client_id
        return onboarding.services.entra.redeem_refresh_token(tenant, client, None, self.refresh_token, scope), None

    def completed(self, client_type: str) -> Finding:
        return holds(f"The token at hand was used by a {client_type} client.")

    def refused(self, refusal: ServiceRefusal) -> Finding:
        return refused(refusal)

    def close(self) -> None:
        pass


def with_the_table_read_again() -> Profile:
    """The profile, whose field is made of the table when it is imported."""
    choices = [(name, way.words) for name, way in methods.METHODS.items()]
    steps = [
        replace(
            step,
            fields=tuple(
                replace(field, choices=tuple(choices)) if field.key == "sign_in_flow" else field
                for field in step.fields
            ),
        )
        for step in CSP.steps
    ]
    return replace(CSP, steps=tuple(steps))


def test_a_way_that_is_none_of_ours_leads_to_a_proven_token(monkeypatch: pytest.MonkeyPatch) -> None:
    with rehearsed("all-holds-public", monkeypatch) as here:
        here.run()
        stored = here.cloud.vault.versions(SECRET_NAME)[-1]["value"]
        monkeypatch.setitem(methods.METHODS, "at-hand", AtHand(Secret(str(stored))))
        here.session.profiles = {"csp": with_the_table_read_again()}
        answers = replace(here.journey.onboarding.answers, sign_in_flow="at-hand")

        another = here.session.begin(answers, here.journey.onboarding.emit)
        for step in CSP.steps:
            another.run(step.id)

        assert another.is_proven, another.findings
        assert another.onboarding.facts.flow == "at_hand"
        newest = here.cloud.vault.versions(SECRET_NAME)[-1]
        assert newest["tags"]["flow"] == "at_hand"  # type: ignore[index]


def test_a_way_that_is_not_there_is_refused_before_anything_is_asked(monkeypatch: pytest.MonkeyPatch) -> None:
    with rehearsed("all-holds-public", monkeypatch) as here:
        answers = replace(here.journey.onboarding.answers, sign_in_flow="carrier-pigeon")
        with pytest.raises(BadInput, match="device-code"):
            here.session.begin(answers, lambda _event: None)
        assert here.cloud.log == []


@pytest.mark.parametrize("command", ["run", "check"])
def test_nor_does_a_saved_journey_go_on_with_it(command: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    file = tmp_path / "state" / "journey.json"
    answers = tmp_path / "answers.toml"
    answers.write_text('associated = true\n[sign_in]\nflow = "carrier-pigeon"\n', encoding="utf-8")
    with rehearsed("all-holds-public", monkeypatch, file=file) as here:
        here.run()
        options = ("--answers", str(answers), "--journey", str(file), "--cloud-file", str(here.cloud.cloud_file))
        ended = call_cli(command, *options)

    assert ended.returncode == 2
    assert "sign_in.flow: expected" in ended.stderr
