"""The people of a scene: an administrator who follows consent links, a user who signs in by code or in a browser."""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from urllib.parse import parse_qsl, urlsplit

from wizard.rehearsal import consent_endpoint, device_codes, headless_browser
from wizard.rehearsal.aadsts_errors import EntraError
from wizard.rehearsal.cloud_state import CloudState
from wizard.rehearsal.redirect_platforms import is_loopback
from wizard.rehearsal.world import AdminAction, BrowserLocation, BrowserResult, Service, UserAction

_TICK = 0.5
_TOO_LATE = 90
"""Seconds after which a code is brought that nobody can use any more."""
_INTEGRATION_USER = "integration_user"


@dataclass(order=True, slots=True)
class _Plan:
    due: datetime
    number: int
    act: Callable[[], None] = field(compare=False)


class People:
    """They read the product's JSON lines and, where they act by themselves, do their part when its time has come.

    `submit` takes what they bring from a browser elsewhere: the purpose of the sign-in, and the address.
    """

    def __init__(self, state: CloudState, acting: bool) -> None:
        self._state = state
        self._acting = acting
        self.submit: Callable[[str, str], None] = lambda _purpose, _address: None
        self._answers = list(state.world.behaviour.browser_results)
        self._link = ""
        self._lock = threading.RLock()
        self._plans: list[_Plan] = []
        self._number = 0
        self._browsers: list[threading.Thread] = []
        self._ended = threading.Event()
        self._ticker = threading.Thread(target=self._tick, name="rehearsal-people", daemon=True)

    def start(self) -> None:
        """They begin to look at the clock."""
        if self._acting:
            self._state.clock.subscribe(self.act)
            self._ticker.start()

    def stop(self) -> None:
        """They go home."""
        self._ended.set()
        self._state.clock.unsubscribe(self.act)
        if self._ticker.is_alive():
            self._ticker.join(2)
        for opened in self._browsers:
            opened.join(1)

    def on_event(self, event: Mapping[str, object]) -> None:
        """Takes in one line of `run --json`; lines that are not about people are ignored."""
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
                self._see_link(purpose, str(event.get("url", "")))
            else:
                code = str(event.get("user_code", ""))
                self._plan(behaviour.user_delay, lambda: self._type_code(purpose, code))

    def act(self) -> None:
        """Everybody whose time has come acts, in order of time."""
        with self._lock:
            while self._plans and self._plans[0].due <= self._state.clock.now():
                self._plans.pop(0).act()

    def _plan(self, delay: float, act: Callable[[], None]) -> None:
        with self._lock:
            self._number += 1
            self._plans.append(_Plan(self._state.clock.now() + timedelta(seconds=delay), self._number, act))
            self._plans.sort()
        self.act()

    def _tick(self) -> None:
        while not self._ended.wait(_TICK):
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
            else:
                device_codes.approve(self._state, code, self._state.person(behaviour.signs_in_as))

    def _see_link(self, purpose: str, url: str) -> None:
        behaviour = self._state.world.behaviour
        if purpose == _INTEGRATION_USER:
            self._link = url
            self._plan(behaviour.user_delay, lambda: self._answer(url))
        else:
            self._plan(
                behaviour.user_delay,
                lambda: self._bring(purpose, self._walk(url, behaviour.consents_as, BrowserResult.RIGHT)),
            )

    def _answer(self, url: str) -> None:
        """Bring the next of `browser_results`; if the link can still be used after it, plan the one that follows."""
        behaviour = self._state.world.behaviour
        if url != self._link:
            return  # a newer one is shown by now
        answer = self._answers.pop(0) if len(self._answers) > 1 else self._answers[0]
        brought = self._walk(
            url, behaviour.signs_in_as, BrowserResult.ERROR if behaviour.user is UserAction.DECLINE else answer
        )
        later = _TOO_LATE if answer is BrowserResult.TOO_OLD else 0
        self._plan(later, lambda: self._bring(_INTEGRATION_USER, brought))
        if answer in (BrowserResult.ANOTHER_RUN, BrowserResult.WITHOUT_CODE):
            self._plan(behaviour.user_delay, lambda: self._answer(url))

    def _walk(self, url: str, key: str, answer: BrowserResult) -> str:
        """The address the browser ends on; "" where it stays on a page."""
        with self._state.lock:
            ask = headless_browser.open_link(self._state, url)
            return headless_browser.sign_in_there(self._state, ask, self._state.person(key), answer) if ask else ""

    def _bring(self, purpose: str, address: str) -> None:
        if address and self._state.world.behaviour.browser is BrowserLocation.ELSEWHERE:
            self.submit(purpose, address)
        elif address:
            self._open(address)

    def _consent(self, url: str) -> None:
        """Opens the link, decides, and follows the answer where it leads to this machine."""
        behaviour = self._state.world.behaviour
        parts = urlsplit(url)
        path = parts.path.strip("/").split("/")
        if self._state.names.service_of(parts.netloc) is not Service.LOGIN or path[-1] != "adminconsent":
            return
        query = dict(parse_qsl(parts.query))
        version = 2 if path[1:-1] == ["v2.0"] else 1
        with self._state.lock:
            try:
                ask = consent_endpoint.read_link(self._state, path[0], version, query)
            except EntraError:
                return
            person = self._state.person(behaviour.consents_as)
            target = consent_endpoint.answer(self._state, ask, person, behaviour.admin is AdminAction.ACCEPT)
        self._open(target)

    def _open(self, target: str) -> None:
        if not is_loopback(target):
            return
        opened = threading.Thread(target=headless_browser.follow, args=(target,), daemon=True)
        self._browsers.append(opened)
        opened.start()
        opened.join(3)
