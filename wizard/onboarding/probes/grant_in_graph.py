"""The one grant without which nothing works: whether Graph shows the permission on the profile's API, for everybody."""

from __future__ import annotations

from wizard.core.errors import Busy
from wizard.microsoft.graph import Unread, Why
from wizard.onboarding.onboarding_context import Onboarding
from wizard.onboarding.probes.graph_reading import read_grants, read_principal


def is_granted_in_graph(onboarding: Onboarding, *, again: bool = False) -> bool | None:
    """Return whether Graph shows the grant; None where it may not be read.

    Args:
        onboarding: says which app, and which API.
        again: whether Graph is asked again unless it has shown the grant before: somebody waits for it.

    Raises:
        Unreachable: Graph gave no answer.
    """
    is_granted = _is_granted(onboarding)
    if again and not is_granted:
        is_granted = _is_granted(onboarding, again=True)
    if isinstance(is_granted, Unread):
        is_granted.raise_if_unreachable()
        return None
    return is_granted


def look_for_grant(onboarding: Onboarding, pause: float) -> tuple[bool, float]:
    """Return whether Graph shows the grant now, and seconds until the next look.

    Asked without retries, as somebody may answer meanwhile; `pause` is the least number of seconds.
    """
    is_granted = _is_granted(onboarding, is_retried=False)
    if is_granted is not True:
        is_granted = _is_granted(onboarding, again=True, is_retried=False)
    if not isinstance(is_granted, Unread):
        return is_granted, pause
    busy_for = is_granted.error.retry_after if isinstance(is_granted.error, Busy) else None
    return False, max(pause, busy_for or 0.0)


def _is_granted(onboarding: Onboarding, *, again: bool = False, is_retried: bool = True) -> bool | Unread:
    """Return whether the grant is there; it is not where the app, or the API, has no service principal."""
    api = onboarding.spec.api
    grants = read_grants(onboarding, again=again, is_retried=is_retried)
    principal = read_principal(onboarding, api.app_id, again=again)
    if isinstance(grants, Unread):
        return _none_or(grants)
    if isinstance(principal, Unread):
        return _none_or(principal)
    return any(
        api.permission in grant.scopes and grant.api_object_id == principal.object_id and not grant.user_id
        for grant in grants
    )


def _none_or(unread: Unread) -> bool | Unread:
    """Return that there is no grant, where that is why there is no answer; else the missing answer."""
    return False if unread.why is Why.NOT_THERE else unread
