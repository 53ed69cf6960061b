"""The states of the welcome page, of every step, and of the last page."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from unittest.mock import patch

from screens.panels.consent_panel import ELSEWHERE, GRANTED
from screens.panels.device_code_panel import DeviceCodePanel
from tests.screens.driving import FILLED, Driver
from tests.screens.gallery.onboardings import SEVERAL
from tests.screens.gallery.scenes import LISTED, MFA
from tests.screens.gallery.state import BOTH, EVERY, MOMENT, KeptJourney, state
from tests.screens.gallery.ways import (
    begin_checks,
    choose_way,
    decline,
    looked,
    refused,
    run_checks,
    save_report,
    show_code,
    show_link,
    stand_on,
    start_anew,
)
from wizard.core.answers import Answers
from wizard.core.errors import Busy
from wizard.core.events import CheckStarted, DeviceCodePrompt, Waiting
from wizard.core.trouble import Trouble
from wizard.microsoft.host_probe import HostProbe
from wizard.microsoft.identities import Usable
from wizard.microsoft.peer_certificate import PeerCertificate
from wizard.microsoft.proxy_route import ProxyRoute
from wizard.onboarding.probes.app_credential import MAY_BE_NEW
from wizard.onboarding.steps.consent import GRANT_IN_GRAPH

# --- welcome ---


@state("welcome", sizes=BOTH, answers=Answers())
async def _welcome(driver: Driver) -> None:
    await driver.until_text("Begin")


@state("welcome-rehearsal", sizes=BOTH, scene=MFA, scenes=LISTED)
async def _welcome_rehearsal(driver: Driver) -> None:
    await driver.until_text("rehearsal")


@state("welcome-unreadable", saved=KeptJourney(trouble="is not a saved journey; move it away and start again"))
async def _welcome_unreadable(driver: Driver) -> None:
    await driver.until_text("cannot be used")


@state("welcome-saved")
async def _welcome_saved(driver: Driver) -> None:
    await stand_on(driver, "consent")
    await start_anew(driver)
    await driver.until_text("It goes on with step 3")


@state("welcome-saved-token-lost")
async def _welcome_token_lost(driver: Driver) -> None:
    await stand_on(driver, "store")
    await start_anew(driver)
    await driver.until_text("only in memory")


@state("welcome-saved-proven")
async def _welcome_proven(driver: Driver) -> None:
    await stand_on(driver, "done")
    await start_anew(driver)
    await driver.until_text("proven to the end")


@state("welcome-several", sizes=EVERY, several=SEVERAL)
async def _welcome_several(driver: Driver) -> None:
    await driver.until_text("6 onboardings on this machine")


@state("welcome-several-filtered", several=SEVERAL)
async def _welcome_several_filtered(driver: Driver) -> None:
    await driver.press(*"secret")


@state("welcome-several-none-found", several=SEVERAL)
async def _welcome_several_none_found(driver: Driver) -> None:
    await driver.press(*"xyz")


@state("welcome-several-broken", sizes=((60, 20), (80, 24)), several=SEVERAL)
async def _welcome_several_broken(driver: Driver) -> None:
    await driver.press(*["down"] * 4)


@state("welcome-going-on")
async def _welcome_going_on(driver: Driver) -> None:
    await driver.begin()
    await driver.press("escape", "escape")
    await driver.until_text("Go on")


# --- steps ---


@state("start-running")
async def _start_running(driver: Driver) -> None:
    driver.session.checks_machine = True
    driver.services.hold.clear()
    await driver.press("enter")
    await driver.until(lambda: "look at login" in driver.services.calls, "the first look at a host")
    await driver.until_text("checking")


@state("start-unreachable", sizes=BOTH)
async def _start_unreachable(driver: Driver) -> None:
    driver.session.checks_machine = True
    way = ProxyRoute("proxy.contoso.com:3128", "HTTPS_PROXY")
    refusal = "the proxy does not let this machine through to it (it answered 403)"
    await looked(driver, partner_center=HostProbe("api.partnercenter.microsoft.com", way, Trouble.TUNNEL, refusal))


@state("start-inspected")
async def _start_inspected(driver: Driver) -> None:
    driver.session.checks_machine = True
    peer_certificate = PeerCertificate("TLS 1.3", "Contoso Inspection CA")
    hosts = {"login": "login.microsoftonline.com", "partner_center": "api.partnercenter.microsoft.com"}
    host_probes = {
        name: HostProbe(host, ProxyRoute(), Trouble.TLS, "not trusted", peer_certificate=peer_certificate)
        for name, host in hosts.items()
    }
    await looked(driver, **host_probes)


@state("start-clock-wrong")
async def _start_clock_wrong(driver: Driver) -> None:
    driver.session.checks_machine = True
    driver.services.clock_ahead = timedelta(hours=1)
    await looked(driver)


@state("start-no-identity")
async def _start_no_identity(driver: Driver) -> None:
    driver.session.checks_machine = True
    driver.services.environment_identity = (Usable.NO, "AZURE_CLIENT_ID and AZURE_TENANT_ID are not set")
    await looked(driver)


@state("start-proven", sizes=BOTH)
async def _start_proven(driver: Driver) -> None:
    driver.session.checks_machine = True
    await driver.begin()
    await driver.press("escape")


@state("tenant-empty", answers=Answers())
async def _tenant_empty(driver: Driver) -> None:
    driver.session.checks_machine = True
    await driver.begin()


@state("tenant-mistaken", answers=Answers(tenant="https://contoso.com/about", associated=True))
async def _tenant_mistaken(driver: Driver) -> None:
    driver.session.checks_machine = True
    await driver.begin()
    await driver.press("f5")


@state("tenant-running")
async def _tenant_running(driver: Driver) -> None:
    await driver.begin()
    driver.services.hold.clear()
    await driver.press("f5")
    await driver.until_text("checking")
    await driver.until(lambda: "discover" in driver.services.calls, "the first question to a service")


@state("tenant-waiting")
async def _tenant_waiting(driver: Driver) -> None:
    await driver.begin()
    driver.services.refusals["discover"] = [Busy("login.microsoftonline.com", 503, 30.0)]
    await begin_checks(driver)
    await driver.until_text("Trying again in")


@state("app-waiting")
async def _app_waiting(driver: Driver) -> None:
    await stand_on(driver, "app")
    driver.page.begin_run()
    trouble, advice = MAY_BE_NEW["AADSTS7000215"]
    again, until = MOMENT + timedelta(seconds=15), MOMENT + timedelta(seconds=105)
    await driver.follow(CheckStarted("app.credential"))
    await driver.follow(Waiting("trying", MOMENT, until, again, f"{trouble} (AADSTS7000215)", advice))
    driver.shell.draw()


@state("consent-waiting")
async def _consent_waiting(driver: Driver) -> None:
    await stand_on(driver, "consent")
    driver.page.begin_run()
    again, until = MOMENT + timedelta(seconds=5), MOMENT + timedelta(seconds=280)
    await driver.follow(CheckStarted("consent.granted"))
    await driver.follow(Waiting(GRANT_IN_GRAPH, MOMENT, until, again, advice="Consent takes effect with delay."))
    driver.shell.draw()


@state("tenant-failed", sizes=BOTH)
async def _tenant_failed(driver: Driver) -> None:
    said = "Tenant 'contoso.com' not found. Check to make sure you have the correct tenant ID."
    await refused(driver, "tenant", "discover", "AADSTS90002", said, error="invalid_tenant")


@state("tenant-stopped")
async def _tenant_stopped(driver: Driver) -> None:
    await _tenant_running(driver)
    await driver.press("escape")
    await driver.until(lambda: not driver.running, "the run to end")
    await driver.pilot.pause()


@state("tenant-unreachable")
async def _tenant_unreachable(driver: Driver) -> None:
    await driver.begin()
    driver.services.refusals["discover"] = [Busy("login.microsoftonline.com", 503, 30.0)] * 5
    await driver.check()


@state("tenant-provisional")
async def _tenant_provisional(driver: Driver) -> None:
    await driver.begin()
    await driver.check()


@state("tenant-changed")
async def _tenant_changed(driver: Driver) -> None:
    await stand_on(driver, "app")
    await driver.press("escape")
    driver.app.screen.query_one("#field-tenant").focus()
    await driver.press("end", *".au", "tab")


@state("tenant-broken")
async def _tenant_broken(driver: Driver) -> None:
    await driver.begin()
    driver.services.refusals["discover"] = [RuntimeError("as nobody expected")]
    with patch("wizard.onboarding.finding_builders.place_of", lambda error: f"{type(error).__name__} in entra.py:48"):
        await driver.check()


@state("not-saved")
async def _not_saved(driver: Driver) -> None:
    await driver.begin()

    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    driver.session.file.write = full  # type: ignore[method-assign,union-attr]
    await driver.check()


@state("rail-focused")
async def _rail_focused(driver: Driver) -> None:
    await stand_on(driver, "app")
    driver.app.screen.query_one("#rail").focus()
    await driver.press("down")


@state("app-empty", answers=replace(FILLED, client_id="", credential="secret"))
async def _app_empty(driver: Driver) -> None:
    await stand_on(driver, "app")


@state("app-open", sizes=BOTH)
async def _app_open(driver: Driver) -> None:
    await stand_on(driver, "app")


@state("app-list-open")
async def _app_list_open(driver: Driver) -> None:
    await stand_on(driver, "app")
    driver.app.screen.query_one("#field-credential").focus()
    await driver.press("enter")


@state("app-failed", sizes=BOTH)
async def _app_failed(driver: Driver) -> None:
    said = (
        "Application with identifier '33333333-cccc-4ccc-8ccc-000000000003' was not found in the directory 'Contoso'."
    )
    await refused(driver, "app", "request", "AADSTS700016", said, error="unauthorized_client")


@state("app-proven")
async def _app_proven(driver: Driver) -> None:
    await stand_on(driver, "app")
    await run_checks(driver)


@state("app-pointed")
async def _app_pointed(driver: Driver) -> None:
    await _app_proven(driver)
    driver.app.screen.query_one("#checks").focus()
    await driver.press("down")


@state("consent-open", sizes=BOTH)
async def _consent_open(driver: Driver) -> None:
    await stand_on(driver, "consent")


@state("consent-locked")
async def _consent_locked(driver: Driver) -> None:
    await driver.begin()
    assert driver.journey is not None
    await driver.show("consent")


@state("consent-link", sizes=BOTH)
async def _consent_link(driver: Driver) -> None:
    await show_link(driver)


@state("consent-elsewhere", sizes=BOTH)
async def _consent_elsewhere(driver: Driver) -> None:
    await show_link(driver)
    await choose_way(driver, ELSEWHERE)


@state("consent-already")
async def _consent_already(driver: Driver) -> None:
    await show_link(driver)
    await choose_way(driver, GRANTED)


@state("consent-nothing-pasted")
async def _consent_nothing_pasted(driver: Driver) -> None:
    await show_link(driver)
    driver.app.screen.query_one("#consent-answer").focus()
    await driver.press("enter")


@state("consent-declined")
async def _consent_declined(driver: Driver) -> None:
    await stand_on(driver, "consent")
    await decline(driver)


@state("consent-provisional")
async def _consent_provisional(driver: Driver) -> None:
    await stand_on(driver, "consent")
    await run_checks(driver)


@state("user-open", sizes=BOTH, answers=replace(FILLED, integration_user="", vault_url=""))
async def _user_open(driver: Driver) -> None:
    await stand_on(driver, "user")


@state("user-code", sizes=BOTH)
async def _user_code(driver: Driver) -> None:
    await show_code(driver)


@state("user-code-copied")
async def _user_code_copied(driver: Driver) -> None:
    await show_code(driver)
    await driver.press("f2")


@state("user-code-expired")
async def _user_code_expired(driver: Driver) -> None:
    await show_code(driver)
    panel = driver.panel(DeviceCodePanel)
    assert panel is not None
    panel.life.until = MOMENT
    panel.life.tick()
    driver.shell.draw()


@state("user-code-for-vault")
async def _user_code_for_vault(driver: Driver) -> None:
    await stand_on(driver, "user")
    page = driver.shell.step_page
    assert page is not None
    page.begin_run()
    address = driver.services.cloud.device_pages[0]
    await driver.follow(DeviceCodePrompt("vault", "", address, "VAULT9CODE", MOMENT.replace(minute=15)))
    driver.shell.draw(focus=True)


@state("user-failed", sizes=BOTH)
async def _user_failed(driver: Driver) -> None:
    said = (
        "Caller is not authorized to perform action on resource. "
        "Caller: appid=04b07795-8ddb-461a-bbee-02f9e1bf7b46;oid=22222222-bbbb-4bbb-8bbb-000000000002"
    )
    await refused(driver, "user", "write_check", "ForbiddenByRbac", said, service="key_vault", status=403)


@state("user-wrong-account")
async def _user_wrong_account(driver: Driver) -> None:
    await stand_on(driver, "user")
    driver.services.user_name = "global-admin@contoso.com"
    await run_checks(driver)


@state("user-proven")
async def _user_proven(driver: Driver) -> None:
    await stand_on(driver, "user")
    await run_checks(driver)


@state("store-open", sizes=BOTH)
async def _store_open(driver: Driver) -> None:
    await stand_on(driver, "store")


@state("store-failed")
async def _store_failed(driver: Driver) -> None:
    said = "Caller is not authorized to perform action on resource."
    await refused(driver, "store", "write", "ForbiddenByRbac", said, service="key_vault", status=403)


@state("store-another-vault", sizes=BOTH)
async def _store_another_vault(driver: Driver) -> None:
    await _store_failed(driver)
    vault = driver.app.screen.query_one("#field-vault_url")
    vault.focus()
    vault.value = "https://contoso-spare.vault.azure.net"  # type: ignore[attr-defined]
    await driver.press("tab")


@state("store-proven")
async def _store_proven(driver: Driver) -> None:
    await stand_on(driver, "store")
    await run_checks(driver)


@state("done-proven", sizes=BOTH)
async def _done_proven(driver: Driver) -> None:
    await stand_on(driver, "done")


@state("done-report-saved")
async def _done_report_saved(driver: Driver) -> None:
    await stand_on(driver, "done")
    await save_report(driver)
    with patch("screens.report_files._write"):
        await driver.press("enter")


@state("done-not-proven")
async def _done_not_proven(driver: Driver) -> None:
    await stand_on(driver, "consent")
    assert driver.journey is not None
    await driver.show("done")
