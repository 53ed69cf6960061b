"""What Graph says of a tenant's rules for signing in: security defaults, Conditional Access, remembered MFA, its age.

None, for a whole answer, is "could not tell" (protocol 11.5): no right to read it, or a shape nobody expects.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from typing import TYPE_CHECKING, Final
from urllib.parse import urlsplit

from wizard.core.secret import Secret
from wizard.core.shapes import is_guid
from wizard.core.text import clean_line
from wizard.core.timestamps import read_timestamp

if TYPE_CHECKING:
    from wizard.microsoft.http import Http

POLICIES_PATH: Final = "/v1.0/identity/conditionalAccess/policies"
HOURS: Final = {"hours": 1, "days": 24}
DEVICE_CODE: Final = "deviceCodeFlow"
READ_CONDITIONS: Final = frozenset({"applications", "users", "clientAppTypes", "authenticationFlows"})
"""Conditions of a policy that are read; any other narrows it in a way that cannot be told from here."""


class PolicyState(StrEnum):
    """Whether a policy is on, in Graph's own words."""

    ENABLED = "enabled"
    REPORT_ONLY = "enabledForReportingButNotEnforced"
    DISABLED = "disabled"


class Applies(StrEnum):
    """Whether a policy applies to a sign-in; `PERHAPS` if that cannot be told from here."""

    YES = "yes"
    PERHAPS = "perhaps"
    NO = "no"


@dataclass(frozen=True, slots=True)
class Policy:
    """A Conditional Access policy, seen from one account that signs in to Partner Center by one app.

    Args:
        name: as the portal shows it.
        state: whether it is on.
        applies: whether it applies to that sign-in, the flow left aside.
        blocks_device_code: whether it refuses a sign-in by device code.
        blocks_browser: whether it refuses one in a browser as well.
        asks_for_mfa: whether MFA is among what it asks for.
        frequency_hours: after how many hours it wants a new sign-in; 0: every time; None: it does not.
    """

    name: str
    state: PolicyState
    applies: Applies
    blocks_device_code: bool = False
    blocks_browser: bool = False
    asks_for_mfa: bool = False
    frequency_hours: int | None = None


@dataclass(frozen=True, slots=True)
class Policies:
    """What is known of a tenant's rules; None: could not tell.

    Args:
        security_defaults: whether security defaults are on.
        created_at: when the tenant was made (aware, UTC).
        conditional_access: its policies, all of them; () where there are none.
        remember_mfa_days: how long MFA is remembered on a device; 0: it is not.
    """

    security_defaults: bool | None = None
    created_at: datetime | None = None
    conditional_access: tuple[Policy, ...] | None = None
    remember_mfa_days: int | None = None


@dataclass(frozen=True, slots=True)
class SignInContext:
    """The sign-in that policies are read for: the account's object id, "" if unknown, and two app ids."""

    user_id: str
    client_id: str
    api_id: str


@dataclass(frozen=True, slots=True)
class PolicyPage:
    """A page of the list of policies, and the address of the next one, "" after the last."""

    policies: tuple[Policy, ...]
    next_link: str


class TenantPolicies:
    """A tenant's rules, read from Graph.

    Args:
        http: the one HTTP path.

    Every read raises Busy (429 also without Retry-After, protocol 11.9), Unreachable, and ServiceRefusal for a
    refusal other than that it may not be read or is not there.
    """

    def __init__(self, http: Http) -> None:
        self._http = http

    def read_security_defaults(self, access_token: Secret) -> bool | None:
        """Return whether security defaults are on."""
        is_on = self._get("/v1.0/policies/identitySecurityDefaultsEnforcementPolicy", access_token).get("isEnabled")
        return is_on if isinstance(is_on, bool) else None

    def read_created_at(self, access_token: Secret) -> datetime | None:
        """Return when the tenant was made (aware, UTC)."""
        body = self._get("/v1.0/organization?$select=createdDateTime", access_token)
        (organization, *_others) = _items(body) or ({},)
        made = read_timestamp(str(organization.get("createdDateTime")))
        return made.astimezone(UTC) if made else None

    def read_remember_mfa_days(self, access_token: Secret) -> int | None:
        """Return for how many days MFA is remembered on a device, 0 for not; a beta of Graph's (protocol 11.5)."""
        remembered = _object(self._get("/beta/policies/mfaServicePolicy", access_token), "rememberMfaOnTrustedDevice")
        is_on, days = remembered.get("isEnabled"), remembered.get("allowedNumberOfDays")
        if is_on is False:
            return 0
        return days if is_on is True and type(days) is int and days > 0 else None

    def read_user_id(self, access_token: Secret, user_name: str) -> str | None:
        """Return the object id of an account."""
        found = str(self._get(f"/v1.0/users/{user_name}?$select=id", access_token).get("id", ""))
        return found.lower() if is_guid(found) else None

    def read_conditional_access(self, access_token: Secret, asked: SignInContext, link: str = "") -> PolicyPage | None:
        """Return a page of the Conditional Access policies: the first, or the one that `link` names."""
        body = self._get(link or POLICIES_PATH, access_token)
        items, following = _items(body), body.get("@odata.nextLink", "")
        if items is None or not isinstance(following, str) or (following and not self._is_same_list(following)):
            return None
        read = [_policy(item, asked) for item in items]
        found = tuple(policy for policy in read if policy is not None)
        return PolicyPage(found, following) if len(found) == len(read) else None

    def _is_same_list(self, link: str) -> bool:
        """Return whether a link to the next page stays on this list of the cloud's Graph: the token goes with it."""
        try:
            parts = urlsplit(link)
        except ValueError:
            return False
        is_here = parts.scheme == "https" and parts.netloc.lower() == self._http.cloud.graph
        return is_here and parts.path == POLICIES_PATH

    def _get(self, where: str, access_token: Secret) -> Mapping[str, object]:
        """Return the object at a path, or at a link of Graph's own; empty if it may not be read, or is none."""
        from wizard.catalogue import read_graph_error  # with a refusal; the first page needs none of it

        answer = self._http.request(
            "GET",
            where if where.startswith("https://") else f"https://{self._http.cloud.graph}{where}",
            headers={"Authorization": f"Bearer {access_token.reveal()}"},
        )
        if answer.status not in (200, 403, 404):
            raise read_graph_error(answer.body, answer.status, answer.headers)
        return answer.body if answer.status == 200 and isinstance(answer.body, Mapping) else {}


def _policy(item: Mapping[str, object], asked: SignInContext) -> Policy | None:
    """Return a policy of Graph's, None if its shape is unexpected."""
    conditions, grants = item.get("conditions"), item.get("grantControls")
    try:
        state = PolicyState(str(item.get("state")))
    except ValueError:
        return None
    if not isinstance(conditions, Mapping) or not isinstance(grants, Mapping | None):
        return None
    controls = _texts(grants or {}, "builtInControls")
    flows = _flows(conditions.get("authenticationFlows"))
    is_block = "block" in controls
    return Policy(
        clean_line(str(item.get("displayName") or "without a name"), 80),
        state,
        _applies(conditions, asked),
        blocks_device_code=is_block and (not flows or DEVICE_CODE in flows),
        blocks_browser=is_block and not flows,
        asks_for_mfa="mfa" in controls or bool((grants or {}).get("authenticationStrength")),
        frequency_hours=_frequency(_object(_object(item, "sessionControls"), "signInFrequency")),
    )


def _flows(condition: object) -> frozenset[str]:
    """Return the flows a policy is about, none for all; Graph joins them by commas in any order (protocol 11.5)."""
    methods = condition.get("transferMethods") if isinstance(condition, Mapping) else None
    flows = frozenset(each.strip() for each in str(methods or "").split(","))
    return flows - {"", "none"}


def _applies(conditions: Mapping[str, object], asked: SignInContext) -> Applies:
    users, apps = _object(conditions, "users"), _object(conditions, "applications")
    parts = [_applies_to_user(users, asked), _applies_to_app(apps, asked), _applies_to_client(conditions)]
    if Applies.NO in parts:
        return Applies.NO
    narrowed = any(_narrows(value) for name, value in conditions.items() if name not in READ_CONDITIONS)
    return Applies.PERHAPS if narrowed or Applies.PERHAPS in parts else Applies.YES


def _applies_to_user(users: Mapping[str, object], asked: SignInContext) -> Applies:
    included, excluded = _texts(users, "includeUsers"), _texts(users, "excludeUsers")
    if asked.user_id and asked.user_id.lower() in excluded:
        return Applies.NO
    by_others = any(users.get(f"include{what}") for what in ("Groups", "Roles", "GuestsOrExternalUsers"))
    named = {each for each in included if is_guid(each)}
    is_named = bool(asked.user_id) and asked.user_id.lower() in named
    if not is_named and "all" not in included:
        may_be = by_others or "guestsorexternalusers" in included or (named and not asked.user_id)
        return Applies.PERHAPS if may_be or not users else Applies.NO
    may_be_out = any(users.get(f"exclude{what}") for what in ("Groups", "Roles")) or (excluded and not asked.user_id)
    return Applies.PERHAPS if may_be_out else Applies.YES


def _applies_to_app(apps: Mapping[str, object], asked: SignInContext) -> Applies:
    ours = {asked.api_id, asked.client_id.lower()}
    included, excluded = _texts(apps, "includeApplications"), _texts(apps, "excludeApplications")
    if asked.api_id in excluded:
        return Applies.NO
    by_filter = bool(apps.get("applicationFilter"))
    if not (ours | {"all"}) & included:
        groups = {each for each in included if each != "none" and not is_guid(each)}
        return Applies.PERHAPS if by_filter or groups or not apps else Applies.NO
    return Applies.PERHAPS if by_filter or ours & excluded else Applies.YES


def _applies_to_client(conditions: Mapping[str, object]) -> Applies:
    """Return whether it applies to modern sign-ins: "Block legacy authentication" does not."""
    kinds = _texts(conditions, "clientAppTypes")
    modern = {"browser", "mobileappsanddesktopclients"}
    if not kinds or "all" in kinds or modern <= kinds:
        return Applies.YES
    return Applies.PERHAPS if modern & kinds else Applies.NO


def _narrows(condition: object) -> bool:
    """Return whether a condition leaves sign-ins out: any does but an empty one, and one that takes all."""
    if not isinstance(condition, Mapping):
        return bool(condition)
    return any(value and not _takes_all(name, value) for name, value in condition.items() if not name.startswith("@"))


def _takes_all(name: str, value: object) -> bool:
    if not isinstance(value, list) or not name.startswith("include"):
        return False
    return [str(each).lower() for each in value] == ["all"]


def _frequency(frequency: Mapping[str, object]) -> int | None:
    """Return the hours after which a new sign-in is wanted, 0 for every time, None for never."""
    if frequency.get("isEnabled") is not True:
        return None
    if frequency.get("frequencyInterval") == "everyTime":
        return 0
    value, unit = frequency.get("value"), HOURS.get(str(frequency.get("type")))
    return value * unit if type(value) is int and unit else None


def _items(body: Mapping[str, object]) -> tuple[Mapping[str, object], ...] | None:
    """Return the objects of a list, None where it is none."""
    items = body.get("value")
    if not isinstance(items, list) or not all(isinstance(item, Mapping) for item in items):
        return None
    return tuple(items)


def _object(holder: Mapping[str, object], name: str) -> Mapping[str, object]:
    value = holder.get(name)
    return value if isinstance(value, Mapping) else {}


def _texts(holder: Mapping[str, object], name: str) -> frozenset[str]:
    """Return the texts of a list, lower case."""
    values = holder.get(name)
    return frozenset(str(value).lower() for value in values) if isinstance(values, list) else frozenset()
