"""The people of a scene: an administrator who follows consent links, a user who signs in by code or in a browser."""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from urllib.parse import parse_qsl, urlsplit

from wizard.rehearsal import consent_endpoint, device_codes, headless_browser
from wizard.rehearsal.aadsts_errors import EntraError
from wizard.rehearsal.choices import AdminAction, BrowserLocation, BrowserResult, Service, UserAction
from wizard.rehearsal.cloud_state import CloudState
from wizard.rehearsal.new_accounts import sign_in_for_the_first_time
from wizard.rehearsal.redirect_platforms import is_loopback

_TICK_SECONDS = 0.5
_TOO_LATE_SECONDS = 90
"""After this time an authorization code can no longer be used."""
_INTEGRATION_USER = "integration_user"


@dataclass(order=True, slots=True)
class _PlannedAct:
    due: datetime
    number: int
    act: Callable[[], None] = field(compare=False)


class People:
    """They read the product's JSON lines and, if they act by themselves, do their part when it is due.

    Args:
        state: the cloud's.
        acting: whether they act by themselves.

    `submit` is called with what they bring from a browser on another machine: the sign-in's purpose and the address.
    """

    def __init__(self, state: CloudState, acting: bool) -> None:
        self._state = state
        self._acting = acting
        self.submit: Callable[[str, str], None] = lambda _purpose, _address: None
        self._results = list(state.world.behaviour.browser_results)
        self._newest_link = ""
        self._lock = threading.RLock()
        self._planned: list[_PlannedAct] = []
        self._number = 0
        self._browsers: list[threading.Thread] = []
        self._ended = threading.Event()
        self._ticker = threading.Thread(target=self._tick, name="rehearsal-people", daemon=True)

    def start(self) -> None:
        """Let them watch the clock."""
        if self._acting:
            self._state.clock.subscribe(self.act)
            self._ticker.start()

    def change_results(self) -> None:
        """Let the user bring what the world says now from the browser, from its beginning."""
        with self._lock:
            self._results = list(self._state.world.behaviour.browser_results)

    def stop(self) -> None:
        """Let them do nothing more; their threads have ended when this returns."""
        self._ended.set()
        self._state.clock.unsubscribe(self.act)
        if self._ticker.is_alive():
            self._ticker.join(2)
        for browser in self._browsers:
            browser.join(1)

    def on_event(self, event: Mapping[str, object]) -> None:
        """Plan what a line of `run --json` asks a person for; other lines are ignored."""
        behaviour = self._state.world.behaviour
        if not self._acting:
            return
        if event.get("type") == "consent_link" and behaviour.admin is not AdminAction.NOBODY:
            url = str(event.get("url", ""))
            self._plan(behaviour.admin_delay, lambda: self._consent(url))
        if event.get("type") == "sign_in":
            purpose = str(event.get("for", ""))
            if purpose == _INTEGRATION_USER and behaviour.user is UserAction.NOBODY:
                return
            if event.get("method") == "browser":
                self._plan_browser_sign_in(purpose, str(event.get("url", "")))
            else:
                code = str(event.get("user_code", ""))
                self._plan(behaviour.user_delay, lambda: self._type_code(purpose, code))

    def act(self) -> None:
        """Do everything that is due, in order of time."""
        with self._lock:
            while self._planned and self._planned[0].due <= self._state.clock.now():
                self._planned.pop(0).act()

    def _plan(self, delay: float, act: Callable[[], None]) -> None:
        with self._lock:
            self._number += 1
            due = self._state.clock.now() + timedelta(seconds=delay)
            self._planned.append(_PlannedAct(due, self._number, act))
            self._planned.sort()
        self.act()

    def _tick(self) -> None:
        while not self._ended.wait(_TICK_SECONDS):
            self.act()

    def _type_code(self, purpose: str, user_code: str) -> None:
        behaviour = self._state.world.behaviour
        with self._state.lock:
            code = device_codes.find(self._state, user_code)
            if code is None:
                return
            if purpose != _INTEGRATION_USER:
                device_codes.approve(self._state, code, self._state.person(behaviour.consents_as))
            elif behaviour.user is UserAction.DECLINE:
                device_codes.decline(code)
            elif key := self._user():
                device_codes.approve(self._state, code, self._state.person(key))

    def _user(self) -> str:
        """Return the key of who signs in, after the first sign-in of an account made here; "" while there is nobody."""
        known = self._state.world.behaviour.signs_in_as
        key = known if known in self._state.people else next(reversed(self._state.new_accounts), "")
        sign_in_for_the_first_time(self._state, key)
        return key

    def _plan_browser_sign_in(self, purpose: str, url: str) -> None:
        behaviour = self._state.world.behaviour
        if purpose == _INTEGRATION_USER:
            self._newest_link = url
            self._plan(behaviour.user_delay, lambda: self._sign_in_as_user(url))
            return

        def sign_in_as_admin() -> None:
            self._deliver(purpose, self._sign_in(url, behaviour.consents_as, BrowserResult.RIGHT))

        self._plan(behaviour.user_delay, sign_in_as_admin)

    def _sign_in_as_user(self, url: str) -> None:
        """Bring the next of `browser_results`; if the link can still be used after it, plan the one that follows."""
        behaviour = self._state.world.behaviour
        with self._state.lock:
            user = self._user()
        if url != self._newest_link or not user:
            return
        result = self._results.pop(0) if len(self._results) > 1 else self._results[0]
        declines = behaviour.user is UserAction.DECLINE
        address = self._sign_in(url, user, BrowserResult.ERROR if declines else result)
        delay = _TOO_LATE_SECONDS if result is BrowserResult.TOO_OLD else 0
        self._plan(delay, lambda: self._deliver(_INTEGRATION_USER, address))
        if result in (BrowserResult.ANOTHER_RUN, BrowserResult.WITHOUT_CODE):
            self._plan(behaviour.user_delay, lambda: self._sign_in_as_user(url))

    def _sign_in(self, url: str, person: str, result: BrowserResult) -> str:
        """Return the address the browser ends on, "" if it stays on a page of the cloud's."""
        with self._state.lock:
            asked = headless_browser.open_link(self._state, url)
            if asked is None:
                return ""
            return headless_browser.sign_in(self._state, asked, self._state.person(person), result)

    def _deliver(self, purpose: str, address: str) -> None:
        """Paste an address, or open it if the browser is on the product's machine."""
        if address and self._state.world.behaviour.browser is BrowserLocation.ELSEWHERE:
            self.submit(purpose, address)
        elif address:
            self._open(address)

    def _consent(self, url: str) -> None:
        """Open a consent link, decide, and open the answer's address."""
        behaviour = self._state.world.behaviour
        parts = urlsplit(url)
        path = parts.path.strip("/").split("/")
        if self._state.names.service_of(parts.netloc) is not Service.LOGIN or path[-1] != "adminconsent":
            return
        query = dict(parse_qsl(parts.query))
        version = 2 if path[1:-1] == ["v2.0"] else 1
        with self._state.lock:
            try:
                asked = consent_endpoint.read_link(self._state, path[0], version, query)
            except EntraError:
                return
            person = self._state.person(behaviour.consents_as)
            target = consent_endpoint.decide(self._state, asked, person, behaviour.admin is AdminAction.ACCEPT)
        self._open(target)

    def _open(self, address: str) -> None:
        if not is_loopback(address):
            return
        browser = threading.Thread(target=headless_browser.follow, args=(address,), daemon=True)
        self._browsers.append(browser)
        browser.start()
        browser.join(3)
