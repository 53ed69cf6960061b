"""What `partner-wizard customers` writes: a line a customer with what does not hold below it, or JSON Lines."""

from __future__ import annotations

import argparse
import json
import sys
from functools import partial
from typing import TYPE_CHECKING, Final

from wizard.core.events import CheckEnded, Event
from wizard.core.findings import Finding, FixResult, Outcome
from wizard.core.wording import OUTCOME_SIGNS, counted
from wizard.jobs.customer_list import CustomerList
from wizard.jobs.fleet import Result, Totals
from wizard.plain.hidden_input import can_ask
from wizard.plain.line_writer import LineWriter
from wizard.plain.page_width import page_width_of
from wizard.tokens.customer_states import CustomerState

if TYPE_CHECKING:
    from collections.abc import Mapping

    from wizard.microsoft.customer_consents import ConsentRequest
    from wizard.tokens.customer_access import Came

SIGNS: Final = {
    "proven": OUTCOME_SIGNS[Outcome.HOLDS],
    "failed": OUTCOME_SIGNS[Outcome.FAILS],
    "provisional": OUTCOME_SIGNS[Outcome.UNKNOWN],
    "unreachable": OUTCOME_SIGNS[Outcome.UNKNOWN],
}
NOBODYS: Final = "an API that nobody can name"
_IN_WORDS: Final = {"": "not read", "none": "no GDAP relationship"}


class CustomerLines:
    """Writes them; arguments are those of the command."""

    def __init__(self, options: argparse.Namespace) -> None:
        self._lines = LineWriter(as_json=options.json, width_of=partial(page_width_of, no_color=options.no_color))
        self._is_attended = not options.json and can_ask()

    def emit(self, event: Event) -> None:
        """Write what happens while the token is opened, but for findings: those are told as they are needed."""
        if not isinstance(event, CheckEnded):
            self._lines.emit(event)

    def say(self, text: str) -> None:
        """Write a line for a person."""
        self._lines.say(text)

    def write(self, line: Mapping[str, object], text: str) -> None:
        """Write a line: as JSON, or for a person."""
        self._lines.write(line, text)

    def finding(self, finding: Finding) -> None:
        """Write a finding."""
        self._lines.emit(CheckEnded(finding))
        self._lines.show_failures(is_last=False)

    def no_run(self, finding: Finding) -> int:
        """Write why no customer could be asked; return the exit code."""
        self.finding(finding)
        return 3 if finding.unreachable else 1

    def unread(self, listed: CustomerList) -> None:
        """Write which part of the list of customers could not be read."""
        for each in listed.unread:
            self.finding(each)

    def customers(self, listed: CustomerList) -> int:
        """Write every customer in a line; return the exit code."""
        for each in listed.known.values():
            customer = each.customer
            state = _IN_WORDS.get(each.relationship, each.relationship)
            parts = (customer.name, customer.domain, customer.tenant_id, state)
            self._lines.write(each.as_json(), "  ".join(filter(None, parts)))
        self.unread(listed)
        self._lines.write({"type": "total", "customers": len(listed.known)}, counted(len(listed.known), "customer"))
        return listed.exit_code

    def result(self, result: Result, *, in_full: bool = False) -> None:
        """Write what came of one customer.

        Args:
            result: it.
            in_full: whether the requests are shown that would be sent.
        """
        member, lines = result.member, result.as_json()
        summary = lines[-1]
        named = f"{member.tenant} ({member.name})" if member.tenant else member.name
        said = result.mistake or str(summary.get("state", result.outcome)).replace("_", " ")
        text = f"{SIGNS[result.outcome]} {named}: {said}"
        for number, line in enumerate(lines):
            self._lines.write(line, "" if number else text)
        if self._lines.as_json:
            return
        for finding in result.findings:
            self.finding(finding)
        for line in lines if in_full else ():
            for request in _requests_of(line):
                body = "" if request["body"] is None else f" {json.dumps(request['body'], ensure_ascii=False)}"
                self._lines.note(f"    {request['method']} https://{request['host']}{request['path']}{body}")

    def removal(self, came: Came, request: ConsentRequest) -> None:
        """Write what is granted at a customer, and the request that would remove all of it."""
        customer, granted = came.customer, came.granted
        named = customer.domain or customer.name or customer.tenant_id
        line = {
            "type": "removal",
            "tenant_id": customer.tenant_id,
            "domain": customer.domain,
            "granted": None if granted is None else [each.as_json() for each in granted],
            "request": {"method": request.method, "path": request.path},
        }
        text = [f"{named} ({customer.tenant_id}): {_granted_in_words(came)}", f"    {request.method} {request.path}"]
        text += [
            f"    {each.app_id or 'an API that nobody can name'}: {', '.join(each.scopes)}" for each in granted or ()
        ]
        self._lines.write(line, "\n".join(text))

    def fix_result(self, result: FixResult) -> None:
        """Write what came of a change that somebody agreed to."""
        self._lines.fix_result(result)

    def total(self, totals: Totals) -> None:
        """Write how many ended how."""
        counts = [f"{number} {outcome}" for outcome, number in sorted(totals.ended.items()) if number]
        text = f"{counted(totals.ended.total(), 'customer')}: {', '.join(counts) or 'none to ask'}"
        self._lines.write(totals.as_json(), text)

    def agrees(self, question: str, waiting: int) -> bool:
        """Ask the person at the terminal; no answer, and nobody there, is no.

        Args:
            question: without its mark.
            waiting: at how many customers something is put back first.
        """
        if not self._is_attended:
            return False
        first = f", after putting back what an earlier run has removed at {waiting}" if waiting else ""
        return _answer(f"{question}{first}? [y/N] ").lower() in {"y", "yes"}

    def agrees_to_remove(self, number: int) -> bool:
        """Ask for a yes, or for the number of tenants where it is more than one."""
        if not self._is_attended:
            return False
        print(
            "Everything that the app is granted there for everybody is removed, also what others have granted. Its "
            "service principal stays.",
            file=sys.stderr,
        )
        if number == 1:
            return _answer("Remove it? [y/N] ").lower() in {"y", "yes"}
        return _answer("Type the number of tenants to remove it at all of them: ") == str(number)


def _granted_in_words(came: Came) -> str:
    if came.granted is None:
        is_none = came.state is CustomerState.NOT_CONSENTED
        return "nobody has consented there" if is_none else "what is granted there could not be read"
    return f"granted on {counted(len(came.granted), 'API')}" if came.granted else "nothing is granted there"


def _answer(question: str) -> str:
    print(question, end="", file=sys.stderr, flush=True)
    return sys.stdin.readline().strip()


def _requests_of(line: Mapping[str, object]) -> list[Mapping[str, object]]:
    found = line.get("requests")
    return found if isinstance(found, list) else []
