"""Where somebody who used the wizard for the first time went wrong, and does no more."""

from __future__ import annotations

from dataclasses import replace

import pytest

from tests.screens.driving import wizard
from wizard.core.findings import Finding, Outcome, Who
from wizard.core.secret import Secret


async def test_a_secret_typed_anew_replaces_the_one_that_was_there() -> None:
    async with wizard(credential="secret", client_secret=Secret("old-secret")) as driver:
        await driver.go_to("app")
        driver.shell.query_one("#field-client_secret").focus()
        await driver.pilot.pause()
        await driver.press(*"new", "f5")
        journey = driver.journey
        assert journey is not None
        secret = journey.onboarding.answers.client_secret
        assert secret is not None
        assert secret.reveal() == "new"


async def test_what_the_service_said_stands_in_the_details_of_a_failure(monkeypatch: pytest.MonkeyPatch) -> None:
    from wizard.onboarding.profile import CSP

    refusal = Finding(
        "", Outcome.FAILS, "The firewall blocks this address.", {"service_said": "Client address: 192.0.2.7"},
        ("Have it allowed.",), (Who.ADMIN,),
    )  # fmt: skip
    async with wizard(size=(100, 40)) as driver:
        await driver.begin()
        journey = driver.journey
        assert journey is not None
        changed = replace(CSP.checks["tenant.exists"], run=lambda _onboarding: refusal)
        tenant = replace(
            driver.shell.step_page.step,  # type: ignore[union-attr]
            checks=tuple(
                changed if check.id == "tenant.exists" else check
                for check in driver.shell.step_page.step.checks  # type: ignore[union-attr]
            ),
        )
        steps = tuple(tenant if each.id == tenant.id else each for each in CSP.steps)
        monkeypatch.setattr(journey, "profile", replace(CSP, steps=steps))
        await driver.check()
        assert "The firewall blocks this address." in driver.text
        await driver.press("f3")
        await driver.until_text("192.0.2.7")


async def test_an_old_failure_does_not_stand_above_the_next_code() -> None:
    async with wizard() as driver:
        await driver.stand_on("user")
        driver.services.refuse("read", "ForbiddenByRbac", "no role", service="key_vault", status=403)
        await driver.check()
        assert "✗ The caller has no role on the vault" in driver.text
        await driver.press("f5")
        await driver.until_text("ABCD1234X")
        assert "✗" not in driver.text
        driver.session.stop()


async def test_a_failure_that_led_back_is_gone_once_that_step_is_done_again() -> None:
    async with wizard() as driver:
        await driver.stand_on("user")
        driver.services.refuse("poll", "AADSTS65001", "not consented", error="invalid_grant")
        await driver.check()
        journey = driver.journey
        assert journey is not None
        assert journey.findings["consent.granted"].code == "AADSTS65001"
        assert "user.signed_in" in journey.findings
        await driver.show("consent")
        await driver.prove()
        assert "user.signed_in" not in journey.findings
        await driver.press("f6")
        assert "AADSTS65001" not in driver.text
