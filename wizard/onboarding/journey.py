"""The journey: one onboarding, whose steps run in order, each once the gate before it is open."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from types import MappingProxyType
from typing import Final

from wizard.core.answers import Answers, Field, Value, vault_host
from wizard.core.errors import BadInput, Cancelled, ServiceRefusal, Unreachable, WizardError
from wizard.core.events import CheckEnded, CheckSkipped, CheckStarted
from wizard.core.findings import Finding, FixResult, NotAsked, Outcome, Retry, Skipped, Then, Who
from wizard.core.fixes import Fix, Unfinished, unfinished
from wizard.core.inbox import Message, Purpose
from wizard.core.pasted_values import Meant, as_meant
from wizard.core.retries import RETRY_PAUSES, wait
from wizard.microsoft.changes import hosts_of
from wizard.onboarding.finding_builders import invalid_field, not_reached, refused, unexpected_error
from wizard.onboarding.fix_accounts import known_accounts
from wizard.onboarding.fixing import apply_fix, record_check
from wizard.onboarding.gate import PASSABLE, Gate, State
from wizard.onboarding.onboarding_context import Onboarding
from wizard.onboarding.profile import Profile
from wizard.onboarding.proposals import with_proposals
from wizard.onboarding.step import Check, Step
from wizard.onboarding.view import JourneyView

SEEN_LATER: Final = "seeing the change in the directory"
"""What a check waits for that is asked again after a fix."""


class StepLocked(WizardError):
    """A step was to run although an earlier one does not hold yet."""

    def __init__(self, step: str, check: str) -> None:
        super().__init__(f"step {step} is locked by {check}")


class Journey(Gate):
    """One onboarding: takes answers, asks the checks, and does what follows from their findings. Knows no screen.

    Args:
        onboarding: the answers, facts and services the checks work on.
        profile: gives the steps.
        findings: what an earlier run found, by check id; what the profile has no check for is dropped.
        skipped: the checks that did not apply in an earlier run, by id; unknown ones are dropped as well.
        save: called after every change worth keeping.
    """

    findings: dict[str, Finding]
    skipped: dict[str, Skipped]

    def __init__(
        self,
        onboarding: Onboarding,
        profile: Profile,
        findings: dict[str, Finding] | None = None,
        skipped: dict[str, Skipped] | None = None,
        save: Callable[[Journey], None] = lambda _journey: None,
    ) -> None:
        self.onboarding = onboarding
        self.profile = profile
        self.findings = {check: each for check, each in (findings or {}).items() if check in profile.checks}
        self.skipped = {check: each for check, each in (skipped or {}).items() if check in profile.checks}
        self.save = save

    def view(self) -> JourneyView:
        """Return what is known now, as a value that later runs do not change."""
        onboarding, sign_in = self.onboarding, self.onboarding.memory.sign_in
        foreseen = {check.id: check.skipped_because(onboarding) for check in self.profile.checks.values()}
        return JourneyView(
            self.profile,
            MappingProxyType(dict(self.findings)),
            MappingProxyType(dict(self.skipped)),
            onboarding.answers,
            onboarding.facts,
            onboarding.services.cloud.title,
            MappingProxyType({check: why for check, why in foreseen.items() if why}),
            has_token=sign_in.tokens is not None and not sign_in.stays_in_vault,
            rejected_for=sign_in.rejected_for,
            actions=tuple(onboarding.memory.actions),
            fix_accounts=MappingProxyType(known_accounts(onboarding)),
            fix_hosts=MappingProxyType(hosts_of(onboarding.services.cloud, vault_host(onboarding.answers.vault_url))),
        )

    # --- changing -----------------------------------------------------------------------------------------------

    def as_meant(self, key: str, text: str) -> Meant:
        """Return what a text means for a field in this cloud, and what was changed; raises KeyError."""
        return as_meant(self.profile.fields[key], text, self.onboarding.services.cloud.vault_suffix)

    def change(self, key: str, value: Value) -> tuple[str, ...]:
        """Keep an answer, and return the ids of the checks that it un-proves.

        Raises:
            BadInput: the value does not fit the field; the former value is kept.
        """
        answers = self.onboarding.answers
        field = self.profile.fields[key].as_asked(answers)
        if error := field.error(value):
            raise BadInput(key, error)
        if getattr(answers, key) == value:
            return ()
        changed = replace(answers, **{key: value})  # type: ignore[arg-type]  # key is a field's
        self.onboarding.answers = with_proposals(self.profile.spec, changed, former=answers, given={key})
        hanging = self.profile.hangs_on(key, answers)
        gone = tuple(check for check in hanging if check in self.findings)
        self._unprove(hanging, keep_facts=field.keeps_facts)
        if self._decides_sign_in(field):
            self.onboarding.memory.forget_sign_in()
        self.save(self)
        return gone

    def change_all(self, answers: Mapping[str, Value]) -> None:
        """Keep answers, by their names, also those that no step asks; raises what `change` does."""
        meant = replace(self.onboarding.answers, **answers)  # type: ignore[arg-type]  # the keys are answers' names
        for name, value in answers.items():
            asked = [each for step in self.profile.steps for each in step.fields if each.key == name]
            if not any(each.asked_if(meant) for each in asked):  # such as the name in the vault of a typed secret
                self.onboarding.answers = replace(self.onboarding.answers, **{name: value})  # type: ignore[arg-type]
            elif value != getattr(self.onboarding.answers, name):
                self.change(name, value)

    def _decides_sign_in(self, field: Field) -> bool:
        """Return whether a sign-in in memory is of no use once an answer to this field changes."""
        sign_in = self.profile.sign_in
        return sign_in is not None and not {sign_in.id, self.profile.step_of(sign_in.id).id}.isdisjoint(field.unproves)

    def forget_sign_in(self) -> None:
        """Drop a sign-in that is only in memory: the checks of the token are open again, what is stored stays."""
        self.onboarding.memory.forget_sign_in()
        if sign_in := self.profile.sign_in:
            self._unprove(self.profile.checks_from((sign_in.id, *self.profile.steps_after(sign_in.id))))
        self.save(self)

    def prove_again(self) -> None:
        """Open the steps again that a new process has to run; what is stored then takes the place of a sign-in."""
        opened = [each.id for each in self.profile.steps if each.reopens_on_resume(self.onboarding.answers)]
        self._unprove(self.profile.checks_from(tuple(opened)), keep_facts=True)
        self.save(self)

    def submit(self, purpose: Purpose, message: Message) -> None:
        """Pass what a person pasted or chose to the check that waits for it."""
        self.onboarding.memory.inbox.put(purpose, message)

    def run(self, step_id: str) -> State:
        """Ask every check of a step, in order, until one closes the gate.

        Raises:
            StepLocked: an earlier step does not hold.
            BadInput: a required field has no value or a wrong one; nothing was asked.
            Cancelled: the cancel signal was set; findings so far are kept.
        """
        if lock := self.lock(step_id):
            raise StepLocked(step_id, lock.check)
        step = self.profile.step(step_id)
        self.require_answers(step)
        for check in step.checks:
            self._forget(check.id)
        later = self.profile.checks_from(step.unproves)
        for check_id in later:
            if (found := self.findings.get(check_id)) is not None and found.then is Then.PROVE_AGAIN:
                self._forget(check_id)
        # Where nothing is found of it any more, one new value has opened it: what it has learnt is still to be proven.
        self._unprove(later, keep_facts=all(check_id not in self.findings for check_id in later))
        for finding in [*self.findings.values()]:
            if finding.back_to.startswith(f"{step_id}."):
                self._forget(finding.check)  # a later check disproved this step: it is asked again as well
        self.onboarding.memory.begin_step(step_id)
        self.save(self)
        try:
            self._run_checks(step)
        finally:
            self.onboarding.memory.stop_listening()
            self.save(self)
        return self.state(step_id)

    def make_fix(self, fix: Fix) -> FixResult:
        """Make a fix that somebody has confirmed, and ask its check again; return what came of both.

        Raises:
            Cancelled: the cancel signal was set; the record says what was sent.
        """
        result = apply_fix(self.onboarding, fix)
        if not result.actions and not result.is_made:
            return result
        try:
            self._fill(result.answers)
        except BadInput as error:
            why = f"{result.message} What the service gave for {error.field} cannot be used: {error.expected}."
            result = replace(result, is_made=False, message=why, answers={})
        finding = self._ask_after(fix, is_made=result.is_made)
        if result.actions:
            record_check(self.onboarding, result, finding)
        self.save(self)
        return replace(result, is_made=result.is_made and not _offers(finding, fix), found=finding)

    def _fill(self, answers: Mapping[str, str]) -> None:
        """Keep the answers that a fix gives; raises what `change` does."""
        for key, text in answers.items():
            if text:
                self.change(key, text)
            else:
                self.onboarding.answers = replace(self.onboarding.answers, **{key: getattr(Answers(), key)})

    def settle_interrupted_fix(self) -> Unfinished | None:
        """Return the fix that an earlier run left in the middle, and open its check; None where there is none.

        A check that keeps no step closed opens its whole step: else nobody would ask it again. Where everything was
        proven, what is stored is proven again with it: no token is in memory for the step that stores one.
        """
        left, was_proven = unfinished(self.onboarding.memory.actions), self.is_proven
        if left is not None and left.check in self.profile.checks:
            step = self.profile.step_of(left.check).id
            self._unprove(self.profile.checks_from((left.check,)), keep_facts=True)
            if self.state(step) in PASSABLE:
                self._unprove(self.profile.checks_from((step,)), keep_facts=True)
            if was_proven:
                self.prove_again()
        return left

    def require_answers(self, step: Step) -> None:
        """Raise `BadInput` for the first field of a step whose value is missing or does not fit."""
        for field in step.asked_fields(self.onboarding.answers):
            if error := field.error(getattr(self.onboarding.answers, field.key)):
                raise BadInput(field.key, error)

    # --- inside -------------------------------------------------------------------------------------------------

    def _run_checks(self, step: Step) -> None:
        closed_by = ""
        for check in step.checks:
            if closed_by:
                skipped = Skipped(NotAsked.EARLIER_CHECK, f"{closed_by} comes first")
                self.onboarding.emit(CheckSkipped(check.id, skipped))
            elif reason := check.skipped_because(self.onboarding):
                skipped = self.skipped[check.id] = Skipped(NotAsked.DOES_NOT_APPLY, reason)
                self.onboarding.emit(CheckSkipped(check.id, skipped))
            elif not check.opens_gate(self._run_check(check)) and not step.runs_every_check:
                closed_by = check.id

    def _run_check(self, check: Check) -> Finding:
        onboarding = self.onboarding
        onboarding.cancel.check()
        onboarding.emit(CheckStarted(check.id))
        finding = run_check(self.profile, check.id, check.run, onboarding)
        self.findings[check.id] = finding
        self._apply(finding)
        if check.saves_at_once:
            self.save(self)  # before the event: whoever is given it may rely on the file
        onboarding.emit(CheckEnded(finding))
        return finding

    def _ask_after(self, fix: Fix, *, is_made: bool) -> Finding:
        """Ask the check of a fix; what was made may be seen only after a while: then it is asked again."""
        memory = self.onboarding.memory
        memory.forget_answers()
        finding = self._run_check(self.profile.checks[fix.check])
        for number, pause in enumerate(RETRY_PAUSES, 2):
            if not is_made or not (_offers(finding, fix) or finding.retry is Retry.WAIT):
                break
            wait(self.onboarding, SEEN_LATER, pause, next_try=number)
            memory.forget_answers()
            finding = self._run_check(self.profile.checks[fix.check])
        return finding

    def _apply(self, finding: Finding) -> None:
        """Do what follows from a finding."""
        memory = self.onboarding.memory
        if finding.then is Then.DROP_SIGN_IN:
            memory.forget_sign_in()
        elif finding.then is Then.SET_SIGN_IN_ASIDE:
            memory.sign_in.rejected_for = self.onboarding.answers.integration_user
        if finding.back_to:
            self._send_back(finding)

    def _send_back(self, finding: Finding) -> None:
        """Fail the earlier check that a finding disproves; its step is open again."""
        self.findings[finding.back_to] = replace(finding, check=finding.back_to, back_to="")
        self.onboarding.memory.disproved.add(finding.back_to)
        if finding.step != finding.back_to.partition(".")[0]:
            self._forget_facts(self.profile.checks[finding.back_to].drops_facts)

    def _unprove(self, check_ids: tuple[str, ...], *, keep_facts: bool = False) -> None:
        for check_id in check_ids:
            self._forget(check_id)
        touched = {check_id.partition(".")[0] for check_id in check_ids} if not keep_facts else set()
        for step_id in touched:
            if not any(check.id in self.findings for check in self.profile.step(step_id).checks):
                self._forget_facts(self.profile.step(step_id).facts)

    def _forget(self, check_id: str) -> None:
        self.findings.pop(check_id, None)
        self.skipped.pop(check_id, None)

    def _forget_facts(self, names: tuple[str, ...]) -> None:
        self.onboarding.facts = self.onboarding.facts.without(names)


def _offers(finding: Finding, fix: Fix) -> bool:
    """Return whether a finding still offers a fix, so that it is not seen yet."""
    return any(each.name == fix.name for each in finding.fixes)


def run_check(profile: Profile, check_id: str, run: Callable[[Onboarding], Finding], onboarding: Onboarding) -> Finding:
    """Run a check, and return what it found; any error becomes a finding.

    Args:
        profile: names the fields, and gives the title of a finding that has none of its own.
        check_id: of the check; its requests are recorded under it.
        run: asks.
        onboarding: what it works on.

    Raises:
        Cancelled: the cancel signal was set.
        BadInput: an option of the command line is wrong.
    """
    try:
        with onboarding.services.attributed_to(check_id):
            answer = run(onboarding)
    except ServiceRefusal as refusal:
        answer = refused(refusal)
    except Unreachable as error:
        answer = not_reached(error)
    except BadInput as error:
        if error.field.startswith("--"):  # an option of the command line: wrong usage, and no field of a step
            raise
        field = profile.fields.get(error.field)
        answer = invalid_field(error, field.label if field else error.field)
    except Cancelled:
        raise
    except WizardError as error:
        answer = Finding("", Outcome.FAILS, f"{error}.", {}, ("Check the settings named here.",), (Who.OPERATOR,))
    except Exception as error:  # noqa: BLE001  # ends one check, not the run that has a token in memory
        answer = unexpected_error(error, has_token=onboarding.memory.sign_in.holds_unsaved_token)
    title = answer.title or profile.checks[check_id].title_for(answer.outcome)
    in_portals = onboarding.services.cloud.in_its_portals
    return replace(
        answer,
        check=check_id,
        title=title,
        message=in_portals(answer.message),
        actions=tuple(map(in_portals, answer.actions)),
        items=tuple(replace(item, message=in_portals(item.message)) for item in answer.items),
        fixes=tuple(replace(fix, check=fix.check or check_id) for fix in answer.fixes),
    )
