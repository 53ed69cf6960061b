"""What a scene's world is made of: tenants, an app, people, policies, a vault and faults."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from wizard.rehearsal.account_facts import AccountFacts, AppManagement
from wizard.rehearsal.azure_facts import Azure
from wizard.rehearsal.choices import (
    AdminAction,
    BrowserLocation,
    BrowserResult,
    CredentialCheck,
    FaultBody,
    Home,
    MfaHeader,
    ReferralsRole,
    Separator,
    Service,
    UserAction,
)
from wizard.rehearsal.customer_facts import Customers
from wizard.rehearsal.directory import Directory
from wizard.rehearsal.earlier_tokens import IssuedBefore, TokenAtHand
from wizard.rehearsal.machine_facts import FederatedTrust, Machine
from wizard.rehearsal.reported_apps import ReportedApp
from wizard.rehearsal.sign_in_policies import DEVICE_CODE_FLOW, TRANSFER_METHODS, ConditionalAccess
from wizard.rehearsal.tables import SceneError, read_table


@dataclass(frozen=True, slots=True)
class Tenant:
    """A tenant. `cloud_instance_name` is "" if it is in the cloud that is asked; `age_hours` is that at the start."""

    id: str
    domain: str
    name: str
    region_scope: str = "EU"
    region_sub_scope: str = ""
    cloud_instance_name: str = ""
    age_hours: float = 8760


@dataclass(frozen=True, slots=True)
class ClientSecret:
    """A secret of the app; its value is made at the start and is in `file` of the cloud's folder.

    `usable_after` are seconds from the start, `expires_in_days` days from it.
    """

    file: str
    id: str
    usable_after: float = 0
    expires_in_days: float = 180


@dataclass(frozen=True, slots=True)
class App:
    """An app registration, as the tenant sees it when the journey begins.

    `requests` are the APIs that it asks for. After `new_key_delay` seconds Entra takes a key that is added later.
    """

    client_id: str
    object_id: str
    name: str
    home: Home = Home.CONTOSO
    requests: tuple[Service, ...] = (Service.PARTNER_CENTER, Service.GRAPH)
    in_tenant: bool = True
    service_principal: bool = True
    public_client: bool = True
    web_redirect_uris: tuple[str, ...] = ()
    public_redirect_uris: tuple[str, ...] = ()
    spa_redirect_uris: tuple[str, ...] = ()
    secrets: tuple[ClientSecret, ...] = ()
    certificate: bool = False
    certificate_usable_after: float = 0
    new_key_delay: float = 0
    uploaded: str = ""
    federated: tuple[FederatedTrust, ...] = ()
    graph_roles: bool = False
    granted: bool = False


@dataclass(frozen=True, slots=True)
class Operator:
    """The service principal that signs in to the vault.

    `reads_policies` gives it Policy.Read.All and Organization.Read.All in Graph, `reads_apps` Application.Read.All and
    Directory.Read.All, `reads_people` the same and what shows methods and risk, `changes_apps` the right to change app
    registrations and grants, `changes_people` that to make accounts and add members to groups. It and the vaults belong
    to its home.
    """

    client_id: str
    object_id: str
    name: str
    reads_policies: bool = False
    reads_apps: bool = False
    reads_people: bool = False
    changes_apps: bool = False
    changes_people: bool = False
    home: Home = Home.CONTOSO


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody with an account. `roles` are Entra role template ids, `graph` what else Graph tells of the account.

    With `is_there` false the account is still to be made.
    """

    account: str
    name: str
    object_id: str
    roles: tuple[str, ...] = ()
    may_consent: bool = False
    may_use_vault: bool = False
    may_read_policies: bool = False
    admin_agent: bool = False
    referrals: ReferralsRole = ReferralsRole.NONE
    mfa_registered: bool = True
    password_must_change: bool = False
    home: Home = Home.CONTOSO
    home_object_id: str = ""
    is_there: bool = True
    graph: AccountFacts = field(default_factory=AccountFacts)


@dataclass(frozen=True, slots=True)
class Behaviour:
    """What people do by themselves.

    Args:
        admin: what the administrator does with the consent link.
        consents_as: key of the person in `people` who opens it.
        admin_delay: seconds of the cloud's clock between the link and that.
        user: what the user does with the device code or the sign-in link.
        signs_in_as: key of the person in `people` who signs in.
        user_delay: seconds of the cloud's clock between the code or link and that.
        browser: whether the browser reaches a program on the product's machine.
        browser_results: what the user brings back from it, one after the other; the last one repeats.
    """

    admin: AdminAction = AdminAction.ACCEPT
    consents_as: str = "admin"
    admin_delay: float = 8
    user: UserAction = UserAction.APPROVE
    signs_in_as: str = "integration"
    user_delay: float = 12
    browser: BrowserLocation = BrowserLocation.HERE
    browser_results: tuple[BrowserResult, ...] = (BrowserResult.RIGHT,)

    @property
    def delays(self) -> dict[str, float]:
        """Return after how many seconds somebody acts, by what it is for; nothing where nobody does."""
        delays = {"vault": self.user_delay, "graph": self.user_delay}
        if self.admin is not AdminAction.NOBODY:
            delays["consent"] = self.admin_delay
        if self.user is not UserAction.NOBODY:
            delays["integration_user"] = self.user_delay
        return delays


@dataclass(frozen=True, slots=True)
class Policy:
    """The tenant's policies, and how Entra answers for it.

    Args:
        honours_claims: whether a claims request for MFA is answered with MFA (protocol 1.8).
        requires_mfa: whether a Conditional Access policy requires MFA of everybody.
        security_defaults: whether they are on: they require MFA, and refuse device codes.
        amr_in_tokens: whether access tokens have the claim amr.
        device_code_blocked: whether a Conditional Access policy blocks device codes for everybody.
        device_code_blocked_on_refresh: whether one blocks tokens of sessions that a device code began.
        security_defaults_on_refresh: whether security defaults refuse such tokens as well, which is (U).
        revokes_on_reuse: whether a token that was redeemed once is refused, and all of its sign-in's are revoked; Entra
            keeps it alive (protocol 8).
        device_code_lifetime: in seconds.
        error_separator: in every error_description.
        remember_mfa_days: days for which a device is trusted after MFA, 0 for none.
        conditional_access: further policies.
        conditional_access_throttled: how many requests for their list get 429 at first, without Retry-After.
        app_management: which credentials apps may get.
        changes_refused: what Graph says when something is to be changed; "" if it may be.
    """

    honours_claims: bool = True
    requires_mfa: bool = False
    security_defaults: bool = False
    amr_in_tokens: bool = True
    device_code_blocked: bool = False
    device_code_blocked_on_refresh: bool = False
    security_defaults_on_refresh: bool = False
    revokes_on_reuse: bool = False
    device_code_lifetime: float = 900
    error_separator: Separator = Separator.CRLF
    remember_mfa_days: int = 0
    conditional_access: tuple[ConditionalAccess, ...] = ()
    conditional_access_throttled: int = 0
    app_management: AppManagement = field(default_factory=AppManagement)
    changes_refused: str = ""


@dataclass(frozen=True, slots=True)
class ClientType:
    """When a device code is answered with 7000218 or 700025, and whether the code can be used after that."""

    checked_at: CredentialCheck = CredentialCheck.AFTER_APPROVAL
    code_survives: bool = True


@dataclass(frozen=True, slots=True)
class Consent:
    """How many seconds a grant takes to be seen, by Graph and the token endpoint alike."""

    grant_delay: float = 0


@dataclass(frozen=True, slots=True)
class PartnerCenter:
    """Partner Center's view of the tenant.

    Args:
        provisioned: whether the tenant has its service principal.
        is_partner: whether it knows the tenant as a partner's.
        refusal_code: 60003 (404) or 800001 (401), if it does not.
        profile_tenant: the tenant that the profile names, "" for the token's own.
        enforces_mfa: whether a request without MFA is refused with 900421.
        mfa_header: what isMfaCompliant says.
        app_added: whether the app was added under App management, without which it may do nothing by itself.
        mfa_report: what its MFA report says of other apps.
        mfa_report_refused: whether an Admin agent may not read that report.
        enforced_after: how many calls of users are answered, before all others get 900421 whatever their sign-in was;
            0: no limit.
    """

    provisioned: bool = True
    is_partner: bool = True
    refusal_code: str = "60003"
    profile_tenant: str = ""
    enforces_mfa: bool = False
    mfa_header: MfaHeader = MfaHeader.TOKEN
    app_added: bool = True
    mfa_report: tuple[ReportedApp, ...] = ()
    mfa_report_refused: bool = False
    enforced_after: int = 0


@dataclass(frozen=True, slots=True)
class StoredSecret:
    """A version that is in the vault from the start.

    With `is_refresh_token` its value is one, of the sign-in that `issued` tells of.
    """

    name: str
    value: str = ""
    is_refresh_token: bool = False
    issued: IssuedBefore = field(default_factory=IssuedBefore)
    enabled: bool = True
    age_days: float = 1
    tags: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Vault:
    """A vault and what the operator may do there.

    Args:
        name: first label of its host.
        exists: whether the name resolves.
        refusal_code: inner error code that answers every request, "" for none.
        role_delay: seconds from the first request until the role assignment takes effect.
        role_on_secret: the one secret the operator has a role on, "" for all.
        put_refused_secret: the secret whose PUT is refused until the cloud is repaired, "" for none.
        put_refusal_code: inner error code that answers it.
        rights_missing: the rights on secrets that the operator lacks, by their names in an access policy: get, list …
        secrets: versions of secrets, oldest first.
        deleted: names of soft-deleted secrets.
    """

    name: str
    exists: bool = True
    refusal_code: str = ""
    role_delay: float = 0
    role_on_secret: str = ""
    put_refused_secret: str = ""
    put_refusal_code: str = ""
    rights_missing: tuple[str, ...] = ()
    secrets: tuple[StoredSecret, ...] = ()
    deleted: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Fault:
    """Requests that are answered wrongly or late.

    Args:
        service: the service they are for.
        method: their HTTP method, "" for any.
        path: a glob over their path without its query.
        after: how many of them are answered well first.
        times: how many are answered wrongly then; 0 for all until the cloud is repaired.
        status: HTTP status of the answer; 0 leaves the service's own answer as it is, only late.
        body: the form of the answer.
        retry_after: seconds for the Retry-After header, 0 for none.
        delay: real seconds before the answer.
    """

    service: Service
    method: str = ""
    path: str = "*"
    after: int = 0
    times: int = 1
    status: int = 0
    body: FaultBody = FaultBody.JSON
    retry_after: int = 0
    delay: float = 0


@dataclass(frozen=True, slots=True)
class Network:
    """The network between the operator's machine and the cloud.

    Args:
        blocked: the services that the proxy answers with 403.
        inspected_by: the CA of a proxy that opens TLS connections, which the machine does not trust; "" for none.
    """

    blocked: tuple[Service, ...] = ()
    inspected_by: str = ""


@dataclass(frozen=True, slots=True)
class World:
    """Everything a scene is made of.

    `clock_behind` are the seconds by which the operator's clock is behind the Date header of answers.
    """

    tenant: Tenant
    home_tenant: Tenant
    app: App
    operator: Operator
    people: Mapping[str, Person]
    behaviour: Behaviour
    policy: Policy
    client_type: ClientType
    consent: Consent
    partner_center: PartnerCenter
    vault: Vault
    spare_vault: Vault
    faults: tuple[Fault, ...] = ()
    tokens: tuple[TokenAtHand, ...] = ()
    network: Network = Network()
    machine: Machine = field(default_factory=Machine)
    azure: Azure = field(default_factory=Azure)
    directory: Directory = field(default_factory=Directory)
    customers: Customers = field(default_factory=Customers)
    clock_behind: float = 0


def read_world(table: Mapping[str, object], where: str) -> World:
    """Return the world of a merged `[world]` table.

    Args:
        table: the scene's table laid over those of its base scenes.
        where: the scene's name, for errors.

    Raises:
        SceneError: something in it is wrong; the text names the key.
    """
    world = read_table(World, table, f"{where}: world")
    for key in (world.behaviour.consents_as, world.behaviour.signs_in_as):
        if key not in world.people:
            raise SceneError(f"{where}: world.behaviour names {key!r}, who is not among world.people")
    stored = (*world.vault.secrets, *world.spare_vault.secrets)
    for issued in (*(each.issued for each in world.tokens), *(each.issued for each in stored)):
        if issued.to not in world.people:
            raise SceneError(f"{where}: a token is issued to {issued.to!r}, who is not among world.people")
    if not world.behaviour.browser_results:
        raise SceneError(f"{where}: world.behaviour.browser_results: expected at least one")
    if world.behaviour.browser is BrowserLocation.HERE and set(world.behaviour.browser_results) != {
        BrowserResult.RIGHT
    }:
        raise SceneError(
            f'{where}: world.behaviour.browser_results: all but "right" need world.behaviour.browser = "elsewhere"'
        )
    for number, policy in enumerate(world.policy.conditional_access):
        methods = set(policy.transfer_methods.split(",")) - {""}
        if methods - TRANSFER_METHODS or (policy.blocks_device_code and methods and DEVICE_CODE_FLOW not in methods):
            key = f"world.policy.conditional_access[{number}].transfer_methods"
            raise SceneError(
                f"{where}: {key}: expected names of flows, {DEVICE_CODE_FLOW} among them if it blocks device codes"
            )
    return world
