"""A fix: the requests that would put right what a check found, shown before they are made; and the record of them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Final

from wizard.core.fix_conditions import Goal, JsonObject, Precondition


class Api(StrEnum):
    """The API that takes the requests of a fix."""

    GRAPH = "graph"
    RESOURCE_MANAGER = "resource_manager"
    KEY_VAULT = "key_vault"
    """The vault of the answers."""


@dataclass(frozen=True, slots=True)
class ChangeRequest:
    """One request that changes something.

    Args:
        method: "POST", "PATCH", "PUT" or "DELETE".
        path: with its query; `{name.member}` stands for a member of what an earlier request's answer gave as `name`.
        body: a JSON object, which may hold such places too; None for none.
        permission: that the account needs, such as "Application.ReadWrite.All".
        also: that it needs besides.
        gives: the name under which later requests find its answer, "" for none.
        precondition: what is read before it; None where the service itself refuses a second one.
        undo: what takes it back, None where nothing does.
        unless: what shows, before it, that it is not needed; None where the body says it.
        until: what is waited for after it; None where its answer says that it is done.
        waits_for: what an earlier request has made and the service may not know everywhere yet, in words: a refusal
            that may come of it (400 or 404, protocol 6.4) is tried again for a while. "" for nothing.
        password_of: the account that it makes, whose first password fills `{first.password}` in its body; "" for none.
        api: that takes it, if it is another one than that of its fix.
        gives_secret: the member of its answer that is a secret, for later requests alone; "" for none.
    """

    method: str
    path: str
    body: JsonObject | None
    permission: str
    gives: str = ""
    precondition: Precondition | None = None
    undo: ChangeRequest | None = None
    unless: Goal | None = None
    until: Goal | None = None
    waits_for: str = ""
    password_of: str = ""
    api: Api | None = None
    gives_secret: str = ""
    also: tuple[str, ...] = ()

    @property
    def permissions(self) -> tuple[str, ...]:
        """Every permission that it needs."""
        return (self.permission, *self.also)


@dataclass(frozen=True, slots=True)
class Fix:
    """The requests that put right what a check found.

    Args:
        name: on the command line, such as "add-redirect-uri".
        check: the id of the check that is asked again after it; `run_check` sets that of the check that offers it.
        title: what it does, as an order: "Add http://localhost under Web".
        requests: in their order; none where it only fills answers.
        effect: what is different afterwards, and what that opens for whom, in a sentence or two.
        undo: how to take it back by hand, in a sentence.
        command: the same for a shell, for whoever has the rights instead; quoted, in one line.
        api: that takes them.
        widens: whether it gives somebody more rights, lifts a ban or removes a key: unattended it needs `--yes`.
        tenant_id: of the account that may make it; "" for the tenant of the app.
        one_of: a word that it shares with fixes of which one is enough, "" for none.
        fills: the answers that it gives, by name: texts as in `filled`; "" takes an answer away.
    """

    name: str
    title: str
    requests: tuple[ChangeRequest, ...]
    effect: str
    undo: str
    command: str
    api: Api = Api.GRAPH
    widens: bool = False
    check: str = ""
    tenant_id: str = ""
    one_of: str = ""
    fills: Mapping[str, str] = field(default_factory=dict)

    @property
    def permissions(self) -> tuple[str, ...]:
        """Every permission that its requests need."""
        return tuple(dict.fromkeys(name for each in self.requests for name in each.permissions))

    @property
    def apis(self) -> tuple[Api, ...]:
        """The APIs that take its requests, its own first."""
        return tuple(dict.fromkeys((self.api, *(self.api_of(each) for each in self.requests))))

    def api_of(self, request: ChangeRequest) -> Api:
        """Return the API that takes one of its requests."""
        return request.api or self.api

    def permissions_of(self, api: Api) -> tuple[str, ...]:
        """Return the permissions that its requests to an API need."""
        mine = (each for each in self.requests if self.api_of(each) is api)
        return tuple(dict.fromkeys(name for each in mine for name in each.permissions))

    @property
    def needs_person(self) -> bool:
        """Whether somebody has to be there, who is told what cannot be told again: it is not made unattended."""
        return any(each.password_of for each in self.requests)

    def as_json(self, hosts: Mapping[str, str]) -> dict[str, object]:
        """Return it as a line of `run --json`; `hosts` take its requests, by API."""
        return {
            "type": "fix",
            "name": self.name,
            "check": self.check,
            "title": self.title,
            "effect": self.effect,
            "undo": self.undo,
            "permissions": list(self.permissions),
            "needs_yes": self.widens,
            "needs_person": self.needs_person,
            "requests": [
                {"method": each.method, "host": hosts[self.api_of(each).value], "path": each.path, "body": each.body}
                for each in self.requests
            ],
            "command": self.command,
            "fills": {name: text for name, text in self.fills.items() if text},
        }


class ActionState(StrEnum):
    """What is known of a request that changes something."""

    SENT = "sent"
    """It left; nothing is known of its answer yet, or the program ended before there was one."""
    MADE = "made"
    NOT_NEEDED = "not_needed"
    """What it would do was so already."""
    REFUSED = "refused"
    CHANGED_BEFORE = "changed_before"
    """Somebody else had changed the object meanwhile: it was not sent."""
    NO_ANSWER = "no_answer"
    """It left, and no answer came: whether it was done is not known."""
    CHECKED = "checked"
    """No request: the check was asked again after the fix; the message says what it found."""


@dataclass(frozen=True, slots=True)
class Action:
    """A request that changes something, for the record; without any secret.

    Args:
        number: the same in each line about the same request.
        at: ISO 8601, UTC.
        fix: the fix's name.
        check: the id of the check that offered it.
        step: which of the fix's requests, from 1; and of how many.
        account: who made it, as its token names them.
        tenant_id: in which tenant.
        client_id: of the app that is onboarded.
        method, host, path: of the request.
        state: what is known of it.
        is_undo: whether it took an earlier one of the same fix back.
        status: of the answer, 0 without one.
        request_id: of the answer, for support.
        message: what a refusal said, cleaned.
    """

    number: str
    at: str
    fix: str
    check: str
    step: tuple[int, int]
    account: str
    tenant_id: str
    client_id: str
    method: str
    host: str
    path: str
    state: ActionState
    is_undo: bool = False
    status: int = 0
    request_id: str = ""
    message: str = ""

    @property
    def group(self) -> str:
        """What the lines about one fix have in common."""
        return self.number.partition(".")[0]

    def as_json(self) -> dict[str, object]:
        """Return it as a line of the record of actions."""
        return {
            "at": self.at,
            "number": self.number,
            "fix": self.fix,
            "check": self.check,
            "request": self.step[0],
            "of": self.step[1],
            "account": self.account,
            "tenant_id": self.tenant_id,
            "client_id": self.client_id,
            "method": self.method,
            "host": self.host,
            "path": self.path,
            "state": self.state.value,
            "is_undo": self.is_undo,
            "status": self.status,
            "request_id": self.request_id,
            "message": self.message,
        }


def read_action(item: JsonObject) -> Action:
    """Return the action of a line that `as_json` wrote.

    Raises:
        ValueError, KeyError, TypeError: it is none.
    """
    texts = ("number", "at", "fix", "check", "account", "tenant_id", "client_id", "method", "host", "path")
    return Action(
        **{name: str(item[name]) for name in texts},
        step=(int(str(item["request"])), int(str(item["of"]))),
        state=ActionState(str(item["state"])),
        is_undo=item["is_undo"] is True,
        status=int(str(item["status"])),
        request_id=str(item["request_id"]),
        message=str(item["message"]),
    )


OPEN_STATES: Final = frozenset({ActionState.SENT, ActionState.NO_ANSWER})
"""Those in which nobody knows whether the request was done."""
STATE_WORDS: Final = {
    ActionState.SENT: "sent; what came of it is not known",
    ActionState.MADE: "made",
    ActionState.NOT_NEEDED: "not needed, it was so already",
    ActionState.REFUSED: "refused",
    ActionState.CHANGED_BEFORE: "not sent, or not taken: somebody had changed it meanwhile",
    ActionState.NO_ANSWER: "no answer; what came of it is not known",
    ActionState.CHECKED: "checked again",
}
DONE_STATES: Final = frozenset({ActionState.MADE, ActionState.NOT_NEEDED})


def latest(actions: Sequence[Action]) -> list[Action]:
    """Return each request once, with what was known of it last, in the order in which they left."""
    return list({each.number: each for each in actions}.values())


def in_a_line(action: Action) -> str:
    """Return a request and what is known of it, such as "PATCH graph.microsoft.com/v1.0/…: made (204)"."""
    status = f" ({action.status})" if action.status else ""
    undo = "undo: " if action.is_undo else ""
    said = f": {action.message}" if action.message else ""
    return f"{undo}{action.method} {action.host}{action.path} – {STATE_WORDS[action.state]}{status}{said}"


@dataclass(frozen=True, slots=True)
class Unfinished:
    """A fix after which its check was not asked again: the program ended in the middle, or right after it.

    Args:
        fix, check: its name, and the id of its check.
        done: the places of the requests that were made and not taken back, from 1.
        of: how many requests it has.
        unknown: the requests of which nobody knows whether they were done.
    """

    fix: str
    check: str
    done: tuple[int, ...]
    of: int
    unknown: tuple[Action, ...] = ()

    @property
    def sentence(self) -> str:
        """What was done, what not, and what to do."""
        requests, was = "request" if self.of == 1 else "requests", "was" if len(self.done) == 1 else "were"
        said = f"The fix {self.fix} was interrupted: {len(self.done)} of its {self.of} {requests} {was} made"
        for each in self.unknown:
            what = "taking back " if each.is_undo else ""
            said += f"; whether {what}{each.method} {each.path} ({each.at}) was done is not known"
        return f"{said}. Check again: the check says what is still to be done."


RENEWAL: Final = "renew"
"""In the place of a fix's name in the record of a renewal; its checks begin with it. What is left the next one does."""
REVOCATION: Final = "revoke"
"""In the place of a check in the record of a revocation; what is left to be done the next one does."""

CUSTOMERS: Final = "customers"
"""In the place of a fix's name and its check in the record of what was changed at customers."""


def unfinished(actions: Sequence[Action]) -> Unfinished | None:
    """Return the fix after whose last request its check was not asked; None where there is none."""
    actions = [each for each in actions if not each.check.startswith(f"{RENEWAL}.")]
    actions = [each for each in actions if each.check not in {REVOCATION, CUSTOMERS}]
    if not actions or actions[-1].state is ActionState.CHECKED:
        return None
    group = actions[-1].group
    mine = [each for each in latest(actions) if each.group == group]
    undone = {each.step[0] for each in mine if each.is_undo and each.state in DONE_STATES}
    done = {each.step[0] for each in mine if not each.is_undo and each.state in DONE_STATES} - undone
    unknown = tuple(each for each in mine if each.state in OPEN_STATES)
    last = mine[-1]
    return Unfinished(last.fix, last.check, tuple(sorted(done)), last.step[1], unknown)


def filled(template: object, answers: Mapping[str, JsonObject]) -> object:
    """Return a path or body with its `{name.member}` places filled from earlier answers, by their names."""
    if isinstance(template, str):
        for name, answer in answers.items():
            for member, value in answer.items():
                if isinstance(value, str):
                    template = template.replace(f"{{{name}.{member}}}", value)
        return template
    if isinstance(template, Mapping):
        return {key: filled(value, answers) for key, value in template.items()}
    if isinstance(template, list | tuple):
        return [filled(value, answers) for value in template]
    return template
