"""What a step is made of: fields, checks, and the onboarding they work on."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any, Final

from wizard.catalogue import explain_refusal
from wizard.catalogue.codes import known
from wizard.core.answers import Answers, Field
from wizard.core.errors import BadInput, ServiceRefusal, Unreachable, place_of
from wizard.core.events import Emit
from wizard.core.facts import Facts
from wizard.core.findings import Finding, Outcome, Then, Who
from wizard.core.inbox import Purpose
from wizard.core.trouble import Trouble
from wizard.core.waiting import Cancel, Clock
from wizard.onboarding.memory import Memory
from wizard.tokens.record import Owner

if TYPE_CHECKING:
    from wizard.microsoft import services


@dataclass(slots=True)
class Onboarding:
    """What checks work on: the answers, the facts learnt so far, the services, and the ways to wait and to tell.

    `is_attended` says that a person is there who can paste or say things while a check waits. `port` is the one of
    this machine that a browser's answer is caught at, 0: any free one.
    """

    answers: Answers
    services: services.Services
    clock: Clock
    cancel: Cancel
    emit: Emit = lambda _event: None
    facts: Facts = field(default_factory=Facts)
    memory: Memory = field(default_factory=Memory)
    is_attended: bool = False
    port: int = 0

    def learn(self, **facts: Any) -> None:
        """Keep what a check has learnt; names are those of `Facts`."""
        self.facts = replace(self.facts, **facts)

    @property
    def owner(self) -> Owner:
        """Whose token it is."""
        return Owner(self.facts.tenant_id, self.answers.client_id)

    def stamp(self) -> str:
        """Now, as facts keep times."""
        return self.clock.now().strftime("%Y-%m-%dT%H:%M:%SZ")


def after(*checks: str) -> Callable[[Onboarding], tuple[str, ...]]:
    """The ids of the checks that come before, whatever the answers are."""
    return lambda _onboarding: checks


@dataclass(frozen=True, slots=True)
class OfStored:
    """How a check is asked of what is stored: nobody is there, nothing is written, and no gate ends the run.

    Args:
        run: answers it there; None: in the journey's own way.
        needs: ids of the checks that have to hold before it can be asked.
        unless: "" where it is a question there, else why it is none: nothing is missed then.
        lacks: "" or what is not at hand to ask it: nobody knows then whether it holds.
        left_to: id of the check that tells the same of what is stored where `unless` speaks, and settles what this one
            settles.
        remedy: added to what is to be done where it fails.
    """

    run: Callable[[Onboarding], Finding] | None = None
    needs: Callable[[Onboarding], tuple[str, ...]] = lambda _onboarding: ()
    unless: Callable[[Onboarding], str] = lambda _onboarding: ""
    lacks: Callable[[Onboarding], str] = lambda _onboarding: ""
    left_to: str = ""
    remedy: str = ""


def never(why: str) -> OfStored:
    """Not asked of what is stored, and why."""
    return OfStored(unless=lambda _onboarding: why)


def left_to(check: str) -> OfStored:
    """Not asked of what is stored: another check tells the same of it."""
    return OfStored(unless=lambda _onboarding: f"{check} tells it of what is stored", left_to=check)


@dataclass(frozen=True, slots=True)
class Check:
    """A named question with a `Finding` for an answer.

    Args:
        id: "step.name".
        question: what holds when it holds, in a few words.
        run: answers it; may raise ServiceRefusal (fails) or Unreachable (could not tell).
        settled_by: the id of the check that settles it later; such a check may end UNKNOWN and the next step opens,
            unless it could not tell because a service could not be reached, or because it stopped unexpectedly.
        advisory: whether the next step opens whatever it says.
        keeps: whether its finding is saved at once, because what it found cannot be asked for again.
        mends: keys of the fields to look at first where it fails by what the operator entered.
        begins_sign_in: whether it gets what somebody signs in with; without a token, it and all behind it are open.
        signs_in: whether a sign-in was made where it holds.
        takes: what it waits for that a person hands in, None where it waits for nothing.
        disproved_with: names of the facts that go when a later check disproves it.
        applies: "" where it has to be asked, else why not.
        of_stored: how `partner-wizard check` asks it.
    """

    id: str
    question: str
    run: Callable[[Onboarding], Finding]
    settled_by: str = ""
    advisory: bool = False
    keeps: bool = False
    fields_to_fix: tuple[str, ...] = ()
    begins_sign_in: bool = False
    signs_in: bool = False
    takes: Purpose | None = None
    disproved_with: tuple[str, ...] = ()
    skipped_because: Callable[[Onboarding], str] = lambda _onboarding: ""
    of_stored: OfStored = OfStored()

    def fields_at_fault(self, finding: Finding) -> tuple[str, ...]:
        """Keys of the fields that may mend a finding that closes the gate; none where the mending is done elsewhere."""
        if named := finding.evidence.get("field"):
            return (str(named),)
        is_unknown_name = finding.unreachable and finding.evidence.get("kind") == Trouble.NAME
        is_operators = not finding.unreachable and Who.OPERATOR in finding.who
        return self.fields_to_fix if is_unknown_name or is_operators else ()

    def opens_gate(self, finding: Finding) -> bool:
        """Whether the next step may open with this finding."""
        if self.advisory or finding.outcome in (Outcome.HOLDS, Outcome.WARNS):
            return True
        is_by_nature = not finding.unreachable and STOPPED_AT not in finding.evidence
        return finding.outcome is Outcome.UNKNOWN and bool(self.settled_by) and is_by_nature


@dataclass(frozen=True, slots=True)
class Step:
    """One step: what it asks, what must hold, in which order.

    Args:
        id: a word, such as "tenant".
        title: a few words.
        why: two sentences for a newcomer.
        fields: what the operator is asked.
        checks: in the order they run; a check that closes the gate ends the run.
        facts: names of the `Facts` it learns; they go when it is un-proven.
        asks_all: whether the checks behind one that closes the gate are asked as well: none hangs on another.
        unproves: ids of steps that hang on a run of this one, and have to be run again after it.
        reopens: whether it has to be done again by a new process: what it stands on was in memory alone.
        reopened: a sentence on that, where there is more to say than that it is open.
        stores: whether it stores what a sign-in gave, which stays in memory until then.
        looks_only: whether it asks without signing in, so that a service which wants that has answered well.
        run_label: the words of the button that starts the checks.
        run_hint: what that button does where it does more than to ask, "" where not.
        all_hold: what is known where every check holds, in a few words; said behind the last step, and where the next
            one opens by itself.
    """

    id: str
    title: str
    why: str
    fields: tuple[Field, ...]
    checks: tuple[Check, ...]
    facts: tuple[str, ...] = ()
    unproves: tuple[str, ...] = ()
    asks_all: bool = False
    reopens: Callable[[Answers], bool] = lambda _answers: False
    reopened: str = ""
    stores: bool = False
    looks_only: bool = False
    run_label: str = "Check"
    run_hint: str = ""
    all_hold: str = ""

    @property
    def signs_in(self) -> bool:
        """Whether somebody signs in here."""
        return any(check.begins_sign_in for check in self.checks)

    def asked(self, answers: Answers) -> tuple[Field, ...]:
        """The fields that these answers make necessary."""
        return tuple(field for field in self.fields if field.asked_if(answers))


def holds(message: str, **evidence: str | int | bool) -> Finding:
    """The answer "it holds"; the journey adds the check's id."""
    return Finding("", Outcome.HOLDS, message, evidence)


def fails(
    message: str,
    remedy: str,
    *who: Who,
    code: str = "",
    back_to: str = "",
    then: Then | None = None,
    **evidence: str | int | bool,
) -> Finding:
    """The answer "it does not hold", with what to do and who can."""
    return Finding("", Outcome.FAILS, message, evidence, remedy, who, code, back_to=back_to, then=then)


def warns(message: str, remedy: str, *who: Who, **evidence: str | int | bool) -> Finding:
    """The answer "it holds, but"."""
    return Finding("", Outcome.WARNS, message, evidence, remedy, who)


def could_not_tell(message: str, remedy: str = "", *who: Who, **evidence: str | int | bool) -> Finding:
    """The answer "could not tell": never success."""
    return Finding("", Outcome.UNKNOWN, message, evidence, remedy, who)


def refused(
    refusal: ServiceRefusal,
    *,
    back_to: str = "",
    context: str = "",
    names: Mapping[str, str] | None = None,
    then: Then | None = None,
    **evidence: str | int | bool,
) -> Finding:
    """A service's refusal as a finding that fails, in the words of its diagnosis.

    `context` and `names` are as for `explain_refusal`.
    """
    diagnosis = explain_refusal(refusal, context, names)
    named: Mapping[str, str | int | bool] = {
        **evidence,
        **({"service_said": refusal.description} if refusal.description else {}),
    }
    return Finding(
        "",
        Outcome.FAILS,
        f"{diagnosis.title}. {diagnosis.cause}",
        named,
        diagnosis.remedy,
        diagnosis.who,
        refusal.code or refusal.error,
        refusal.ids,
        back_to,
        title=diagnosis.title,
        retry=diagnosis.retry,
        link=diagnosis.link,
        then=then,
    )


def malformed(mistake: BadInput, label: str) -> Finding:
    """A value that a check found unfit: fails, and names the field."""
    message = f"{label[0].upper()}{label[1:]}: {mistake.expected}."
    return Finding(
        "", Outcome.FAILS, message, {"field": mistake.field}, "Correct this field, then check again.", (Who.OPERATOR,)
    )


def not_reached(trouble: Unreachable) -> Finding:
    """A service that could not be reached: could not tell."""
    message = f"{trouble.host} {_as_sentence(trouble)}."
    evidence = {"host": trouble.host, "kind": trouble.kind}
    entry = known("network", trouble.kind)
    if entry is None:
        asks = "Check the network, the proxy (HTTPS_PROXY) and its certificate (REQUESTS_CA_BUNDLE), then check again."
        return Finding("", Outcome.UNKNOWN, message, evidence, asks, (Who.OPERATOR,), unreachable=True)
    return Finding(
        "",
        Outcome.UNKNOWN,
        message,
        evidence,
        entry.remedy,
        entry.who,
        unreachable=True,
        title=entry.title,
        retry=entry.retry,
        link=entry.link,
    )


STOPPED_AT: Final = "stopped_at"
"""The evidence that a check ended by an error nobody expected: its kind and place."""
IN_MEMORY: Final = "The token stays in memory: nobody has to sign in again while this program runs."


def unforeseen(error: Exception, *, has_token: bool) -> Finding:
    """A check that an error nobody expected has ended: could not tell. Kind and place alone are said of it (T2, T4).

    Args:
        has_token: whether a sign-in is in memory, which stays there.
    """
    place = place_of(error)
    remedy = (
        "Check again. If it happens again, make a support bundle (partner-wizard support-bundle, or Ctrl+P in the "
        "wizard) and send it to whoever looks after partner-wizard: this is an error of the program, not of a setting."
    )
    return Finding(
        "",
        Outcome.UNKNOWN,
        f"The check stopped unexpectedly ({place}).",
        {STOPPED_AT: place},
        f"{remedy} {IN_MEMORY}" if has_token else remedy,
        (Who.OPERATOR,),
    )


def _as_sentence(trouble: Unreachable) -> str:
    return f"could not be used: {trouble.detail}"


SIGN_IN_ANEW = "A new sign-in gives a new token: partner-wizard, step 4, F7; or partner-wizard run --restart."
"""What to do where what is stored is no good any more."""
AT_A_SIGN_IN = "polling for the sign-in"
AFTER_A_SIGN_IN = "token of this sign-in"
IN_A_BROWSER = "sign-in at /authorize"
IN_A_RENEWAL = "grant_type=refresh_token"
"""Where a refusal came: by these the catalogue tells causes apart that share a code."""
