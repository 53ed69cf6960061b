"""What the rehearsal cloud itself knows of what was stored, and what by that record may never happen.

Nothing here asks the product how it stands: a write to a vault is judged by whose sign-in the token is of, by what was
true of the world when the step of the integration user began, and by the requests that were answered since then.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from urllib.parse import urlsplit

from wizard.core.answers import Answers
from wizard.core.facts import Facts
from wizard.rehearsal import RehearsalCloud
from wizard.rehearsal.choices import Home, MfaHeader, ReferralsRole, Service
from wizard.rehearsal.cloud_state import RefreshToken
from wizard.rehearsal.vault_state import VaultState, Version
from wizard.rehearsal.world import World

WRITE_CHECK = "-write-check"
ASKED = {
    "csp": ("/profiles/organization", "/customers"),
    "cpv": ("/profiles/organization", "/customers"),
    "referrals": ("/engagements/referrals",),
}
"""Ends of the paths that must have been answered with 200 before a token is stored, by profile."""


@dataclass(frozen=True, slots=True)
class Run:
    """A run of the step of the integration user: the world in which it began, and the requests made before it."""

    world: World
    requests: int


class CloudRecord:
    """Watches the vaults of a cloud.

    Args:
        cloud: that is watched.
        answers: gives the answers of the journey as they are.
    """

    def __init__(self, cloud: RehearsalCloud, answers: Callable[[], Answers]) -> None:
        self.cloud, self.answers = cloud, answers
        self.user_run: Run | None = None
        self.wrong: list[str] = []
        self.spoilt: set[str] = set()
        """Names of secrets that somebody else has written to, or deleted."""
        self.tried: Counter[str] = Counter()
        self.vaults = (cloud.vault, cloud.spare_vault)
        self._written: tuple[Run | None, str] | None = None
        self._kept: dict[int, tuple[object, ...]] = {}
        self._held: list[Version] = []
        for vault in self.vaults:
            self._watch(vault)

    # --- what happens -----------------------------------------------------------------------------------------------

    def step_begins(self, step: str) -> None:
        """Note the world in which the token of a sign-in is checked."""
        if step == "user":
            self.user_run = Run(self.cloud.state.world, len(self.cloud.log))

    def process_ends(self) -> None:
        """Note that no token is in memory any more."""
        self.user_run = None

    def somebody_else_wrote(self) -> None:
        """Take the vaults as they are now: it was not the journey that changed them."""
        self._kept.clear()
        self._held.clear()
        self.look()

    def _watch(self, vault: VaultState) -> None:
        put = vault.put

        def judge_and_put(name: str, version: Version) -> None:
            self.judge(vault, name, version)
            put(name, version)

        vault.put = judge_and_put  # type: ignore[method-assign]  # what the cloud's own API calls

    # --- what is judged ---------------------------------------------------------------------------------------------

    def judge(self, vault: VaultState, name: str, version: Version) -> None:
        """Judge a write of the journey, before it is there."""
        state = self.cloud.state
        token = state.refresh_tokens.get(version.value)
        if name.lower().endswith(WRITE_CHECK):
            if token is not None or version.enabled:
                self.wrong.append(f"{name}: a dummy that is enabled, or a token")
            return
        if token is None:
            self.wrong.append(f"{name}: what was written is no refresh token of this cloud")
            return
        self.tried["stored"] += 1
        self.wrong += [f"{name} was stored although {why}" for why in self.not_proven(token)]
        self._judge_predecessor(vault, name, version, token)
        self._written = (self.user_run, version.version)

    def not_proven(self, token: RefreshToken) -> list[str]:
        """Return what did not hold of a sign-in when its token was to be stored, by the cloud's own record."""
        run, answers, session = self.user_run, self.answers(), token.session
        if run is None:
            return ["the step of the integration user was not run in this process"]
        world, person = run.world, session.person
        answered = {each.path for each in self.cloud.log[run.requests :] if each.status == 200}
        now = next((each for each in world.people.values() if each.object_id == person.object_id), person)
        api = Service.REFERRALS if answers.profile == "referrals" else Service.PARTNER_CENTER
        grant = self.cloud.state.grants.get((answers.client_id.lower(), api))
        is_counted = self._is_counted(world, session.amr, answers.profile)
        refused = {
            f"{person.account} signed in": person.account.lower() != answers.integration_user.lower(),
            "a guest signed in": person.home is not Home.CONTOSO,
            "the sign-in is another tenant's": session.tenant.id != world.tenant.id,
            "another tenant was named": answers.tenant.lower() not in (world.tenant.id, world.tenant.domain),
            "the sign-in is another app's": session.client_id != answers.client_id.lower(),
            "the MFA does not count": not is_counted,
            "it is no partner": answers.profile != "referrals" and not world.partner_center.is_partner,
            "the profile is another partner's": answers.profile != "referrals"
            and world.partner_center.profile_tenant not in ("", world.tenant.id),
            "nobody has consented": grant is None,
            "the user has not the role": not (
                now.referrals is not ReferralsRole.NONE if answers.profile == "referrals" else now.admin_agent
            ),
        }
        unasked = {
            f"{end} was not answered since the step began": not any(path.endswith(end) for path in answered)
            for end in (*ASKED[answers.profile], "/token")
        }
        return [why for why, is_so in {**refused, **unasked}.items() if is_so]

    def _is_counted(self, world: World, amr: tuple[str, ...], profile: str) -> bool:
        """Return whether a sign-in counts as one with MFA."""
        header, told = world.partner_center.mfa_header, world.policy.amr_in_tokens
        by_token = "mfa" in amr or not told
        if profile == "referrals":
            return by_token
        by_header = header is MfaHeader.TRUE or (header is not MfaHeader.FALSE and told and "mfa" in amr)
        return by_token and by_header

    def _judge_predecessor(self, vault: VaultState, name: str, version: Version, token: RefreshToken) -> None:
        """Judge what a write takes the place of."""
        history, answers = vault.history(name), self.answers()
        if not history:
            return
        self.tried["superseded"] += 1
        newest = history[-1]
        owner = newest.tags.get("tenant_id"), newest.tags.get("client_id")
        if owner != (self.cloud.state.world.tenant.id, answers.client_id.lower()) and not answers.vault_replace:
            self.wrong.append(f"{name}: a version of somebody else's was superseded")
        former = self.cloud.state.refresh_tokens.get(newest.value)
        if former is None:
            return
        if self._written == (self.user_run, newest.version):
            self.wrong.append(f"{name}: the token of one sign-in was stored twice")
        if "mfa" in former.session.amr and "mfa" not in token.session.amr:
            self.wrong.append(f"{name}: a token without MFA superseded one with it")

    def look(self) -> None:
        """Judge that every version that was there is there as it was; only tags may have been added."""
        for vault in self.vaults:
            for name in vault.names():
                for version in vault.history(name):
                    as_it_is = (version.version, version.value, version.enabled, version.exp)
                    kept = self._kept.setdefault(id(version), as_it_is)
                    if kept is as_it_is:
                        self._held.append(version)  # so that its id stays its own
                    if kept != as_it_is:
                        self.wrong.append(f"{name}: version {version.version} was changed")
        there = {id(each) for vault in self.vaults for name in vault.names() for each in vault.history(name)}
        if set(self._kept) - there:
            self.wrong.append("a version is gone")

    # --- what is there ----------------------------------------------------------------------------------------------

    def stored(self, facts: Facts) -> Version | None:
        """Return the version that facts name, None where there is none such."""
        label = (urlsplit(facts.vault_url).hostname or "").partition(".")[0]
        vault = self.cloud.state.vaults.get(label)
        history = vault.history(facts.secret_name) if vault else []
        return next((each for each in history if each.version == facts.secret_version), None)

    def secrets(self) -> list[str]:
        """Return every secret of the cloud that no file may hold."""
        state = self.cloud.state
        of_apps = (secret.value for app in state.apps.values() for secret in app.secrets)
        return [*state.refresh_tokens, *state.device_codes, *of_apps]
