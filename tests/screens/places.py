"""Places in the wizard where keys are pressed, and what a key did there."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass
from typing import Any

from textual.widgets import DataTable

from screens.app import WizardApp
from screens.beginning import choose_scene
from screens.dialogs.choice import Choice
from screens.dialogs.confirm import Confirm
from screens.dialogs.customer_table import CustomerTable
from screens.dialogs.details import Details
from screens.dialogs.explain_dialog import ExplainDialog
from screens.dialogs.first_password_dialog import FirstPasswordDialog
from screens.dialogs.fix_dialog import FixDialog
from screens.dialogs.line import LineDialog
from screens.dialogs.qr import QrDialog
from screens.dialogs.reader import Reader
from screens.dialogs.scene_list import SceneList
from screens.launch import Launch
from screens.machine import Machine
from screens.messages import TextRead
from screens.pages.onboardings import OnboardingsPage
from screens.panels.consent_panel import ConsentPanel
from screens.panels.device_code_panel import DeviceCodePanel
from screens.scenes import Repaired, SceneGroup, SceneInfo
from screens.shell import Shell
from screens.terminal.choice_field import ChoiceField
from screens.terminal.tick_box import TickBox
from screens.widgets.alternatives import AlternativeLine, Alternatives
from screens.widgets.check_list import CheckList
from screens.widgets.fold_line import FoldLine
from screens.widgets.onboarding_list import OnboardingList
from screens.widgets.rail import Rail
from tests.screens.driving import Driver, wizard
from tests.screens.gallery.onboardings import SEVERAL
from tests.screens.gallery.several_customers import show_customers
from tests.screens.gallery.state import KeptOnboardings
from tests.screens.stubs import DESKTOP, SERVER, USER_ID, StubSession
from wizard.catalogue import Diagnosis
from wizard.core.findings import Retry, Who
from wizard.core.first_password import FirstPassword
from wizard.core.inbox import Inbox, Message, NewLink, Purpose
from wizard.core.secret import Secret
from wizard.core.trouble import Trouble
from wizard.explain import Explanation
from wizard.microsoft.host_probe import HostProbe
from wizard.microsoft.proxy_route import ProxyRoute

THREE_FOUND = Explanation(
    tuple(
        Diagnosis(
            code, "It failed", "Because.", ("Run `az login --tenant t`.",), (Who.ADMIN,), Retry.NO, ("tenant",), ""
        )
        for code in ("ONE", "TWO", "THREE")
    ),
    "a text",
)
CALLER = "Caller is not authorized.\r\nCaller: appid=04b07795-8ddb-461a-bbee-02f9e1bf7b46;oid=" + USER_ID
NOWHERE = tuple(each._replace(path=f"/dev/null/{each.name}.json") for each in SEVERAL)
NOTES = tuple(SceneInfo(f"What happens in scene {name}?", "nothing", name=name) for name in "abcdefghij")


class NoOtherScene:
    """Scenes of which none can be put on."""

    def groups(self) -> tuple[SceneGroup, ...]:
        """All in one."""
        return (SceneGroup("Everything", NOTES),)

    def start(self, name: str, *, at_its_step: bool = False) -> Launch:
        """Never."""
        raise RuntimeError("no other scene can be put on here")


class StubRepair:
    """A repair that changes nothing."""

    is_open = True

    def apply(self) -> Repaired:
        """Say that it is done."""
        self.is_open = False
        return Repaired("The administrator did it.")


MOVING = ("up", "down", "home", "end", "pageup", "pagedown")


@dataclass(frozen=True)
class Place:
    """Where keys are pressed.

    Args:
        go: brings a wizard there from its first page.
        owners: the classes whose keys work there.
        has_scenes: whether the wizard is a rehearsal.
        machine: where the wizard runs.
        size: of its window.
        has_several: whether several onboardings are kept, none of which can be opened.
    """

    go: Callable[[Driver], Awaitable[object]]
    owners: tuple[type, ...] = (WizardApp, Shell)
    has_scenes: bool = False
    machine: Machine = SERVER
    size: tuple[int, int] = (80, 24)
    has_several: bool = False

    def wizard(self) -> AbstractAsyncContextManager[Driver]:
        """A wizard that can be brought there."""
        if self.has_several:
            return wizard(session=StubSession(folder=KeptOnboardings(NOWHERE)))
        if not self.has_scenes:
            return wizard(machine=self.machine, size=self.size)
        return wizard(catalog=NoOtherScene(), scene=NOTES[0], machine=self.machine, repair=StubRepair())


async def to_second(driver: Driver) -> None:
    """The second of several onboardings."""
    await driver.press("down")


async def stay(_driver: Driver) -> None:
    """The first page."""


async def to_start_running(driver: Driver) -> None:
    """Step 0 is checked by itself, and a host does not answer."""
    driver.session.checks_machine = True
    driver.services.hold.clear()
    await driver.press("enter")
    await driver.until(lambda: "look at login" in driver.services.calls, "the first look at a host")


async def to_start_failed(driver: Driver) -> None:
    """A host could not be reached."""
    driver.session.checks_machine = True
    driver.services.host_probes["partner_center"] = HostProbe(
        "api.partnercenter.microsoft.com", ProxyRoute(), Trouble.NAME
    )
    await driver.press("enter")
    await driver.until(lambda: driver.journey and not driver.running, "the checks to end")


async def to_start_proven(driver: Driver) -> None:
    """Step 0 again, from step 1."""
    driver.session.checks_machine = True
    await driver.begin()
    await driver.press("escape")


async def to_running(driver: Driver) -> None:
    """Checks run, and a service does not answer."""
    await driver.begin()
    driver.services.hold.clear()
    await driver.press("f5")
    await driver.until(lambda: "discover" in driver.services.calls, "the first question to a service")


async def to_failed(driver: Driver) -> None:
    """A check failed."""
    await driver.begin()
    driver.services.refuse("discover", "AADSTS90002", "not found")
    await driver.check()


async def to_proven(driver: Driver) -> None:
    """All of a step holds."""
    await driver.begin()
    await driver.check()


async def to_locked(driver: Driver) -> None:
    """A step that is locked."""
    await driver.begin()
    assert driver.journey is not None
    await driver.show("store")


async def to_link(driver: Driver) -> None:
    """The consent link is shown."""
    await driver.stand_on("consent")
    await driver.press("f5")
    await driver.until(lambda: driver.panel(ConsentPanel), "the link")


async def to_way(driver: Driver) -> None:
    """One of the alternatives for consent has the focus."""
    await to_link(driver)
    driver.app.screen.query_one("#alternative-elsewhere").focus()
    await driver.pilot.pause()


async def to_code(driver: Driver) -> None:
    """A device code is shown."""
    await driver.stand_on("user")
    await driver.press("f5")
    await driver.until(lambda: driver.panel(DeviceCodePanel), "a device code")


async def to_browser(driver: Driver) -> None:
    """A link for the browser is shown."""
    await driver.wait_for_link(port=8400)


async def to_token(driver: Driver) -> None:
    """Step 4, with a token in memory."""
    await driver.stand_on("store")
    assert driver.journey is not None
    await driver.show("user")


async def to_widget(driver: Driver, name: str) -> None:
    """The focus stands on the check list, or the rail, of a failed step."""
    await to_failed(driver)
    driver.app.screen.query_one(name).focus()


async def to_list(driver: Driver) -> None:
    """The check list."""
    await to_widget(driver, "#checks")


async def to_rail(driver: Driver) -> None:
    """The rail."""
    await to_widget(driver, "#rail")
    await driver.press("down")


async def to_tick_box(driver: Driver) -> None:
    """A tick box."""
    await driver.begin()
    driver.app.screen.query_one(TickBox).focus()


async def to_choice(driver: Driver) -> None:
    """A field that is chosen from a list."""
    await driver.stand_on("user")
    driver.app.screen.query(ChoiceField).first().focus()


async def to_folded_fields(driver: Driver) -> None:
    """The line in the place of fields that cannot fix what failed."""
    await to_command(driver)
    driver.app.screen.query_one(FoldLine).focus()


async def to_help(driver: Driver) -> None:
    """The help of the first page."""
    await driver.press("f1")


async def to_details(driver: Driver) -> None:
    """The details of a failed check."""
    await to_failed(driver)
    await driver.press("f3")


async def to_command(driver: Driver) -> None:
    """A check of the vault failed, and a command fixes it."""
    await driver.stand_on("user")
    driver.services.refuse("write_check", "ForbiddenByRbac", CALLER, service="key_vault", status=403)
    await driver.check()


async def to_fixable(driver: Driver) -> None:
    """A check failed that a request would put right."""
    await driver.stand_on("app")
    driver.services.refuse("request", "AADSTS500011", "The resource principal was not found.")
    await driver.check()


async def to_fix(driver: Driver) -> None:
    """What a fix would send."""
    await to_fixable(driver)
    await driver.press("f10")


async def to_first_password(driver: Driver) -> None:
    """The first password of an account that was made."""
    await driver.stand_on("user")
    driver.app.push_screen(FirstPasswordDialog(FIRST))
    await driver.pilot.pause()


async def to_holding_details(driver: Driver) -> None:
    """The details of a check that holds."""
    await to_proven(driver)
    driver.app.screen.query_one("#checks").focus()
    await driver.press("home", "enter", "down", "enter")


async def to_diagnose(driver: Driver) -> None:
    """Where an error is explained."""
    await driver.press("f9")


async def to_answers(driver: Driver) -> None:
    """Three errors are explained; the second is shown."""
    await driver.stand_on("app")
    await driver.press("f9")
    driver.app.screen.post_message(TextRead(0, THREE_FOUND))
    await driver.until_text("3. It failed")
    await driver.press("down")


async def to_qr(driver: Driver) -> None:
    """The QR code of the consent link."""
    await to_link(driver)
    await driver.press("f4")


async def to_question(driver: Driver) -> None:
    """The question whether to quit."""
    await driver.stand_on("store")
    await driver.press("ctrl+q")


async def to_clouds(driver: Driver) -> None:
    """The choice of a cloud."""
    await driver.shell.action_offer("cloud")


async def to_report(driver: Driver) -> None:
    """Where the report is to be saved."""
    await driver.finish()
    await driver.press("f8")


async def to_customers(driver: Driver) -> None:
    """The second of a few customers."""
    await show_customers(driver)
    await driver.press("down")


async def to_scenes(driver: Driver) -> None:
    """The scenes of a rehearsal."""
    choose_scene(driver.shell)
    await driver.press("down")


def page_of(step: str) -> Callable[[Driver], Awaitable[None]]:
    """Brings a wizard to an open step."""

    async def go(driver: Driver) -> None:
        await driver.stand_on(step)

    return go


FIRST = FirstPassword("partner-integration@contoso.com", Secret("Kx7fm-q4NdR-7Vhtb-pW2xy"))
"""The first password of an account."""
PLACES = {
    "welcome": Place(stay),
    "welcome of a rehearsal": Place(stay, has_scenes=True),
    "onboardings": Place(to_second, (WizardApp, Shell, OnboardingsPage), has_several=True),
    "start, running": Place(to_start_running),
    "start, failed": Place(to_start_failed),
    "start, proven": Place(to_start_proven),
    "tenant, open": Place(page_of("tenant")),
    "tenant, running": Place(to_running),
    "tenant, failed": Place(to_failed),
    "tenant, failed in a rehearsal": Place(to_failed, has_scenes=True),
    "tenant, proven": Place(to_proven),
    "app, open": Place(page_of("app")),
    "consent, open": Place(page_of("consent")),
    "consent link": Place(to_link),
    "way to consent": Place(to_way, (WizardApp, Shell, Alternatives, AlternativeLine)),
    "user, open": Place(page_of("user")),
    "device code": Place(to_code),
    "sign-in in a browser": Place(to_browser),
    "sign-in in a browser of this machine": Place(to_browser, machine=DESKTOP),
    "user, token in memory": Place(to_token),
    "store, locked": Place(to_locked),
    "store, open": Place(page_of("store")),
    "done": Place(Driver.finish),
    "check list": Place(to_list, (WizardApp, Shell, CheckList)),
    "tick box": Place(to_tick_box, (WizardApp, Shell, TickBox)),
    "rail": Place(to_rail, (WizardApp, Shell, Rail), size=(120, 40)),
    "choice": Place(to_choice, (WizardApp, Shell, ChoiceField)),
    "folded fields": Place(to_folded_fields, (WizardApp, Shell, FoldLine)),
    "help": Place(to_help, (WizardApp, Reader)),
    "user, failed": Place(to_command),
    "app, failed with a fix": Place(to_fixable),
    "fix": Place(to_fix, (WizardApp, FixDialog)),
    "first password": Place(to_first_password, (WizardApp, FirstPasswordDialog)),
    "details": Place(to_details, (WizardApp, Details)),
    "details of a check that holds": Place(to_holding_details, (WizardApp, Reader)),
    "explain": Place(to_diagnose, (WizardApp, ExplainDialog)),
    "explained": Place(to_answers, (WizardApp, Details, ExplainDialog)),
    "QR code": Place(to_qr, (WizardApp, QrDialog)),
    "question": Place(to_question, (WizardApp, Confirm)),
    "clouds": Place(to_clouds, (WizardApp, Choice)),
    "report": Place(to_report, (WizardApp, LineDialog)),
    "customers": Place(to_customers, (WizardApp, CustomerTable)),
    "scenes": Place(to_scenes, (WizardApp, SceneList), has_scenes=True),
}


@dataclass(frozen=True)
class Sight:
    """What can be told from outside."""

    exit_code: int | None
    screen: str
    page: str
    running: str
    codes: int
    clipboard: str
    host_probes: tuple[object, ...]

    @classmethod
    def of(cls, driver: Driver) -> Sight:
        """What can be told now."""
        app, shell = driver.app, driver.shell
        if app.return_code is not None:
            return cls(app.return_code, "", "", "", 0, "", ())
        pointed = tuple(getattr(each, "pointed_at", None) for each in app.screen.query("CheckList, Rail"))
        pointed += tuple(each.pointed for each in app.screen.query(OnboardingList))
        highlighted = tuple(getattr(each, "highlighted", None) for each in app.screen.query("OptionList"))
        highlighted += tuple(each.cursor_row for each in app.screen.query(DataTable))
        scrolled = tuple(each.scroll_y for each in app.screen.query("*") if each.max_scroll_y)
        focused = app.screen.focused.id if app.screen.focused else None
        return cls(
            None, type(app.screen).__name__, shell.page.page_id, driver.running, driver.services.codes_issued,
            app.clipboard, (focused, pointed, highlighted, scrolled),
        )  # fmt: skip


def what_happened(before: Sight, after: Sight) -> str:
    """In a few words; the first that differs counts."""
    if after.exit_code is not None:
        return f"quits with {after.exit_code}"
    if after.page != before.page:
        return f"goes to {after.page}"
    if after.screen != before.screen:
        return "closes" if after.screen == "Shell" else f"opens {after.screen}"
    if after.running != before.running:
        return f"checks {after.running}" if after.running else "stops"
    if after.codes != before.codes:
        return "asks for a new code"
    if after.clipboard != before.clipboard:
        return "copies"
    return "moves" if after.host_probes != before.host_probes else "nothing"


async def outcomes(place: Place, choose: Callable[[Driver], Sequence[str]]) -> dict[str, str]:
    """What each key does at a place; `choose` gives the keys, once a wizard is there.

    A key that changes something is the last one its wizard is given; keys that move in a list follow each other.
    """
    found: dict[str, str] = {}
    left: list[str] | None = None
    while left is None or left:
        async with place.wizard() as driver:
            await place.go(driver)
            await driver.pilot.pause()
            left = list(choose(driver)) if left is None else left
            goes_on = True
            while left and goes_on:
                key = left.pop(0)
                is_as_before = await _press(driver, key, found)
                goes_on = is_as_before or (found[key] == "moves" and bool(left) and left[0] in MOVING)
            driver.services.hold.set()
    return found


async def _press(driver: Driver, key: str, found: dict[str, str]) -> bool:
    """Press a key and note what it does; whether all is as it was before, once Esc has closed what it opened."""
    runs: list[str] = []
    start = driver.controller.start
    inbox = driver.journey.onboarding.memory.inbox if driver.journey else Inbox()
    handed_in: list[Message] = []
    put = inbox.put

    def counted(step: str, *more: Any) -> None:
        runs.append(step)
        start(step, *more)

    def noted(purpose: Purpose, message: Message) -> None:
        handed_in.append(message)
        put(purpose, message)

    driver.controller.start = counted  # type: ignore[method-assign, assignment]
    inbox.put = noted  # type: ignore[method-assign]
    before = Sight.of(driver)
    await driver.press(key)
    if driver.session.cancel.is_set and driver.app.return_code is None:  # it ends in a thread of its own
        await driver.until(lambda: not driver.running, "the end of what was stopped")
        await driver.pilot.pause()
    after = Sight.of(driver)
    told = "asks for a new link" if NewLink() in handed_in else what_happened(before, after)
    found[key] = f"checks {runs[0]}" if runs else told
    if found[key].startswith("opens"):
        await driver.press("escape")
        await driver.pilot.pause()
    if found[key] == "copies":
        driver.app._clipboard = before.clipboard  # nothing else has changed
    driver.controller.start = start  # type: ignore[method-assign]
    inbox.put = put  # type: ignore[method-assign]
    return not runs and not handed_in and Sight.of(driver) == before
