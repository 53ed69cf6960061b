"""The keys of the app that nobody needs any more: removed when that is safe, listed where somebody has to say yes."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from wizard.core.findings import Finding, FixResult, Item, ItemKind, Outcome, Who
from wizard.core.fixes import Fix
from wizard.core.timestamps import day, utc_time
from wizard.core.wording import counted
from wizard.jobs.renewal_checks import KEY_LEFT, KEYS_OLD
from wizard.jobs.stored_keys import LONGEST_RUN, STAYS
from wizard.onboarding.finding_builders import fails, holds, of_items, refused, warns
from wizard.onboarding.fixing import record_check
from wizard.onboarding.probes.app_access import refusal_of_app_at_home
from wizard.onboarding.probes.key_fixes import remove_old_keys

if TYPE_CHECKING:
    from wizard.jobs.kept_keys import Keys
    from wizard.jobs.renewal_checks import JobCheck
    from wizard.jobs.stored_keys import Key


@dataclass(frozen=True, slots=True)
class OldKeys:
    """What may be removed of the app's keys.

    Args:
        stored: the keys, as they were read.
        apply: makes a fix, or shows it.
        says_yes: whether those may be removed that other programs may have.
        is_dry_run: whether nothing is made.
    """

    stored: Keys
    apply: Callable[[Fix], FixResult]
    says_yes: bool
    is_dry_run: bool

    def remove_left(self) -> Finding:
        """Every key that was made for the vault is in it; what a run has left, and nobody can know, is removed."""
        left, now = list(self.stored.left()), self.stored.onboarding.clock.now()
        over = [each for each in left if each.created_at and now - each.created_at > LONGEST_RUN]
        if not left:
            return holds("Every key that was made for this vault is in it.")
        if not over:
            at = utc_time(left[0].created_at) if left[0].created_at else "a time that Graph does not tell"
            said = f"“{left[0].name}” was made at {at} and is not stored: another run is at work, or has ended."
            return warns(said, "A run after half an hour removes it.", Who.OPERATOR, title=KEY_LEFT.failing_title)
        return self._removed(KEY_LEFT, over, f"{counted(len(over), 'key')} of a run that ended in the middle")

    def remove_old(self) -> Finding:
        """What the newest version took the place of is gone, a day later or once somebody has said yes."""
        stored, now = self.stored, self.stored.onboarding.clock.now()
        former, expired = list(stored.superseded()), [*stored.expired()]
        expired = [each for each in expired if each not in former]
        if not former and not expired:
            return holds("The app has no key that is not needed.")
        since = stored.since
        is_over = since is not None and now - since >= STAYS
        sure = [each for each in former if stored.is_superseded_by_graph(each)]
        removed = [*former, *expired] if self.says_yes else sure if is_over else []
        kept = [each for each in (*former, *expired) if each not in removed]
        if removed:
            if not stored.works_without(removed):
                said = "No key would be left that is known to be in use and valid, so none is removed."
                return fails(said, "Look them up: App registrations > the app > Certificates & secrets.", Who.ADMIN)
            if refusal := refusal_of_app_at_home(stored.onboarding):
                return refused(refusal)
            finding = self._removed(KEYS_OLD, removed, counted(len(removed), "old key"))
            if finding.outcome is not Outcome.HOLDS or not kept:
                return finding
        until = day(since + STAYS) if since else "a day that the vault does not tell"
        items = [self._item(each, until, is_former=each in former, is_sure=each in sure) for each in kept]
        if kept == sure:
            said = f"The former key, {items[0].subject}, {items[0].message}."
            return replace(holds(said, keys=len(kept)), title="The former key of the app stays for a day")
        return of_items(
            f"{counted(len(kept), 'key')} of the app can go.",
            tuple(items),
            ("Say yes to removing them now: partner-wizard renew --credential --yes.",),
            Who.OPERATOR,
        )

    def _item(self, each: Key, until: str, *, is_former: bool, is_sure: bool) -> Item:
        name = f"“{each.name or each.key_id}”"
        if is_former and not is_sure:
            said = "was in use before by the tags in the vault alone; what Entra shows of the keys does not say so"
            return Item(name, Outcome.WARNS, said, ItemKind.EXPIRES, id=each.key_id)
        if is_former:
            message = f"was in use before; a run after {until} removes it, for other programs may have it"
            return Item(name, Outcome.HOLDS, message, ItemKind.EXPIRES, id=each.key_id)
        ended = day(each.expires_at) if each.expires_at else ""
        return Item(name, Outcome.WARNS, f"expired on {ended}", ItemKind.EXPIRES, id=each.key_id)

    def _removed(self, check: JobCheck, keys: Sequence[Key], what: str) -> Finding:
        onboarding = self.stored.onboarding
        valid = any(each.expires_at and each.expires_at > onboarding.clock.now() for each in keys)
        fixes = remove_old_keys(onboarding, keys, some_are_valid=valid)
        if not fixes:
            return warns(f"{what} could not be found any more.", (), title=check.failing_title)
        result = self.apply(replace(fixes[0], check=check.id))
        if self.is_dry_run:
            return replace(holds(f"Would be removed: {what}.", keys=len(keys)), title="Nothing was removed")
        if not result.is_made:
            return warns(result.message, "Remove it by hand.", Who.ADMIN, title=check.failing_title)
        finding = holds(f"Removed: {what}.", keys=len(keys))
        record_check(onboarding, result, replace(finding, title=check.title))
        return finding
