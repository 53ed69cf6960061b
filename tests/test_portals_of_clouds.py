"""What is to be done in a portal names the portal of the cloud that the tenant is in."""

from __future__ import annotations

from dataclasses import replace

import pytest

from wizard.core.answers import Answers
from wizard.core.errors import ServiceRefusal
from wizard.core.findings import Finding
from wizard.core.waiting import Cancel, SystemClock
from wizard.microsoft.clouds import Cloud, built_in_clouds
from wizard.microsoft.services import Services
from wizard.onboarding.journey import run_check
from wizard.onboarding.onboarding_context import Onboarding
from wizard.onboarding.profile import CSP

US, CHINA = built_in_clouds()["us-government"], built_in_clouds()["china"]


def refused_in(cloud: Cloud, service: str, code: str) -> Finding:
    """What a check finds whose service refuses by a code."""

    def ask(_onboarding: Onboarding) -> Finding:
        raise ServiceRefusal(service, code, "", "Refused.")

    clock, cancel = SystemClock(), Cancel()
    onboarding = Onboarding(Answers(), Services(cloud, clock, cancel), clock, cancel)
    return run_check(CSP, "user.signed_in", ask, onboarding)


@pytest.mark.parametrize(
    ("cloud", "service", "code", "place"),
    [
        (US, "entra", "AADSTS50105", "entra.microsoft.us > Entra ID > Enterprise apps > All applications"),
        (US, "key_vault", "ForbiddenByConnection", "portal.azure.us > Key vaults"),
        (US, "partner_center", "2032", "partner.microsoft.com > Account settings"),
        (CHINA, "entra", "AADSTS50105", "entra.microsoftonline.cn > Entra ID > Enterprise apps > All applications"),
        (CHINA, "key_vault", "ForbiddenByConnection", "portal.azure.cn > Key vaults"),
        (CHINA, "partner_center", "2032", "partner.microsoftonline.cn > Account settings"),
    ],
)
def test_a_path_begins_at_the_portal_of_the_cloud(cloud: Cloud, service: str, code: str, place: str) -> None:
    remedy = refused_in(cloud, service, code).remedy

    assert place in remedy
    assert cloud is US or "microsoft.com >" not in remedy


def test_a_host_that_begins_no_path_stays() -> None:
    text = "The scope is https://api.partner.microsoft.com/.default; register an app at entra.microsoft.com."

    assert CHINA.in_its_portals(text) == text


def test_a_cloud_without_portals_of_its_own_has_the_global_ones() -> None:
    world = built_in_clouds()["global"]
    text = "Look: entra.microsoft.com > Entra ID > Overview, portal.azure.com > Key vaults."

    assert world.in_its_portals(text) == replace(world, name="ours").in_its_portals(text) == text
