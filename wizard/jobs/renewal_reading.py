"""The stored token before it is renewed: whose it is, whether it is due, and how it has to be redeemed."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from wizard.core.answers import refresh_token_error
from wizard.core.errors import ServiceRefusal
from wizard.core.findings import Finding, Who
from wizard.core.retries import with_retries
from wizard.core.timestamps import day, timestamp, utc_time
from wizard.core.wording import counted
from wizard.jobs.renewal_checks import ENDS
from wizard.onboarding.finding_builders import NEW_SIGN_IN, could_not_tell, fails, holds, refused, warns
from wizard.onboarding.onboarding_context import Onboarding
from wizard.onboarding.probes.account import other_accounts
from wizard.onboarding.probes.app_credential import EXPIRES_SOON
from wizard.onboarding.probes.credential import client_credential
from wizard.onboarding.probes.vault_access import has_credential_in_vault, open_vault, vault_refused
from wizard.onboarding.probes.vault_checks import SECRET_GONE, foreign_version
from wizard.onboarding.refusal_context import RefusalContext
from wizard.onboarding.sign_in.flow_verdicts import EXCLUDE_USER
from wizard.onboarding.sign_in.redemption import client_type_of, redeem_as_either_client
from wizard.onboarding.steps.store import NO_TOKEN, recheck_redemption
from wizard.onboarding.token_place import layout_of, stays_in_vault
from wizard.tokens.ends import Cause, ends_of
from wizard.tokens.record import FORM_TAG, IDLE_LIFE, read_record
from wizard.tokens.renewal_rule import CLOCK_SKEW, RenewalRule, reaches_credential, written_at

if TYPE_CHECKING:
    from datetime import datetime

    from wizard.microsoft.key_vault import StoredSecret

WHAT_TO_DO: Final = {
    Cause.CREDENTIAL: "Give the app a new credential before that day: partner-wizard renew --credential does, for one "
    "in the key vault. Else under App registrations > the app > Certificates & secrets; name it for this job.",
    Cause.REPORT_ONLY: f"{EXCLUDE_USER}, or sign in again in a browser before that day.",
}
"""By what ends the token; for anything else somebody signs in again."""
REACHABLE: Final = (
    'Keep it in the key vault, and name it in an answers file: credential = { vault_secret = "…" } or '
    '{ vault_certificate = "…" }; then partner-wizard renew --answers FILE.',
    'Or name a variable of the job\'s environment, { env = "…" }, a certificate file, or a federated credential.',
)


@dataclass(slots=True)
class StoredToken:
    """The newest version of the secret.

    Args:
        onboarding: whose it is to be.
        due_at: from when on it is to be renewed, once that is known.
        is_due: whether that is now.
        is_another_tools: whether another tool keeps it, and renews it.
    """

    onboarding: Onboarding
    due_at: datetime | None = field(default=None, init=False)
    is_due: bool = field(default=False, init=False)
    is_another_tools: bool = field(default=False, init=False)
    _found: StoredSecret | None = field(default=None, init=False)

    @property
    def found(self) -> StoredSecret:
        """The version as the vault gave it; raises LookupError before `check` has held."""
        if self._found is None:
            raise LookupError("the stored token was not read")
        return self._found

    def check(self) -> Finding:
        """The newest version is this onboarding's own by its tags, and holds a token; they say how it is redeemed."""
        onboarding = self.onboarding
        name, vault = onboarding.secret_name, open_vault(onboarding)
        try:
            found = with_retries(onboarding, "reading the stored token", lambda: vault.read(name))
        except ServiceRefusal as refusal:
            return vault_refused(onboarding, refusal, secret=name, right="get")
        if found is None:
            return fails(f"The vault has no secret {name}.", NEW_SIGN_IN, Who.ADMIN, title=SECRET_GONE)
        if stays_in_vault(onboarding.answers):
            self.is_another_tools = True
            return _of_another_tool(onboarding, found)
        if finding := _not_ours(onboarding, name, found):
            return finding
        self._found = found
        self._learn(vault.host, name, found)
        return holds(
            f"Version {found.version} of {name} is the newest, and this onboarding's own.", version=found.version
        )

    def _learn(self, host: str, name: str, found: StoredSecret) -> None:
        onboarding, record, at = self.onboarding, read_record(found), written_at(found)
        facts = onboarding.facts
        onboarding.memory.storing.read_back = found.value
        is_known = facts.secret_version == found.version
        onboarding.learn(
            vault_url=f"https://{host}",
            secret_name=name,
            secret_version=found.version,
            stored_at=facts.stored_at if is_known and facts.stored_at else timestamp(at) if at else "",
            token_expires_at=timestamp(at + IDLE_LIFE) if at else facts.token_expires_at,
            client_type=record.client_type or facts.client_type,
            flow=record.flow or facts.flow,
            signed_in_at=record.obtained_at or facts.signed_in_at,
        )


def _not_ours(onboarding: Onboarding, name: str, found: StoredSecret) -> Finding | None:
    """Return why what was found is not renewed, None if it may be; nothing was sent to anybody."""
    if read_record(found).is_later_form:
        return fails(
            f"Version {found.version} of {name} carries the tag {FORM_TAG}: it is of a later version of this "
            "program, whose tags this one does not know.",
            "Install that version, or a later one, where this job runs.",
            Who.OPERATOR,
            title="A later version of this program has written the token",
            version=found.version,
        )
    if finding := other_accounts(onboarding, found):
        return finding
    if not onboarding.owner.owns(found):
        return foreign_version(name, found)
    error = refresh_token_error(found.value.reveal()) if found.value else "it is empty"
    if not error:
        return None
    message = f"The newest version holds no refresh token: {error}. It was sent to nobody."
    return fails(message, NEW_SIGN_IN, Who.OPERATOR, title=NO_TOKEN, version=found.version)


def _of_another_tool(onboarding: Onboarding, found: StoredSecret) -> Finding:
    """Return that the tool which stored a token renews it, and whether it has done so lately."""
    layout, at = layout_of(onboarding.answers), written_at(found)
    tool = layout.title if layout else "The tool that stored it"
    rule = RenewalRule()
    if at is not None and onboarding.clock.now() >= at + IDLE_LIFE - rule.before:
        return warns(
            f"{tool} keeps this token and renews it, and has not done so since {day(at)}; it ends on "
            f"{day(at + IDLE_LIFE)}, after 90 idle days.",
            f"Find out why {tool if layout else 'that tool'} no longer renews it.",
            Who.OPERATOR,
            title="Another tool no longer renews its token",
            version=found.version,
        )
    return holds(f"{tool} keeps this token, and renews it itself; nothing is renewed here.", version=found.version)


def check_unattended(onboarding: Onboarding) -> Finding:
    """The app's credential is where a job reaches it: in the vault, a file, the environment, or none is needed."""
    answers = onboarding.answers
    if onboarding.facts.client_type == "public":
        return holds("The token is a public client's: a renewal needs no credential.")
    if not reaches_credential(answers, onboarding.facts) and not answers.client_secret:
        return fails(
            "The client secret was typed, and is never kept: no job can renew the token with it.",
            REACHABLE,
            Who.OPERATOR,
            credential="secret",
        )
    if has_credential_in_vault(answers):
        return holds(f"The credential is {answers.credential_name} in the vault.", credential=answers.credential)
    client_credential(onboarding)  # a file that is gone, or a passphrase that is missing, is said now
    return holds("The credential is at hand.", credential=answers.credential)


def check_due(onboarding: Onboarding, stored: StoredToken, rule: RenewalRule, *, is_forced: bool) -> Finding:
    """It is known when the token is to be renewed; a clock that contradicts the vault's is not believed."""
    at, now = written_at(stored.found), onboarding.clock.now()
    if is_forced:
        stored.is_due = True
        return holds("It is renewed now, because you said so (--force).")
    if at is None:
        acts = "Renew it once with --force: the vault then says when that was."
        return could_not_tell("The vault does not say when the token was written.", acts, Who.OPERATOR)
    if at - now > CLOCK_SKEW:
        return could_not_tell(
            f"This machine's clock says {utc_time(now)}, and the vault says that the token was written later, at "
            f"{utc_time(at)}.",
            ("Set the clock of this machine.", "Or renew the token all the same, with --force."),
            Who.OPERATOR,
        )
    due_at = stored.due_at = rule.due_at(at)
    stored.is_due = now >= due_at
    age = counted((now - at).days, "day")
    if stored.is_due:
        return holds(
            f"It is due since {day(due_at)}: it was written on {day(at)}, {age} ago.", due_at=timestamp(due_at)
        )
    return holds(
        f"It is not due until {day(due_at)}: it was written on {day(at)}, and would end on {day(at + IDLE_LIFE)}.",
        due_at=timestamp(due_at),
    )


def check_ends(onboarding: Onboarding) -> Finding:
    """Nothing that a renewal does not move ends the token soon, as far as its day is known."""
    until = timestamp(onboarding.clock.now() + EXPIRES_SOON)
    ends = ends_of(onboarding.answers, onboarding.facts, has_user=True)
    near = [each for each in ends if each.at and each.at < until and each.cause is not Cause.IDLE]
    if not near:
        return holds("Nothing that is known ends the token in the next days, if it is renewed.")
    return warns(
        " ".join(each.sentence for each in near),
        tuple(dict.fromkeys(WHAT_TO_DO.get(each.cause, NEW_SIGN_IN) for each in near)),
        Who.OPERATOR,
        Who.ADMIN,
        title=ENDS.failing_title,
        ends_at=near[0].at,
    )


def redeem_as_recorded(onboarding: Onboarding) -> Finding:
    """The stored token is redeemed by the kind of client that its record names; by either where that is not known."""
    if known := onboarding.facts.client_type:
        finding = recheck_redemption(onboarding)
        if known != "public" and (new := onboarding.memory.new_credential) is not None:
            onboarding.learn(client_type=new.client_type)
        return finding
    token = onboarding.memory.storing.read_back
    if token is None:
        raise LookupError("nothing was read")
    credential = client_credential(onboarding)
    try:
        answer, used = redeem_as_either_client(onboarding, token, credential, credential)
    except ServiceRefusal as refusal:
        return refused(refusal, context=RefusalContext.RENEWAL)
    onboarding.memory.storing.redeemed = onboarding.memory.sign_in.tokens = answer
    onboarding.learn(client_type=client_type_of(used))
    message = "The stored token can be used for a new access token; its tags did not say by which kind of client."
    return holds(message, client_type=client_type_of(used))
