"""What a scene's world is made of: tenants, an app, people, policies, a vault and faults, read strictly from data."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Final

from wizard.rehearsal.tables import SceneError, read_table

DEVICE_CODE_FLOW: Final = "deviceCodeFlow"
TRANSFER_METHODS: Final = frozenset({DEVICE_CODE_FLOW, "authenticationTransfer"})
"""The authentication flows that a Conditional Access policy can be about, as Graph names them."""


class Admin(StrEnum):
    """What the administrator does with the consent link."""

    ACCEPT = "accept"
    DECLINE = "decline"
    NOBODY = "nobody"


class User(StrEnum):
    """What the signed-in user does with the device code."""

    APPROVE = "approve"
    DECLINE = "decline"
    NOBODY = "nobody"


class Browser(StrEnum):
    """Where the browser stands in which people sign in."""

    HERE = "here"
    ELSEWHERE = "elsewhere"


class Answer(StrEnum):
    """What a person brings back from the browser; all but the right one are pasted."""

    RIGHT = "right"
    ANOTHER_RUN = "another-run"
    ANOTHER_TENANT = "another-tenant"
    ERROR = "error"
    WITHOUT_CODE = "without-code"
    USED = "used"
    TOO_OLD = "too-old"


class Strikes(StrEnum):
    """When the client-type check of a device code comes (protocol 1.3)."""

    DEVICECODE = "devicecode"
    FIRST_POLL = "first_poll"
    AFTER_APPROVAL = "after_approval"


class Home(StrEnum):
    """Which tenant an app or a person comes from."""

    CONTOSO = "contoso"
    FABRIKAM = "fabrikam"


class Separator(StrEnum):
    """What stands between the parts of an error_description (protocol 1.2)."""

    CRLF = "crlf"
    SPACES = "spaces"


class PolicyState(StrEnum):
    """Whether a Conditional Access policy is in force."""

    ENABLED = "enabled"
    DISABLED = "disabled"
    REPORT_ONLY = "enabledForReportingButNotEnforced"


class MfaHeader(StrEnum):
    """What Partner Center says in isMfaCompliant."""

    TOKEN = "token"
    TRUE = "true"
    FALSE = "false"
    ABSENT = "absent"


class Service(StrEnum):
    """A service of the cloud, as faults name it."""

    LOGIN = "login"
    GRAPH = "graph"
    PARTNER_CENTER = "partner_center"
    REFERRALS = "referrals"
    VAULT = "vault"


class Body(StrEnum):
    """The form of a faulty answer: an error of its status, or no whole answer at all."""

    JSON = "json"
    HTML = "html"
    CUT = "cut"
    RESET = "reset"


@dataclass(frozen=True, slots=True)
class Tenant:
    """A tenant. `cloud_instance_name` is "" where it lives in the cloud that is asked; its age is that at the start."""

    id: str
    domain: str
    name: str
    region_scope: str = "EU"
    region_sub_scope: str = ""
    cloud_instance_name: str = ""
    age_hours: float = 8760


@dataclass(frozen=True, slots=True)
class ClientSecret:
    """A secret of the app; its value is made at start and lies in `file` of the folder. Times from the start."""

    file: str
    id: str
    usable_after: float = 0
    ends_in_days: float = 180


@dataclass(frozen=True, slots=True)
class App:
    """An app registration, as the tenant sees it when the journey begins."""

    client_id: str
    object_id: str
    name: str
    home: Home = Home.CONTOSO
    in_tenant: bool = True
    service_principal: bool = True
    public_client: bool = True
    web_redirect_uris: tuple[str, ...] = ()
    public_redirect_uris: tuple[str, ...] = ()
    spa_redirect_uris: tuple[str, ...] = ()
    secrets: tuple[ClientSecret, ...] = ()
    certificate: bool = False
    certificate_usable_after: float = 0
    graph_roles: bool = False
    granted: bool = False


@dataclass(frozen=True, slots=True)
class Operator:
    """The service principal that signs in to the vault; `reads_policies` gives it the right to read them in Graph."""

    client_id: str
    object_id: str
    name: str
    reads_policies: bool = False


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody with an account. `roles` are Entra role template ids."""

    account: str
    name: str
    object_id: str
    roles: tuple[str, ...] = ()
    may_consent: bool = False
    may_use_vault: bool = False
    may_read_policies: bool = False
    admin_agent: bool = False
    mfa_registered: bool = True
    password_must_change: bool = False
    home: Home = Home.CONTOSO
    home_object_id: str = ""


@dataclass(frozen=True, slots=True)
class Acts:
    """What people do by themselves; delays in seconds of the cloud's clock.

    `browser` says whether a program on the product's machine is reached from it; `answers` are what the integration
    user's person brings back from it, one after the other, the last one from then on.
    """

    admin: Admin = Admin.ACCEPT
    consents_as: str = "admin"
    admin_delay: float = 8
    user: User = User.APPROVE
    signs_in_as: str = "integration"
    user_delay: float = 12
    browser: Browser = Browser.HERE
    answers: tuple[Answer, ...] = (Answer.RIGHT,)


@dataclass(frozen=True, slots=True)
class ConditionalAccess:
    """A Conditional Access policy.

    Args:
        for_all: whether it reaches everybody, or those alone who hold a role.
        transfer_methods: the authentication flows it is about, as Graph writes them: one string, joined by commas;
            "" for all flows, or for device codes where it blocks these.
        sign_in_frequency_days: after so many days one has to sign in anew, 0 for never.
    """

    name: str
    state: PolicyState = PolicyState.ENABLED
    blocks_device_code: bool = False
    requires_mfa: bool = False
    for_all: bool = True
    transfer_methods: str = ""
    sign_in_frequency_days: int = 0


@dataclass(frozen=True, slots=True)
class Policy:
    """The tenant's policies and habits of its sign-in.

    `conditional_access_throttled`: so many first answers to the list of these policies are 429 without Retry-After.
    """

    honours_claims: bool = True
    requires_mfa: bool = False
    security_defaults: bool = False
    amr_in_tokens: bool = True
    device_code_blocked: bool = False
    device_code_blocked_on_refresh: bool = False
    device_code_life: float = 900
    error_separator: Separator = Separator.CRLF
    remember_mfa_days: int = 0
    conditional_access: tuple[ConditionalAccess, ...] = ()
    conditional_access_throttled: int = 0


@dataclass(frozen=True, slots=True)
class ClientType:
    """When 7000218 and 700025 come for a device code, and whether the code survives."""

    strikes: Strikes = Strikes.AFTER_APPROVAL
    code_survives: bool = True


@dataclass(frozen=True, slots=True)
class Consent:
    """How long a grant takes to be seen, in seconds."""

    grant_delay: float = 0


@dataclass(frozen=True, slots=True)
class PartnerCenter:
    """Partner Center's view of the tenant."""

    provisioned: bool = True
    is_partner: bool = True
    refusal: str = "60003"
    profile_tenant: str = ""
    enforces_mfa: bool = False
    mfa_header: MfaHeader = MfaHeader.TOKEN


@dataclass(frozen=True, slots=True)
class StoredSecret:
    """A version that lies in the vault already. With `token` its value is a refresh token that works."""

    name: str
    value: str = ""
    token: bool = False
    enabled: bool = True
    age_days: float = 1
    tags: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Vault:
    """A vault and what the operator may do there.

    Args:
        name: first label of its host.
        exists: whether the name resolves.
        refusal: inner error code that answers everything, or "".
        forbidden_for: seconds from the first request during which roles have not arrived yet.
        only_secret: the one secret the operator has a role on, or "" for all.
        late_refusal, late_secret: inner error code that answers a PUT of this one secret until the cloud is mended.
        secrets: versions there, oldest first.
        deleted: names that are soft-deleted.
    """

    name: str
    exists: bool = True
    refusal: str = ""
    forbidden_for: float = 0
    only_secret: str = ""
    late_refusal: str = ""
    late_secret: str = ""
    secrets: tuple[StoredSecret, ...] = ()
    deleted: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Fault:
    """An answer that goes wrong.

    Args:
        service: whose.
        method: "" for any.
        path: a glob over the path without its query.
        after: so many requests are answered well first.
        times: so many go wrong; 0 for all until mended.
        status: of the faulty answer; 0 leaves the answer as it is, only late.
        body: its form.
        retry_after: seconds for the Retry-After header, 0 for none.
        delay: real seconds before the answer.
    """

    service: Service
    method: str = ""
    path: str = "*"
    after: int = 0
    times: int = 1
    status: int = 0
    body: Body = Body.JSON
    retry_after: int = 0
    delay: float = 0


@dataclass(frozen=True, slots=True)
class Way:
    """What lies between the operator's machine and the cloud, and that machine's clock.

    Args:
        blocked: the services the proxy does not lead to.
        inspected_by: who signs the certificates instead of the authority the machine trusts; "" where nobody opens
            the connections.
        clock_behind: seconds by which the operator's clock is behind the time that the answers carry.
    """

    blocked: tuple[Service, ...] = ()
    inspected_by: str = ""
    clock_behind: float = 0


@dataclass(frozen=True, slots=True)
class World:
    """Everything a scene is made of."""

    tenant: Tenant
    home_tenant: Tenant
    app: App
    operator: Operator
    people: Mapping[str, Person]
    acts: Acts
    policy: Policy
    client_type: ClientType
    consent: Consent
    partner_center: PartnerCenter
    vault: Vault
    spare_vault: Vault
    faults: tuple[Fault, ...] = ()
    way: Way = Way()


def read_world(table: Mapping[str, object], where: str) -> World:
    """The world of a merged `[world]` table; raises `SceneError` that names the key."""
    world = read_table(World, table, f"{where}: world")
    for key in (world.acts.consents_as, world.acts.signs_in_as):
        if key not in world.people:
            raise SceneError(f"{where}: world.acts names {key!r}, who is not among world.people")
    if not world.acts.answers:
        raise SceneError(f"{where}: world.acts.answers: expected at least one")
    if world.acts.browser is Browser.HERE and set(world.acts.answers) != {Answer.RIGHT}:
        raise SceneError(f'{where}: world.acts.answers: all but "right" need world.acts.browser = "elsewhere"')
    for number, policy in enumerate(world.policy.conditional_access):
        methods = set(policy.transfer_methods.split(",")) - {""}
        if methods - TRANSFER_METHODS or (policy.blocks_device_code and methods and DEVICE_CODE_FLOW not in methods):
            key = f"world.policy.conditional_access[{number}].transfer_methods"
            raise SceneError(f"{where}: {key}: expected names of flows, {DEVICE_CODE_FLOW} where it blocks these")
    return world
