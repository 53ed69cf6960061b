"""Questions one line at a time, for screen readers and terminals that cannot draw."""

from __future__ import annotations

import select
import sys
from collections.abc import Sequence
from contextlib import nullcontext
from dataclasses import replace
from typing import Final

from wizard.core.answers import Answers, Field, Kind, Value
from wizard.core.errors import BadInput
from wizard.core.events import BrowserPrompt, CheckEnded, ConsentLink, Event, PromptClosed
from wizard.core.findings import Finding
from wizard.core.fixes import Fix
from wizard.core.inbox import AlreadyGranted, NewLink, Purpose, RedirectResponse
from wizard.core.pasted_values import as_meant
from wizard.core.secret import Secret
from wizard.core.waiting import POLL_INTERVAL
from wizard.core.wording import lower_first
from wizard.journeys.session import Session
from wizard.microsoft.clouds import proposed_cloud
from wizard.onboarding.journey import Journey
from wizard.onboarding.profile_spec import DEFAULT_PROFILE, NOT_FOR_RESELLERS
from wizard.onboarding.sign_in.flow_check import FLOW_FIELD, other_flow
from wizard.onboarding.sign_in.methods import sign_in_label
from wizard.plain.hidden_input import hidden_input
from wizard.plain.input_reader import InputReader
from wizard.plain.line_writer import LineWriter

LONGEST_LINE: Final = 100
"""Characters of a line that holds all choices."""
MOST_WORDS: Final = 70
"""Characters of all choices in a prompt."""
YES: Final = frozenset({"y", "yes"})
NO: Final = frozenset({"n", "no"})
GRANTED: Final = "granted"
"""The word to type if consent is granted, and there is no address to paste."""
NEW_LINK: Final = "new"
"""The word to type for another link to sign in at."""
_FLAGS: Final = {Kind.YES_NO: "yes/no", Kind.YES_NO_UNKNOWN: "yes/no/unknown"}


class Prompter:
    """Asks at the terminal for what the answers do not say.

    Args:
        lines: where questions are written.
        given: the names of the answers that need not be asked; those that are asked are added.
        session: its cancel signal ends a prompt.
    """

    def __init__(self, lines: LineWriter, given: set[str], session: Session) -> None:
        self._lines = lines
        self._given = given
        self._session = session
        self._journey: Journey | None = None
        self._reader: InputReader | None = None
        self._shows_input = False

    def complete_subject(self, answers: Answers) -> Answers:
        """Ask for kind, cloud, tenant and app, which say whether a saved journey is the same; it gives the defaults."""
        saved = self._session.saved()
        if self._given.isdisjoint({"profile", "tenant", "client_id"}):  # a file that names them means a CSP partner
            answers = replace(answers, profile=self._ask_profile(saved.answers.profile if saved else ""))
            self._given.add("profile")
        fields = self._session.profile(answers.profile).fields
        if "cloud" not in self._given:
            answers = replace(answers, cloud=self._ask_cloud(saved.answers.cloud if saved else ""))
            self._given.add("cloud")
        for key in ("tenant", "client_id"):
            present = getattr(answers, key) or (getattr(saved.answers, key) if saved else "")
            if not getattr(answers, key):
                field = fields[key] if key == "tenant" else _may_wait(fields[key])
                answers = replace(answers, **{key: str(self._ask_field(field, present))})  # type: ignore[arg-type]
                self._given.add(key)
        return answers

    def _ask_profile(self, saved: str) -> str:
        """Ask what is onboarded; the default is the saved journey's kind, else that of a CSP partner."""
        specs = [each.spec for each in self._session.profiles.values()]
        choices = tuple((each.name, f"{each.title}, {each.choice}") for each in specs)
        field = Field("profile", "Kind", f"What you onboard. {NOT_FOR_RESELLERS}", Kind.CHOICE, choices=choices)
        return str(self._ask_field(field, saved if saved in self._session.profiles else DEFAULT_PROFILE))

    def _ask_cloud(self, saved: str) -> str:
        """Ask for the cloud; the default is the saved journey's, else the first one that --cloud-file adds."""
        clouds = self._session.clouds
        choices = tuple((name, cloud.title) for name, cloud in clouds.items())
        field = Field("cloud", "Cloud", "Where the partner tenant lives.", Kind.CHOICE, choices=choices)
        return str(self._ask_field(field, saved if saved in clouds else proposed_cloud(clouds)))

    def ask(self, journey: Journey, failed: Finding | None) -> bool:
        """Ask for what the open step lacks, or what to do about a failure; return whether to go on."""
        self._stop_reading()
        self._journey = journey
        if failed is not None:
            return self._ask_after_failure(journey, failed)
        step = journey.open_step
        self._lines.say(f"\n{step.title}\n{step.why}")
        for field in sorted(step.fields, key=lambda field: self._waits(journey, field)):
            answers = journey.onboarding.answers
            is_answered = field.key in self._given and not field.as_asked(answers).error(getattr(answers, field.key))
            if field.asked_if(answers) and not is_answered and not field.is_extra:
                self._change(journey, field)
                self._given.add(field.key)
        return True

    def _waits(self, journey: Journey, field: Field) -> bool:
        """Return whether a field comes last: it is empty, and another answer may say that it can stay so."""
        answers = journey.onboarding.answers
        return field.key in self._given and not getattr(answers, field.key) and not _may_wait(field).required

    def follow(self, event: Event) -> None:
        """Read what is pasted while a check waits for it."""
        match event:
            case ConsentLink() if self._reader is None:
                self._lines.say(
                    f"Paste the address that the browser ends on, or type {GRANTED}, and press Enter. "
                    "With a redirect to this machine you need not type anything."
                )
                self._reader = InputReader(self._submit_consent, lambda: None, is_hidden=False)
                self._shows_input = True
            case BrowserPrompt(purpose) if self._reader is None or self._shows_input:
                self._stop_reading()  # what is pasted from now on is a secret
                self._lines.say(
                    "Or paste here the address that the browser ended on, even if it shows no page, and press "
                    f"Enter; {NEW_LINK} gives a new link."
                )
                sign_in = Purpose(purpose)
                self._reader = InputReader(
                    lambda text: self._submit_address(sign_in, text), self._ask_for_address, is_hidden=True
                )
            case BrowserPrompt():
                self._ask_for_address()
            case CheckEnded(finding) if self._takes(finding) is Purpose.CONSENT:
                self._stop_reading()
            case PromptClosed():
                self._stop_reading()
            case _:
                pass

    def _takes(self, finding: Finding) -> Purpose | None:
        return self._journey.profile.checks[finding.check].accepts if self._journey else None

    def _stop_reading(self) -> None:
        reader, self._reader, self._shows_input = self._reader, None, False
        if reader is not None:
            reader.close()

    def _ask_for_address(self) -> None:
        self._lines.say("Address (not shown):")  # a line of its own: later lines would continue a prompt

    def _submit_consent(self, text: str) -> None:
        if self._journey:
            message = AlreadyGranted() if text.lower() == GRANTED else RedirectResponse(text)
            self._journey.submit(Purpose.CONSENT, message)

    def _submit_address(self, purpose: Purpose, text: str) -> None:
        if self._journey:
            self._journey.submit(purpose, NewLink() if text.lower() == NEW_LINK else RedirectResponse(text))

    def _ask_after_failure(self, journey: Journey, failed: Finding) -> bool:
        """Ask what to do: another flow that may get through, a fix of what failed, or the same again."""
        self._lines.show_failures()
        instead = other_flow(failed)
        fixes = journey.view().fixes(failed.step)
        other = f"{lower_first(sign_in_label(instead))} instead ({instead}), " if instead else ""
        other += "fix it, " if fixes else ""
        words = "/".join((*([instead] if instead else []), *(["fix"] if fixes else []), "again", "change", "quit"))
        while True:
            word = self._read_line(f"{other}check again, change an answer, or quit? [{words}] ").strip().lower()
            if instead and word == instead:
                journey.change(FLOW_FIELD, instead)
                return True
            if fixes and word in {"f", "fix"}:
                if self._ask_for_fixes(journey, fixes):
                    return True
                continue
            if word in {"", "a", "again"}:
                return True
            if word in {"q", "quit"}:
                return False
            if word in {"c", "change"}:
                for field in journey.open_step.asked_fields(journey.onboarding.answers):
                    self._change(journey, field)
                return True

    def offer_fixes(self, journey: Journey, _lines: LineWriter, step: str) -> None:
        """Ask whether what a step has warned of is to be put right, where the wizard knows how.

        Raises:
            BadInput: the input has ended.
            Cancelled: the cancel signal was set.
        """
        self._stop_reading()
        self._ask_for_fixes(journey, journey.view().fixes(step))

    def _ask_for_fixes(self, journey: Journey, fixes: Sequence[Fix]) -> bool:
        """Ask for one fix after the other; of those of which one is enough, up to the first that is made."""
        made = set[str]()
        is_any_made = False
        for fix in fixes:
            if (not fix.one_of or fix.one_of not in made) and self._ask_for_fix(journey, fix):
                made.add(fix.one_of)
                is_any_made = True
        return is_any_made

    def _ask_for_fix(self, journey: Journey, fix: Fix) -> bool:
        """Show a fix, and make it if the answer is yes; return whether it was made."""
        view = journey.view()
        self._lines.fix(fix, view.fix_hosts, in_full=True)
        accounts = dict.fromkeys(view.fix_accounts.get(each.value) or "whoever signs in for it" for each in fix.apis)
        account = " and ".join(accounts)
        if self._read_line(f"Make this change, as {account}? [yes/no] ").strip().lower() not in YES:
            return False
        result = journey.make_fix(fix)
        self._lines.fix_result(result)
        if first := result.first_password:
            self._lines.say(f"First password of {first.account}, shown this once: {first.value.reveal()}")
        return result.is_made

    def _change(self, journey: Journey, field: Field) -> None:
        """Ask for an answer until the journey takes it."""
        while True:
            value = self._ask_field(_may_wait(field), getattr(journey.onboarding.answers, field.key))
            try:
                journey.change(field.key, value)
            except BadInput as mistake:
                self._lines.say(f"{field.label}: {mistake.expected}")
            else:
                return

    def _ask_field(self, field: Field, present: Value) -> Value:
        """Ask for an answer until it has the form of the field; an empty line keeps the present one."""
        while True:
            try:
                value = self._read_value(field, present)
            except ValueError:
                self._lines.say(f"{field.label}: answer with one of these words")
                continue
            mistake = field.error(value)
            if not mistake:
                return value
            self._lines.say(f"{field.label}: {mistake}")

    def _read_value(self, field: Field, present: Value) -> Value:
        """Return one typed answer; raise `ValueError` for a word that is none."""
        self._lines.say(f"  {field.help}")
        if field.choices:
            self._say_choices(field.choices)
        if field.kind is Kind.SECRET:
            typed = self._as_meant(field, self._read_line(f"{field.label} (not shown): ", is_shown=False))
            if typed:
                return Secret(typed)
            return present if field.required else None
        default = _as_word(present)
        words = _words(field)
        prompt = f"{field.label}{f' ({words})' if words else ''}{f' [{default}]' if default else ''}: "
        typed = self._as_meant(field, self._read_line(prompt)).strip()
        if not typed:
            return present
        if field.kind in _FLAGS:
            return _as_flag(typed.lower(), may_be_unknown=field.kind is Kind.YES_NO_UNKNOWN)
        return typed

    def _say_choices(self, choices: tuple[tuple[str, str], ...]) -> None:
        """Say what each word stands for: in one line, if they fit there."""
        in_one = "  " + " · ".join(f"{choice}: {words}" for choice, words in choices)
        longest = max(len(choice) for choice, _ in choices)
        each = [f"  {choice:<{longest}}  {words}" for choice, words in choices]
        for line in [in_one] if len(in_one) <= LONGEST_LINE else each:
            self._lines.say(line)

    def _as_meant(self, field: Field, typed: str) -> str:
        """Return what a typed line means for a field; say what was changed."""
        meant = self._journey.as_meant(field.key, typed) if self._journey else as_meant(field, typed)
        if meant.note:
            self._lines.say(f"{field.label}: {lower_first(meant.note)}")
        return meant.value

    def _read_line(self, prompt: str, *, is_shown: bool = True) -> str:
        """Return one typed line, without its end.

        Raises:
            Cancelled: a signal stopped the session.
            BadInput: the input has ended.
        """

        def ask() -> None:
            laid_out = self._lines.width_of(self._lines.err).lay_out(f"◆ {prompt.rstrip()}")
            print(laid_out, end=" ", file=self._lines.err, flush=True)

        try:
            if is_shown:
                ask()
            with nullcontext() if is_shown else hidden_input(sys.stdin.fileno(), ask):
                while not select.select([sys.stdin], [], [], POLL_INTERVAL)[0]:
                    self._session.cancel.check()
                line = sys.stdin.readline()
        finally:
            if not is_shown:
                print(file=self._lines.err)  # instead of the line break that was not shown
        self._session.cancel.check()
        if not line:
            raise BadInput("standard input", "ended before everything was answered")
        return line.rstrip("\r\n")


def _may_wait(field: Field) -> Field:
    """Return a field as one that may stay empty, where other answers can spare it."""
    return replace(field, required=False) if field.spared_if is not None else field


def _words(field: Field) -> str:
    """Return the words to answer with; "" if the answer is free, or if they are too many and stand above the prompt."""
    words = _FLAGS.get(field.kind, "/".join(choice for choice, _ in field.choices))
    return words if len(words) <= MOST_WORDS else ""


def _as_word(value: Value) -> str:
    """Return an answer as it would be typed."""
    if isinstance(value, bool):
        return "yes" if value else "no"
    return value if isinstance(value, str) else ""


def _as_flag(word: str, *, may_be_unknown: bool) -> bool | None:
    if word in YES | NO:
        return word in YES
    if may_be_unknown and word == "unknown":
        return None
    raise ValueError(word)
