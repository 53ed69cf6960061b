"""What Graph says of a tenant's rules for signing in: security defaults, Conditional Access, remembered MFA, its age.

None, for a whole answer, is "could not tell" (protocol 11.5): no right to read it, or a shape nobody expects.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from typing import Final

from wizard.core.shapes import is_guid
from wizard.core.text import clean_line
from wizard.core.timestamps import read_timestamp
from wizard.microsoft.graph import JsonObject, Question, objects_in, text_in, truth_in

POLICY_READ_ALL: Final = "Policy.Read.All"
SECURITY_DEFAULTS: Final = Question(
    "security defaults (they refuse device codes)",
    "/v1.0/policies/identitySecurityDefaultsEnforcementPolicy",
    POLICY_READ_ALL,
    "in entra.microsoft.com > Entra ID > Overview > Properties",
)
TENANT_AGE: Final = Question(
    "the tenant's age",
    "/v1.0/organization?$select=createdDateTime",
    "Organization.Read.All",
    "with whoever made the tenant",
)
CONDITIONAL_ACCESS: Final = Question(
    "the list of Conditional Access policies",
    "/v1.0/identity/conditionalAccess/policies",
    POLICY_READ_ALL,
    "in entra.microsoft.com > Entra ID > Conditional Access > Policies",
)
REMEMBERED_MFA: Final = Question(
    "the setting “remember MFA”",
    "/beta/policies/mfaServicePolicy",
    POLICY_READ_ALL,
    "in entra.microsoft.com > Entra ID > Users > All users > Per-user MFA > Service settings",
)
"""What is asked about all sign-ins of a tenant (protocol 11.5)."""
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
        gaps: where it does not reach a sign-in of this account, in words that follow on "not"; () where its conditions
            leave nothing out, or where it may not be for this account at all.
        left_out: why it does not apply, if the account or the API is taken out of it; () for any other reason.
        created_at: when it was made (aware, UTC), None where Graph does not say it.
    """

    name: str
    state: PolicyState
    applies: Applies
    blocks_device_code: bool = False
    blocks_browser: bool = False
    asks_for_mfa: bool = False
    frequency_hours: int | None = None
    gaps: tuple[str, ...] = ()
    left_out: tuple[str, ...] = ()
    created_at: datetime | None = None


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


def defaults_in(body: JsonObject) -> bool | None:
    """Return whether security defaults are on."""
    return truth_in(body, "isEnabled")


def created_at_in(body: JsonObject) -> datetime | None:
    """Return when the tenant was made (aware, UTC)."""
    organization = next(iter(objects_in(body, "value")), {})
    return _moment(organization, "createdDateTime")


def remembered_days_in(body: JsonObject) -> int | None:
    """Return for how many days MFA is remembered on a device, 0 for not; a beta of Graph's (protocol 11.5)."""
    remembered = _object(body, "rememberMfaOnTrustedDevice")
    is_on, days = remembered.get("isEnabled"), remembered.get("allowedNumberOfDays")
    if is_on is False:
        return 0
    return days if is_on is True and type(days) is int and days > 0 else None


def policy_in(item: JsonObject, asked: SignInContext) -> Policy | None:
    """Return a Conditional Access policy of Graph's as that sign-in meets it, None if its shape is unexpected."""
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
        gaps=tuple(_gaps(conditions, grants or {}, asked)),
        left_out=tuple(_left_out(conditions, asked)),
        created_at=_moment(item, "createdDateTime"),
    )


def _moment(holder: JsonObject, name: str) -> datetime | None:
    """Return a moment of Graph's (aware, UTC), None where it names none."""
    found = read_timestamp(text_in(holder, name))
    return found.astimezone(UTC) if found else None


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


def _gaps(conditions: JsonObject, grants: JsonObject, asked: SignInContext) -> Iterator[str]:
    """Yield where a policy that is for this account leaves sign-ins out, and what it takes in the place of MFA."""
    if _applies_to_user(_object(conditions, "users"), asked) is not Applies.YES:
        return
    locations, apps = _object(conditions, "locations"), _object(conditions, "applications")
    excluded = _texts(locations, "excludeLocations")
    if "alltrusted" in excluded:
        yield "from trusted locations"
    elif excluded:
        yield "from locations that it excludes"
    if _texts(locations, "includeLocations") - {"all"}:
        yield "from locations that it does not name"
    if asked.client_id.lower() in _texts(apps, "excludeApplications"):
        yield "for this app, which it excludes"
    if _narrows(conditions.get("platforms")):
        yield "on platforms that it leaves out"
    if _narrows(conditions.get("devices")):
        yield "on devices that its filter leaves out"
    if any(conditions.get(name) for name in ("signInRiskLevels", "userRiskLevels")):
        yield "while Entra sees no risk"
    others = _texts(grants, "builtInControls") - {"mfa", "block"}
    if others and str(grants.get("operator")).upper() == "OR":
        yield f"where another control is met instead ({', '.join(sorted(others))})"


def _left_out(conditions: JsonObject, asked: SignInContext) -> Iterator[str]:
    """Yield what takes this account, or the API, out of a policy."""
    users, apps = _object(conditions, "users"), _object(conditions, "applications")
    if asked.user_id and asked.user_id.lower() in _texts(users, "excludeUsers"):
        yield "excludes this account"
    if asked.api_id in _texts(apps, "excludeApplications"):
        yield "excludes the API that the token is for"


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


def _object(holder: Mapping[str, object], name: str) -> Mapping[str, object]:
    value = holder.get(name)
    return value if isinstance(value, Mapping) else {}


def _texts(holder: Mapping[str, object], name: str) -> frozenset[str]:
    """Return the texts of a list, lower case."""
    values = holder.get(name)
    return frozenset(str(value).lower() for value in values) if isinstance(values, list) else frozenset()
