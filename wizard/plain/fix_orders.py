"""Which fixes an unattended run makes: those that are named, once each; what widens rights only with --yes."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, field
from typing import Final

from wizard.core.errors import BadInput
from wizard.onboarding.journey import Journey
from wizard.onboarding.probes.app_registering import CREATE, TAKE
from wizard.plain.line_writer import LineWriter

SUBJECT: Final = ("tenant", "client_id")
"""The answers without which a fix might be made in the wrong place."""
BY_A_PERSON: Final = "make it in the wizard, or in a run at a terminal without --apply, or send the command"


@dataclass(slots=True)
class FixOrders:
    """What the command line says of fixes.

    Args:
        names: of those to be made; each is made at most once.
        is_dry_run: whether what each fix would send is only shown.
        says_yes: whether those that widen rights may be made.
    """

    names: Collection[str] = ()
    is_dry_run: bool = False
    says_yes: bool = False
    _made: set[str] = field(default_factory=set)

    def require_subject(self, given: Collection[str]) -> None:
        """Raise `BadInput` where fixes are to be made and the answers file does not name tenant and app.

        The app need not be named where it is to be created, or one that is there is to be taken.
        """
        gets_app = any(each == CREATE or each.startswith(f"{TAKE}-") for each in self.names)
        for name in SUBJECT[:1] if gets_app else SUBJECT:
            if self.names and name not in given:
                raise BadInput(name, "has to be in the answers file where --apply changes something")

    def follow(self, journey: Journey, lines: LineWriter) -> bool:
        """Show the fixes of a gate that stays closed, or make those that are named; return whether one was made.

        Raises:
            BadInput: one that is named gives somebody more rights, and nobody has said yes to that; or it tells
                somebody what cannot be told again.
            Cancelled: the cancel signal was set.
        """
        return self._follow(journey, lines, journey.open_step.id)

    def follow_passed(self, journey: Journey, lines: LineWriter, step: str) -> None:
        """Show the fixes of a step that has passed with a warning, or make those that are named.

        Raises:
            BadInput: as `follow`.
            Cancelled: the cancel signal was set.
        """
        self._follow(journey, lines, step)

    def _follow(self, journey: Journey, lines: LineWriter, step: str) -> bool:
        offered = journey.view().fixes(step)
        hosts = journey.view().fix_hosts
        wanted = [fix for fix in offered if fix.name in self.names and fix.name not in self._made]
        for fix in offered:
            if fix not in wanted or self.is_dry_run:
                lines.fix(fix, hosts, in_full=self.is_dry_run)
        if self.is_dry_run:
            return False
        is_any_made = False
        for fix in wanted:
            self._made.add(fix.name)
            if fix.needs_person:
                raise BadInput("--apply", f"{fix.name} tells a first password once, to a person: {BY_A_PERSON}")
            if fix.widens and not self.says_yes:
                raise BadInput("--apply", f"{fix.name} gives somebody more rights: it needs --yes too. {fix.effect}")
            lines.fix(fix, hosts, in_full=True)
            result = journey.make_fix(fix)
            lines.fix_result(result)
            is_any_made |= result.is_made
        return is_any_made

    def say_what_was_not_needed(self, lines: LineWriter) -> None:
        """Say of each fix that was named and no check offered that there was nothing to do."""
        for name in self.names:
            if name not in self._made:
                lines.note(f"fix {name}: no check offers it now; nothing was changed.")
