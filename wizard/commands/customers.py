"""`partner-wizard customers`: customers' tenants, what the app is granted there, which roles are held, and tokens.

What changes something is shown first, and made with --yes or once a person at the terminal agrees; each request is in
the record of actions before it leaves. One customer that goes wrong stops no other.
"""

from __future__ import annotations

import argparse
import hashlib
import os
from collections.abc import Callable, Iterable
from contextlib import nullcontext
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Final

from wizard.commands.context import journey_file, read_clouds, read_saved_journey, stop_on_signals
from wizard.commands.customer_lines import CustomerLines
from wizard.commands.progress_bar import progress_of
from wizard.commands.stored_answers import refuse_a_person, with_credential_of
from wizard.core.answers import tenant_error
from wizard.core.errors import BadInput, ServiceRefusal
from wizard.core.files import read_file
from wizard.core.findings import Finding
from wizard.core.shapes import is_guid
from wizard.core.wording import counted
from wizard.jobs.customer_findings import outcome_of_customer
from wizard.jobs.customer_list import CustomerList
from wizard.jobs.customer_run import CustomerRun, member_of, open_run
from wizard.jobs.fleet import CUSTOMER, Member, Result, Totals, ask_all, read_shard
from wizard.jobs.fleet_results import ResultsFile
from wizard.journeys.journey_folder import JourneyFolder
from wizard.journeys.kept_grants import KeptGrants
from wizard.journeys.session import Session, revoked
from wizard.journeys.state_folder import state_folder
from wizard.microsoft.customer_consents import removal_of
from wizard.onboarding.token_issuing import require_credential
from wizard.plain.answers_file import read_answers
from wizard.tokens.customer_access import Came, Customer
from wizard.tokens.customers import CustomerConsent
from wizard.tokens.wanted_consents import built_in_wanted, read_wanted

if TYPE_CHECKING:
    from wizard.tokens.customer_access import Access

WORKERS: Final = 16
LARGEST_WANTED: Final = 1_000_000
"""Bytes of the file of --wanted."""
NOTHING_CHANGED: Final = "Nothing was changed. At a terminal it is asked for; elsewhere --yes makes it."
TYPE_NUMBER: Final = "Nothing was changed. To remove it at {number}, say --tenants {count}, the number of tenants."
Act = Callable[[CustomerConsent], Came]


def main(options: argparse.Namespace) -> int:
    """Do what the action says; return the exit code.

    Raises:
        BadInput: an option or a customer is wrong, or nothing is stored.
    """
    _refuse_what_does_not_fit(options)
    if options.action == "token":
        return _token(options)
    wanted = built_in_wanted()
    if options.wanted:
        wanted = read_wanted(_text_of(Path(options.wanted)), options.wanted)
    file, saved = journey_file(options), read_saved_journey(options)
    folder = None if options.journey else JourneyFolder(Path(state_folder(os.environ)))
    session = Session(read_clouds(options), file=file, folder=folder)
    if options.answers:
        answers, given = read_answers(Path(options.answers), os.environ)
        saved = replace(saved, answers=with_credential_of(saved.answers, answers, given))
    refuse_a_person(saved.answers, "customers")
    if saved.revoked_at:
        raise BadInput("customers", revoked(saved))
    lines = CustomerLines(options)
    with stop_on_signals(session):
        onboarding = session.load(saved, lines.emit).onboarding
        if not onboarding.facts.secret_version:
            raise BadInput(
                "customers", "no token is stored yet; partner-wizard, or partner-wizard run, goes on to that"
            )
        require_credential(onboarding)
        kept = KeptGrants(Path(state_folder(os.environ)), saved.answers.client_id)
        found = open_run(onboarding, wanted, kept)
        if isinstance(found, Finding):
            return lines.no_run(found)
        work = _Work(options, session, lines, found, kept, found.listed())
        with kept.locked() if work.may_change else nullcontext():
            return work.do()


@dataclass(slots=True)
class _Work:
    """What one call does."""

    options: argparse.Namespace
    session: Session
    lines: CustomerLines
    run: CustomerRun
    kept: KeptGrants
    listed: CustomerList

    @property
    def may_change(self) -> bool:
        """Whether something may be changed by it."""
        options = self.options
        return options.action in {"consent", "revoke"} and not options.dry_run

    def do(self) -> int:
        """Do it; return the exit code."""
        action = self.options.action
        if action == "list" and not self.options.ask:
            return self.lines.customers(self.listed)
        self.lines.unread(self.listed)
        targets = self._targets()
        if action == "roles":
            from wizard.commands.customer_roles import RolesAsked, write_roles

            group, agrees = (self.options.group or "").lower(), bool(self.options.yes)
            asked = RolesAsked(targets, self.options.workers or WORKERS, group, agrees)
            return write_roles(self.run, self.listed, asked, self.lines)
        if action == "list" or self.options.dry_run:
            return self._over(targets, CustomerConsent.look)
        return self._consent(targets) if action == "consent" else self._revoke(targets)

    def _targets(self) -> list[Customer]:
        """Return the customers that are meant, each once."""
        if self.options.all or self.options.action == "list":
            shard = read_shard(self.options.shard, os.environ)
            everybody = [each.customer for each in self.listed.known.values()]
            return [each for each in everybody if shard.holds(member_of(each))]
        found = {each.tenant_id: each for each in map(self._named, self.options.customer)}
        return list(found.values())

    def _named(self, wanted: str) -> Customer:
        known = self.listed.find(wanted)
        if known is not None:
            return known.customer
        if is_guid(wanted):
            return Customer(wanted.lower())
        try:
            tenant_id = self.run.onboarding.services.entra.discover_tenant(wanted).tenant_id
        except ServiceRefusal:
            raise BadInput(wanted, "is no tenant that Entra knows") from None
        listed = self.listed.find(tenant_id)
        return listed.customer if listed is not None else Customer(tenant_id, domain=wanted.lower())

    # --- what changes something ---------------------------------------------------------------------------------------

    def _consent(self, targets: list[Customer]) -> int:
        if not self.options.yes:
            looked = self._look(targets)
            open_ = [each.customer for each in looked if each.plan is not None]
            waiting = len(self.kept.customers())
            if not open_ and not waiting:
                return self._code(map(outcome_of_customer, looked))
            if not self.lines.agrees(f"Consent at {counted(len(open_), 'customer')}", waiting):
                self.lines.say(NOTHING_CHANGED)
                return self._code(map(outcome_of_customer, looked))
            put_back = self._put_back(open_)
            rest = [
                outcome_of_customer(each)
                for each in looked
                if each.plan is None and each.customer.tenant_id not in put_back
            ]
            return self._over(open_, CustomerConsent.consent, [*rest, *put_back.values()])
        return self._over(targets, CustomerConsent.consent, self._put_back(targets).values())

    def _put_back(self, targets: list[Customer]) -> dict[str, str]:
        """Put back first what a run that was killed has removed, at whichever customer that is not asked anyway.

        Returns how it ended at each, by tenant id.
        """
        meant, ended = {each.tenant_id for each in targets}, dict[str, str]()
        for customer_id in self.kept.customers():
            if customer_id not in meant:
                known = self.listed.find(customer_id)
                customer = known.customer if known is not None else Customer(customer_id)
                self.lines.say(f"Putting back what an earlier run has removed at {customer.name or customer_id}.")
                result, _ = self.run.asked(customer, CustomerConsent.restore)
                self.lines.result(result)
                ended[customer_id] = result.outcome
        return ended

    def _revoke(self, targets: list[Customer]) -> int:
        number = counted(len(targets), "customer")
        if not self._may_remove(len(targets)):
            self._show_removals(targets)
            if not self.lines.agrees_to_remove(len(targets)):
                self.lines.say(TYPE_NUMBER.format(number=number, count=len(targets)))
                return 0
        return self._over(targets, CustomerConsent.remove, self._put_back(targets).values())

    def _show_removals(self, targets: list[Customer]) -> None:
        """Show what is granted at each customer now, and the request that would remove it."""
        looked: dict[str, Came] = {}
        by_id = {each.tenant_id: each for each in targets}

        def ask(member: Member) -> Result:
            result, looked[member.tenant_id] = self.run.asked(by_id[member.tenant_id], CustomerConsent.look)
            return result

        workers = self.options.workers or WORKERS
        for result in ask_all(map(member_of, targets), ask, workers, self.session.cancel):
            if (came := looked.pop(result.member.tenant_id, None)) is None:
                self.lines.result(result)
            else:
                self.lines.removal(came, removal_of(came.customer.tenant_id, self.run.access.client_id))

    def _may_remove(self, number: int) -> bool:
        """Whether it was said beforehand: --yes for one tenant, its number for several."""
        if self.options.tenants is not None and self.options.tenants != number:
            raise BadInput("--tenants", f"is {self.options.tenants}, and {counted(number, 'customer')} would be asked")
        return self.options.tenants == number or (number == 1 and bool(self.options.yes))

    def _look(self, targets: list[Customer]) -> list[Came]:
        looked = list[Came]()
        self._over(targets, CustomerConsent.look, is_last=False, came=looked)
        return looked

    def _code(self, outcomes: Iterable[str]) -> int:
        totals = Totals(kind=CUSTOMER)
        totals.ended.update(outcomes)
        self.lines.total(totals)
        return totals.exit_code or self.listed.exit_code

    # --- side by side -------------------------------------------------------------------------------------------------

    def _over(
        self,
        targets: list[Customer],
        act: Act,
        earlier: Iterable[str] = (),
        *,
        is_last: bool = True,
        came: list[Came] | None = None,
    ) -> int:
        """Do it for each customer, side by side; return the exit code.

        Args:
            targets: whom to ask.
            act: what is done for one.
            earlier: outcomes of others, that count as well.
            is_last: whether its results are those of the command.
            came: gets what came of each.
        """
        options, session = self.options, self.session
        by_id = {each.tenant_id: each for each in targets}
        results = self._results_file() if is_last else None
        done = results.open(session.clock.now(), goes_on=options.resume) if results else {}
        for name in self.kept.customers() if act is CustomerConsent.consent else ():
            done.pop(name, None)  # something is to be put back there, whatever an earlier run has found
        totals = Totals(kind=CUSTOMER)
        totals.ended.update([*earlier, *(done[name] for name in by_id if name in done)])
        totals.earlier = sum(name in done for name in by_id)
        left = [member_of(each) for each in targets if each.tenant_id not in done]

        def ask(member: Member) -> Result:
            result, what = self.run.asked(by_id[member.tenant_id], act)
            if came is not None:
                came.append(what)
            return result

        with progress_of(len(left)) as advance:
            for result in ask_all(left, ask, options.workers or WORKERS, session.cancel):
                totals.ended[result.outcome] += 1
                self.lines.result(result, in_full=options.dry_run or not is_last)
                if results is not None and not results.trouble:
                    results.add(result)
                    if results.trouble:
                        self.lines.say(f"partner-wizard: {results.trouble}; they are written here alone from now on.")
                advance()
        if is_last:
            self.lines.total(totals)
        if results is not None:
            results.end(totals)
            results.close()
        return totals.exit_code or self._code_of_the_list() or (1 if results is not None and results.trouble else 0)

    def _code_of_the_list(self) -> int:
        """Return what the list of customers adds: who was named is asked whatever the list lacks."""
        return 0 if self.options.customer else self.listed.exit_code

    def _results_file(self) -> ResultsFile | None:
        options = self.options
        if not options.results:
            return None
        return ResultsFile(Path(options.results), done_in(options, self.run.access), CUSTOMER)


def done_in(options: argparse.Namespace, access: Access) -> str:
    """Return what is done, for which app and with what wanted: a result says nothing of another one."""
    more = " --dry-run" if options.dry_run else ""
    wanted = hashlib.sha256(repr((access.client_id.lower(), access.wanted)).encode()).hexdigest()[:16]
    return f"customers {options.action}{more} {wanted}"


def _refuse_what_does_not_fit(options: argparse.Namespace) -> None:
    action, named = options.action, options.customer
    if options.group and not is_guid(options.group):
        raise BadInput("--group", "expected the object id of a group, a GUID")
    for each in named:
        if wrong := tenant_error(each):
            raise BadInput("customer", wrong)
    if action == "list" and (named or options.all):
        raise BadInput("customers list", "lists all of them; leave out the customers and --all")
    if action in {"consent", "revoke", "roles"} and bool(named) is bool(options.all):
        raise BadInput(f"customers {action}", "name the customers by tenant id or domain, or say --all")
    if action == "token" and (len(named) != 1 or options.all):
        raise BadInput("customers token", "name one customer by tenant id or domain")
    if options.resume and not options.results:
        raise BadInput("--resume", "goes on with a file of results; name it with --results FILE")
    for name, actions in {"tenants": {"revoke"}, "ask": {"list"}, "dry_run": {"consent"}, "group": {"roles"}}.items():
        if getattr(options, name) and action not in actions:
            raise BadInput(f"--{name.replace('_', '-')}", f"goes with customers {' and '.join(actions)}")


def _token(options: argparse.Namespace) -> int:
    """Write a token of a customer's tenant: `token --customer`."""
    from wizard.commands import token

    given = {**vars(options), "customer": options.customer[0], "serve": None, "force": False, "name": None}
    return token.main(argparse.Namespace(**given))


def _text_of(path: Path) -> str:
    try:
        return read_file(path, LARGEST_WANTED).decode("utf-8-sig")
    except (OSError, ValueError) as error:
        raise BadInput(
            "--wanted", f"{path} cannot be read: {getattr(error, 'strerror', '') or 'it is no text'}"
        ) from None
