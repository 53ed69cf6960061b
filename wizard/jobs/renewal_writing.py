"""A proven token in the place of a stored one: written behind it, read back, and only then older versions disabled."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Final

from wizard.core.errors import ServiceRefusal, Unreachable
from wizard.core.findings import Finding, Who
from wizard.core.retries import with_retries
from wizard.core.text import clean_line, is_sendable
from wizard.core.timestamps import timestamp, utc_time
from wizard.core.wording import counted
from wizard.jobs.renewal_checks import OLDER, WRITTEN
from wizard.jobs.vault_actions import VaultActions
from wizard.onboarding.finding_builders import could_not_tell, fails, holds, not_reached, warns
from wizard.onboarding.onboarding_context import Onboarding
from wizard.onboarding.probes.token_mark import tags_of
from wizard.onboarding.probes.vault_access import open_vault, vault_refused
from wizard.onboarding.probes.vault_checks import SECRET_GONE, foreign_version
from wizard.onboarding.steps.store import NOT_AS_WRITTEN
from wizard.tokens.read_back import Difference, read_back
from wizard.tokens.record import IDLE_LIFE
from wizard.tokens.rotate import ROTATED_FROM, Moved, Succession, older_versions, successor_tags

if TYPE_CHECKING:
    from collections.abc import Sequence

    from wizard.microsoft.key_vault import KeyVault, StoredSecret

MOST_VERSIONS: Final = 500
"""A secret with more cannot be backed up (protocol 11.8)."""
STAYS: Final = "The version before it is as it was, and enabled."
SAME_TOKEN: Final = "Entra gave the stored token itself again, so whether it lives longer now cannot be told."


@dataclass(slots=True)
class Replacement:
    """The new token on its way into the vault.

    Args:
        onboarding: whose token it is; its memory holds the new one.
        former: the version that was redeemed.
        keep: how many versions stay enabled.
        version: the one that was written, "" while there is none.
        has_lost: whether another run's version is the newest.
        disabled: the versions that were disabled.
        log: of the requests that change something.
    """

    onboarding: Onboarding
    former: StoredSecret
    keep: int
    version: str = field(default="", init=False)
    has_lost: bool = field(default=False, init=False)
    disabled: list[str] = field(default_factory=list, init=False)
    log: VaultActions = field(init=False)
    _vault: KeyVault = field(init=False)

    def __post_init__(self) -> None:
        self._vault = open_vault(self.onboarding)
        self.log = VaultActions(self.onboarding, self._vault.host)

    @staticmethod
    def check_token(onboarding: Onboarding, open_checks: Sequence[str]) -> Finding:
        """Everything that is asked of a token was told, and it is another one than the stored one."""
        redeemed, stored = onboarding.memory.storing.redeemed, onboarding.memory.storing.read_back
        token = redeemed.refresh_token if redeemed else None
        if open_checks:
            message = f"Of the new token it could not be told: {', '.join(open_checks)}. It was not written."
            return could_not_tell(message, "Look at what these checks say above.", Who.OPERATOR)
        if token is None or not is_sendable(token.reveal()):
            return fails(
                "What came is no token that can be sent on. It was not written.", "Try it again.", Who.MICROSOFT
            )
        if token == stored:
            return could_not_tell(SAME_TOKEN, "Tell whoever looks after partner-wizard.", Who.OPERATOR)
        return holds("The new token passed what a token passes after a sign-in.")

    def write(self) -> Finding:
        """The new token is the newest version, behind the one that it came from; another's is never written over."""
        onboarding, name, number = self.onboarding, self.onboarding.secret_name, ""
        redeemed = onboarding.memory.storing.redeemed
        if redeemed is None or redeemed.refresh_token is None:
            raise LookupError("no new token")

        def sending() -> None:
            nonlocal number
            number = number or self.log.sent(WRITTEN.id, "PUT", f"/secrets/{name}")

        succession = Succession(name, self.former.version, redeemed.refresh_token, sending)
        expires_at = onboarding.clock.now() + IDLE_LIFE
        tags = successor_tags(self.former, tags_of(onboarding))
        try:
            written = succession.write(onboarding, self._vault, tags, expires_at)
        except (ServiceRefusal, Unreachable) as error:
            if number:
                self.log.failed(number, error)
            if isinstance(error, Unreachable):
                return _uncertain(not_reached(error), succession)
            return vault_refused(onboarding, error, secret=name, right="set")
        if isinstance(written, Moved):
            return self._moved(written.newest)
        self.log.made(number)
        self.version = written
        onboarding.learn(
            secret_version=written, stored_at=onboarding.now_stamp(), token_expires_at=timestamp(expires_at)
        )
        return holds(
            f"The new token is version {written} of {name}.", version=written, rotated_from=self.former.version
        )

    def _moved(self, newest: StoredSecret | None) -> Finding:
        """Return who was faster; this run has written nothing, and disables nothing."""
        name = self.onboarding.secret_name
        if newest is None:
            return fails(
                f"The vault has no secret {name} any more.", "Find out who removed it.", Who.ADMIN, title=SECRET_GONE
            )
        if not self.onboarding.owner.owns(newest):
            return foreign_version(name, newest)
        self.has_lost = True
        self.onboarding.learn(secret_version=newest.version)
        return _won(newest, "This run wrote nothing.")

    def check_read_back(self) -> Finding:
        """The newest version is the one written, enabled, and equal to what was written; nothing is disabled before."""
        onboarding, redeemed = self.onboarding, self.onboarding.memory.storing.redeemed
        if redeemed is None or redeemed.refresh_token is None:
            raise LookupError("no new token")
        name = onboarding.secret_name
        try:
            came = read_back(onboarding, self._vault, name, self.version, redeemed.refresh_token)
        except ServiceRefusal as refusal:
            return vault_refused(onboarding, refusal, secret=name, right="get")
        if came.difference is Difference.SUPERSEDED:
            return self._superseded()
        if came.difference is not None:
            message = f"{NOT_AS_WRITTEN[came.difference].format(name=name)} {STAYS} Nothing was disabled."
            acts = (f"Find out who else writes {name}.", "Then renew it again, with --force.")
            return fails(message, acts, Who.ADMIN, version=self.version, newest=came.newest)
        onboarding.memory.storing.read_back = came.value
        return holds("The value read back is the one written.", version=self.version)

    def _superseded(self) -> Finding:
        onboarding, name = self.onboarding, self.onboarding.secret_name
        newest = with_retries(onboarding, "reading the vault", lambda: self._vault.read(name))
        if newest is None or not onboarding.owner.owns(newest):
            return self._moved(newest)
        self.has_lost = True
        onboarding.learn(secret_version=newest.version)
        return _won(newest, f"Version {self.version} of this run stays behind it. Nothing was disabled.")

    def disable_older(self, newest: str, former: str) -> Finding:
        """Of this onboarding's versions the newest few are enabled; others' are left alone.

        Args:
            newest: the version that works.
            former: the one that its token came from.
        """
        onboarding, name = self.onboarding, self.onboarding.secret_name
        try:
            versions = with_retries(onboarding, "listing the versions", lambda: self._vault.versions(name))
        except ServiceRefusal as refusal:
            return _not_disabled(vault_refused(onboarding, refusal, secret=name, right="list"))
        except Unreachable as error:
            return _not_disabled(not_reached(error))
        older = older_versions(versions, onboarding.owner, onboarding.answers.account, newest, former, self.keep)
        if older.newer is not None:
            self.has_lost = True
            return _won(older.newer, "Nothing was disabled.")
        for version in older.to_disable:
            try:
                self._disable(name, version)
            except ServiceRefusal as refusal:
                return _not_disabled(vault_refused(onboarding, refusal, secret=name, right="set"))
            except Unreachable as error:
                return _not_disabled(not_reached(error))
        return self._all_disabled(name, older.total, older.foreign)

    def _disable(self, name: str, version: str) -> None:
        number = self.log.sent(OLDER.id, "PATCH", f"/secrets/{name}/{version}")
        try:
            with_retries(self.onboarding, "disabling an older version", lambda: self._vault.disable(name, version))
        except (ServiceRefusal, Unreachable) as error:
            self.log.failed(number, error)
            raise
        self.log.made(number)
        self.disabled.append(version)

    def _all_disabled(self, name: str, total: int, foreign: int) -> Finding:
        if total >= MOST_VERSIONS:
            return warns(
                f"{name} has {total} versions; one with more than {MOST_VERSIONS} cannot be backed up, and a single "
                "version can be disabled, but not deleted.",
                "Store the token under a new name, and delete this secret once no program reads it.",
                Who.OPERATOR,
                title="The secret has very many versions",
                versions=total,
            )
        others = f" {counted(foreign, 'version')} of others stay as they are." if foreign else ""
        count = len(self.disabled)
        said = (
            f"{counted(count, 'older version')} {'was' if count == 1 else 'were'} disabled"
            if count
            else "Nothing had to be disabled"
        )
        return holds(f"{said}; the newest {self.keep} stay enabled.{others}", disabled=count)


def _won(newest: StoredSecret, then: str) -> Finding:
    """Return that another run was faster: its version, when it was written, and from which."""
    when = f", written at {utc_time(newest.created_at, 'seconds')}" if newest.created_at else ""
    before = clean_line(newest.tags.get(ROTATED_FROM, ""), 40)
    behind = f" from version {before}" if before else ""
    return warns(
        f"Another run was faster: version {newest.version}{when}{behind}, is the newest now. {then}",
        (),
        title="Another run has renewed the token",
        version=newest.version,
        **({"rotated_from": before} if before else {}),
    )


def _uncertain(finding: Finding, succession: Succession) -> Finding:
    if not succession.was_attempted:
        return finding
    said = f"{finding.message} Whether the new token was written is not known; the next run reads the vault first."
    return replace(finding, message=said)


def _not_disabled(finding: Finding) -> Finding:
    """Return what kept older versions enabled; the newest one is not touched by it."""
    said = f"The stored token is good, but older versions stay enabled until the next run. {finding.message}"
    return replace(finding, message=said)
