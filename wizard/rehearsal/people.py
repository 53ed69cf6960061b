"""The people of a scene: an administrator who follows consent links, a user who types device codes."""

from __future__ import annotations

import contextlib
import http.client
import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from urllib.parse import parse_qsl, urlsplit

from wizard.rehearsal import consent, sign_in
from wizard.rehearsal.entra_errors import EntraError
from wizard.rehearsal.names import host_name
from wizard.rehearsal.state import CloudState
from wizard.rehearsal.world import Admin, Service, User

_TICK = 0.5


@dataclass(order=True, slots=True)
class _Plan:
    due: datetime
    number: int
    act: Callable[[], None] = field(compare=False)


class People:
    """They read the product's JSON lines and, where they act by themselves, do their part when its time has come."""

    def __init__(self, state: CloudState, acting: bool) -> None:
        self._state = state
        self._acting = acting
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
        for browser in self._browsers:
            browser.join(1)

    def watch(self, event: Mapping[str, object]) -> None:
        """Takes in one line of `run --json`; lines that are not about people are ignored."""
        acts = self._state.world.acts
        if not self._acting:
            return
        if event.get("type") == "consent_link" and acts.admin is not Admin.NOBODY:
            url = str(event.get("url", ""))
            self._plan(acts.admin_delay, lambda: self._consent(url))
        if event.get("type") == "sign_in":
            code = str(event.get("user_code", ""))
            if event.get("for") == "integration_user" and acts.user is not User.NOBODY:
                self._plan(acts.user_delay, lambda: self._type_code(code, acts.signs_in_as, acts.user))
            elif event.get("for") != "integration_user":
                self._plan(acts.user_delay, lambda: self._type_code(code, acts.consents_as, User.APPROVE))

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

    def _type_code(self, user_code: str, key: str, does: User) -> None:
        with self._state.lock:
            code = sign_in.find(self._state, user_code)
            if code is None:
                return
            if does is User.DECLINE:
                sign_in.decline(code)
            else:
                sign_in.approve(self._state, code, self._state.person(key))

    def _consent(self, url: str) -> None:
        """Opens the link, decides, and follows the answer where it leads to this machine."""
        acts = self._state.world.acts
        parts = urlsplit(url)
        path = parts.path.strip("/").split("/")
        if self._state.names.service_of(parts.netloc) is not Service.LOGIN or path[-1] != "adminconsent":
            return
        query = dict(parse_qsl(parts.query))
        version = 2 if path[1:-1] == ["v2.0"] else 1
        with self._state.lock:
            try:
                ask = consent.read_link(self._state, path[0], version, query)
            except EntraError:
                return
            person = self._state.person(acts.consents_as)
            target = consent.answer(self._state, ask, person, acts.admin is Admin.ACCEPT)
        self._open(target)

    def _open(self, target: str) -> None:
        parts = urlsplit(target)
        if parts.scheme != "http" or host_name(parts.netloc) not in ("localhost", "127.0.0.1"):
            return
        browser = threading.Thread(target=_get, args=(parts.netloc, f"{parts.path or '/'}?{parts.query}"), daemon=True)
        self._browsers.append(browser)
        browser.start()
        browser.join(3)


def _get(netloc: str, path: str) -> None:
    connection = http.client.HTTPConnection(netloc, timeout=3)
    with contextlib.suppress(OSError, http.client.HTTPException):
        connection.request("GET", path, headers={"Accept": "text/html"})
        connection.getresponse().read()
    connection.close()
