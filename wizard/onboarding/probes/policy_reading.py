"""A tenant's rules for signing in, as far as Graph may be read here; each is asked for once in a journey."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from wizard.microsoft.graph import Unread, Why
from wizard.onboarding.onboarding_context import Onboarding
from wizard.onboarding.probes.account_reading import user_id
from wizard.onboarding.probes.graph_reading import as_value, as_values, ask_list, ask_object

if TYPE_CHECKING:
    from wizard.microsoft.tenant_policies import Policies, Policy, SignInContext


def read_policies(onboarding: Onboarding) -> Policies | None:
    """Return the tenant's rules as far as Graph tells them, None without a token for Graph.

    Whatever could not be read stays unknown: a sign-in shows it as well, and does not wait for Graph.

    Raises:
        Cancelled: the cancel signal was set.
    """
    from wizard.microsoft.tenant_policies import TENANT_AGE, Policies, created_at_in

    defaults = read_security_defaults(onboarding)
    if isinstance(defaults, Unread) and defaults.why is Why.NOBODY:
        return None
    age = as_value(TENANT_AGE, ask_object(onboarding, TENANT_AGE), created_at_in)
    policies, days = read_conditional_access(onboarding), read_remembered_days(onboarding)
    return Policies(
        None if isinstance(defaults, Unread) else defaults,
        None if isinstance(age, Unread) else age,
        None if isinstance(policies, Unread) else policies,
        None if isinstance(days, Unread) else days,
    )


def read_security_defaults(onboarding: Onboarding) -> bool | Unread:
    """Return whether security defaults are on."""
    from wizard.microsoft.tenant_policies import SECURITY_DEFAULTS, defaults_in

    return as_value(SECURITY_DEFAULTS, ask_object(onboarding, SECURITY_DEFAULTS), defaults_in)


def read_remembered_days(onboarding: Onboarding) -> int | Unread:
    """Return for how many days MFA is remembered on a device, 0 for not."""
    from wizard.microsoft.tenant_policies import REMEMBERED_MFA, remembered_days_in

    return as_value(REMEMBERED_MFA, ask_object(onboarding, REMEMBERED_MFA), remembered_days_in)


def read_conditional_access(onboarding: Onboarding) -> tuple[Policy, ...] | Unread:
    """Return every Conditional Access policy, as the integration user's sign-in meets it."""
    from wizard.microsoft.tenant_policies import CONDITIONAL_ACCESS, policy_in

    found = ask_list(onboarding, CONDITIONAL_ACCESS)
    if isinstance(found, Unread):
        return found
    return as_values(CONDITIONAL_ACCESS, found, partial(policy_in, asked=_sign_in(onboarding)))


def _sign_in(onboarding: Onboarding) -> SignInContext:
    from wizard.microsoft.tenant_policies import SignInContext

    return SignInContext(user_id(onboarding), onboarding.answers.client_id, onboarding.spec.api.app_id)
