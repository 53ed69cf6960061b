"""However many checks want it, Graph is asked each question once in a journey."""

from __future__ import annotations

from collections import Counter

import pytest

from tests.harness import rehearsed

AWAITED = "/oauth2PermissionGrants"
"""Asked again while somebody is to consent."""


def test_no_check_costs_more_than_one_request_a_resource(monkeypatch: pytest.MonkeyPatch) -> None:
    with rehearsed("mfa-can-be-skipped", monkeypatch) as here:
        assert here.run() == "store.mfa_compliant"
        asked = Counter(
            f"{each.host}{each.path}"
            for each in here.cloud.log
            if each.status == 200 and (each.host.startswith("graph.") or "mfaadoption" in each.path)
        )

    assert [path for path, number in asked.items() if number > 1 and not path.endswith(AWAITED)] == []
    for part in (
        "transitiveMemberOf",
        "methods",
        "requirements",
        "conditionalAccess",
        "defaultAppManagement",
        "mfaadop",
    ):
        assert any(part in path for path in asked), part
