"""A redirect of any endpoint, with JSON in it or without, is a finding in words, and nobody asks where it leads."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest

from tests.faults.canned import canned
from tests.harness import SECRET_NAME, rehearsed, with_faults
from wizard.core.findings import Outcome
from wizard.rehearsal.choices import Service
from wizard.rehearsal.world import Fault

BODY = json.dumps({"issuer": "https://evil.example/x", "token_endpoint": "https://evil.example/t", "value": "x"})
ENDPOINTS = {
    "discovery": (Fault(Service.LOGIN, "GET", "*/openid-configuration", times=0), "tenant.exists"),
    "MSAL's discovery": (Fault(Service.LOGIN, "GET", "*/openid-configuration", after=1, times=0), "app.exists"),
    "the token of the app": (Fault(Service.LOGIN, "POST", "*/token", times=0), "app.exists"),
    "a device code": (Fault(Service.LOGIN, "POST", "*/devicecode", times=0), "user.sign_in_ready"),
    "Graph": (Fault(Service.GRAPH, "GET", "*", times=0), "app.public_client"),
    "Partner Center": (Fault(Service.PARTNER_CENTER, "GET", "*/organization", times=0), "user.partner_tenant"),
    "the vault, read": (Fault(Service.VAULT, "GET", f"/secrets/{SECRET_NAME}*", after=2, times=0), "user.secret_name"),
    "the vault, written": (Fault(Service.VAULT, "PUT", f"/secrets/{SECRET_NAME}", times=0), "store.written"),
}


@pytest.mark.parametrize("status", [302, 307, 399])
@pytest.mark.parametrize("endpoint", ENDPOINTS)
def test_a_redirect_is_told_and_not_followed(endpoint: str, status: int, monkeypatch: pytest.MonkeyPatch) -> None:
    meant, check = ENDPOINTS[endpoint]
    fault = replace(meant, status=status)
    faults = canned(monkeypatch, {fault: (status, BODY)}, {"Location": "https://evil.example/redirected"})
    with rehearsed(with_faults("all-holds-secret", *faults), monkeypatch) as here:
        here.run()
        finding = here.journey.findings[check]
        assert finding.outcome is Outcome.UNKNOWN
        assert finding.unreachable
        assert finding.evidence["kind"] == "redirect"
        assert f"redirect (HTTP {status}, to evil.example/redirected), which is not followed" in finding.message
        assert finding.title == "The answer is a redirect to another address"
        assert not [host for host in here.journey.onboarding.services.http.hosts if "evil" in host]
        assert here.cloud.refused_hosts == []
