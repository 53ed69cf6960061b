"""Admin consent: what a link asks for, who may give it, and the address of the answer (protocol 1.6)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import urlencode, urlsplit, urlunsplit

from wizard.rehearsal.aadsts_errors import EntraError, Ids, app_not_found, error_description, redirect_uri_unknown
from wizard.rehearsal.choices import Home, Service
from wizard.rehearsal.cloud_state import GENERIC, AppState, CloudState
from wizard.rehearsal.redirect_platforms import platform_of
from wizard.rehearsal.resources import Resource, read_scope
from wizard.rehearsal.world import Person

OUTCOME_PATH = "/consent-answer"
"""Path of the page for the answer to a link that names no redirect URI."""


@dataclass(frozen=True, slots=True)
class ConsentRequest:
    """A consent link, checked.

    Args:
        version: that of the endpoint, 1 or 2.
        app: the app that asks.
        resources: the APIs it asks for.
        redirect_uri: where the answer goes, "" for the cloud's own page.
        state: the parameter, which the answer repeats.
        scope: the parameter, "" if there is none.
    """

    version: int
    app: AppState
    resources: tuple[Resource, ...]
    redirect_uri: str
    state: str
    scope: str


def read_link(cloud: CloudState, segment: str, version: int, query: Mapping[str, str]) -> ConsentRequest:
    """Return what a consent link asks for.

    Args:
        cloud: whose link it is.
        segment: the tenant's segment of its path.
        version: that of the endpoint, 1 or 2.
        query: its parameters.

    Raises:
        EntraError: Entra shows an error page instead.
    """
    tenant = cloud.world.tenant if segment.lower() in GENERIC else cloud.tenant(segment)
    client_id = query.get("client_id", "").lower()
    app = cloud.apps.get(client_id)
    foreign = app is not None and app.app.home is Home.FABRIKAM
    if app is None or tenant.id != cloud.world.tenant.id or not (app.in_tenant or foreign):
        raise app_not_found(client_id, tenant.name)
    redirect_uri = query.get("redirect_uri", "")
    if redirect_uri and platform_of(app.app, redirect_uri) is None:
        raise redirect_uri_unknown(redirect_uri, client_id)
    scope = query.get("scope", "")
    resources = cloud.resources.values()
    wanted = tuple(resource for resource in resources if cloud.requested(app, resource))
    if version == 2 and scope:
        wanted = (read_scope(scope, resources, tenant.name).resource,)
    return ConsentRequest(version, app, wanted, redirect_uri, query.get("state", ""), scope)


def decide(cloud: CloudState, asked: ConsentRequest, person: Person, accepted: bool) -> str:
    """Record a person's decision, and return the address the browser is sent to.

    Args:
        cloud: the cloud, which keeps the grant.
        asked: what the link asks for.
        person: who decides.
        accepted: whether they pressed Accept.
    """
    error = _refusal(cloud, asked, person, accepted)
    if error is None:
        cloud.grant(asked.app.app.client_id, asked.resources)
    parameters = _parameters(cloud, asked, error)
    target = asked.redirect_uri or OUTCOME_PATH
    parts = urlsplit(target)
    query = "&".join(part for part in (parts.query, urlencode(parameters)) if part)
    return urlunsplit((parts.scheme, parts.netloc, parts.path or "/", query, ""))


def _refusal(cloud: CloudState, asked: ConsentRequest, person: Person, accepted: bool) -> EntraError | None:
    if not person.may_consent:
        words = (
            "Graph returned with a forbidden error code for the request. The user may not consent for the organization."
        )
        return EntraError(400, "access_denied", 90093, words)
    if not accepted:
        words = "The resource owner or authorization server denied the request: the user declined to consent to access the app."  # noqa: E501
        return EntraError(400, "consent_required" if asked.version == 2 else "permission_denied", 65004, words)
    missing = [item for item in asked.resources if item not in cloud.provisioned()]
    if missing and missing[0].service is Service.PARTNER_CENTER:
        words = f"The app is trying to access a service '{missing[0].app_id}' ({missing[0].name}) that your organization lacks a service principal for."  # noqa: E501
        return EntraError(400, "invalid_client", 650052, words)
    return None


def _parameters(cloud: CloudState, asked: ConsentRequest, error: EntraError | None) -> list[tuple[str, str]]:
    rows: list[tuple[str, str]] = []
    if error is not None:
        ids = Ids.of("", cloud.clock.now())
        rows += [
            ("error", error.error),
            ("error_description", error_description(error, ids, cloud.world.policy.error_separator)),
        ]
    rows.append(("admin_consent", "True"))
    if error is None:
        rows.append(("tenant", cloud.world.tenant.id))
        if asked.version == 2 and asked.scope:
            names = [f"{each.audience}/{name}" for each in asked.resources for name in cloud.requested(asked.app, each)]
            rows.append(("scope", " ".join(names)))
    if asked.state:
        rows.append(("state", asked.state))
    return rows
