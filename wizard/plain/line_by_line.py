"""Questions one line at a time, for screen readers and terminals that cannot draw."""

from __future__ import annotations

import select
import sys
from contextlib import nullcontext
from dataclasses import replace
from typing import Final

from wizard.core.answers import Answers, Field, Kind, Value
from wizard.core.errors import BadInput
from wizard.core.events import BrowserPrompt, CheckEnded, ConsentLink, Event, PromptClosed
from wizard.core.findings import Finding
from wizard.core.inbox import AlreadyGranted, NewLink, Purpose, RedirectResponse
from wizard.core.secret import Secret
from wizard.core.waiting import POLL_INTERVAL
from wizard.journeys.session import Session
from wizard.onboarding.journey import Journey
from wizard.onboarding.sign_in.flow_check import FLOW_FIELD, other_flow
from wizard.onboarding.sign_in.methods import sign_in_label
from wizard.plain.hidden_typing import hidden_typing
from wizard.plain.typed_answers import TypedAnswers
from wizard.plain.unattended import Lines

YES, NO = {"y", "yes"}, {"n", "no"}
GRANTED = "granted"
"""The word to type for: consent is granted, and there is no address to paste."""
NEW_LINK: Final = "new"
"""The word to type for another link to sign in at."""


class LineByLine:
    """Asks at the terminal for what the answers do not say.

    Args:
        lines: where questions are written.
        given: attributes of `Answers` that need not be asked.
        session: its cancel signal ends a prompt.
    """

    def __init__(self, lines: Lines, given: set[str], session: Session) -> None:
        self._lines = lines
        self._given = given
        self._session = session
        self._journey: Journey | None = None
        self._typed: TypedAnswers | None = None
        self._is_shown = False

    def first_questions(self, answers: Answers) -> Answers:
        """Tenant and app, which say whether a saved journey is the same one; from that journey where there is one."""
        saved, fields = self._session.saved(), self._session.profile(answers.profile).fields
        for key in ("tenant", "client_id"):
            present = getattr(answers, key) or (getattr(saved.answers, key) if saved else "")
            if not getattr(answers, key):
                answers = replace(answers, **{key: str(self._question(fields[key], present))})  # type: ignore[arg-type]
                self._given.add(key)
        if saved and "cloud" not in self._given:
            answers = replace(answers, cloud=saved.answers.cloud)
        return answers

    def ask(self, journey: Journey, failed: Finding | None) -> bool:
        """Ask for what the open step lacks; after a failure, what to do. False: stop here."""
        self._end_reading()
        self._journey = journey
        step = journey.open_step
        if failed is not None:
            return self._after_failure(journey, other_flow(failed))
        self._lines.say(f"\n{step.title}. {step.why}")
        for field in step.fields:
            answers = journey.onboarding.answers
            if not field.asked_if(answers) or (
                field.key in self._given and not field.error(getattr(answers, field.key))
            ):
                continue
            self._change(journey, field)
            self._given.add(field.key)
        return True

    def follow(self, event: Event) -> None:
        """Read what is pasted while a check waits for it."""
        match event:
            case ConsentLink() if self._typed is None:
                self._lines.say(
                    f"Paste the address the browser ends on, or type {GRANTED}, and press Enter. "
                    "With a redirect to this machine nothing need be typed."
                )
                self._typed, self._is_shown = TypedAnswers(self._consent_typed, lambda: None, is_hidden=False), True
            case BrowserPrompt(purpose) if self._typed is None or self._is_shown:
                self._end_reading()  # what is pasted from now on is a secret
                self._lines.say(
                    "Or paste here the address that the browser ended on, also where it shows no page, and press "
                    f"Enter; {NEW_LINK} gives a new link."
                )
                where = Purpose(purpose)
                self._typed = TypedAnswers(
                    lambda text: self._address_typed(where, text), self._ask_for_address, is_hidden=True
                )
            case BrowserPrompt():
                self._ask_for_address()
            case CheckEnded(finding) if self._takes(finding) is Purpose.CONSENT:
                self._end_reading()
            case PromptClosed():
                self._end_reading()
            case _:
                pass

    def _takes(self, finding: Finding) -> Purpose | None:
        return self._journey.profile.checks[finding.check].accepts if self._journey else None

    def _end_reading(self) -> None:
        typed, self._typed, self._is_shown = self._typed, None, False
        if typed is not None:
            typed.close()

    def _ask_for_address(self) -> None:
        self._lines.say("Address (not shown):")  # a line of its own: what is told meanwhile would go on behind it

    def _consent_typed(self, text: str) -> None:
        if self._journey:
            said = AlreadyGranted() if text.lower() == GRANTED else RedirectResponse(text)
            self._journey.submit(Purpose.CONSENT, said)

    def _address_typed(self, purpose: Purpose, text: str) -> None:
        if self._journey:
            self._journey.submit(purpose, NewLink() if text.lower() == NEW_LINK else RedirectResponse(text))

    def _after_failure(self, journey: Journey, instead: str) -> bool:
        other = f"{_lower(sign_in_label(instead))} instead ({instead}), " if instead else ""
        words = "/".join((*([instead] if instead else []), "again", "change", "quit"))
        while True:
            word = self._line(f"{other}check again, change an answer, or quit? [{words}] ").lower()
            if instead and word == instead:
                journey.change(FLOW_FIELD, instead)
                return True
            if word in {"", "a", "again"}:
                return True
            if word in {"q", "quit"}:
                return False
            if word in {"c", "change"}:
                step = journey.open_step
                for field in step.asked_fields(journey.onboarding.answers):
                    self._change(journey, field)
                return True

    def _change(self, journey: Journey, field: Field) -> None:
        while True:
            value = self._question(field, getattr(journey.onboarding.answers, field.key))
            try:
                journey.change(field.key, value)
            except BadInput as mistake:
                self._lines.say(f"{field.label}: {mistake.expected}")
            else:
                return

    def _question(self, field: Field, present: Value) -> Value:
        while True:
            try:
                value = self._asked(field, present)
            except ValueError:
                self._lines.say(f"{field.label}: please answer in one of these words")
                continue
            mistake = field.error(value)
            if not mistake:
                return value
            self._lines.say(f"{field.label}: {mistake}")

    def _asked(self, field: Field, present: Value) -> Value:
        """One answer typed; raises ValueError for a word that is none."""
        self._lines.say(f"{field.label}: {field.help}")
        if field.kind is Kind.SECRET:
            typed = self._line(f"{field.label} (not shown): ", is_shown=False)
            return Secret(typed) if typed else None if not field.required else present
        shown = "yes" if present is True else "no" if present is False else present if isinstance(present, str) else ""
        words = "/".join(choice for choice, _ in field.choices)
        if field.kind in (Kind.YES_NO, Kind.YES_NO_UNKNOWN):
            words = "yes/no" if field.kind is Kind.YES_NO else "yes/no/unknown"
        typed = self._line(f"{field.label}{f' ({words})' if words else ''}{f' [{shown}]' if shown else ''}: ")
        if not typed:
            return present
        if field.kind in (Kind.YES_NO, Kind.YES_NO_UNKNOWN):
            return _as_flag(typed.lower(), may_be_unknown=field.kind is Kind.YES_NO_UNKNOWN)
        return typed

    def _line(self, prompt: str, *, is_shown: bool = True) -> str:
        """One typed line, stripped. Raises `Cancelled` on a signal, `BadInput` at the end of the input."""

        def ask() -> None:
            print(prompt, end="", file=self._lines.err, flush=True)

        try:
            if is_shown:
                ask()
            with nullcontext() if is_shown else hidden_typing(sys.stdin.fileno(), ask):
                while not select.select([sys.stdin], [], [], POLL_INTERVAL)[0]:
                    self._session.cancel.check()
                line = sys.stdin.readline()
        finally:
            if not is_shown:
                print(file=self._lines.err)  # in place of the line break that was not shown
        self._session.cancel.check()
        if not line:
            raise BadInput("standard input", "ended before all was answered")
        return line.strip()


def _lower(words: str) -> str:
    return words[:1].lower() + words[1:]


def _as_flag(word: str, *, may_be_unknown: bool) -> bool | None:
    if word in YES | NO:
        return word in YES
    if may_be_unknown and word == "unknown":
        return None
    raise ValueError(word)
