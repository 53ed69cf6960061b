"""A cloud that is added for an onboarding is the one that is proposed."""

from __future__ import annotations

from dataclasses import replace

from wizard.microsoft.clouds import built_in_clouds, proposed_cloud


def test_an_added_cloud_is_proposed_before_those_that_are_built_in() -> None:
    built_in = built_in_clouds()
    added = {"rehearsal": replace(built_in["global"], name="rehearsal")}

    assert proposed_cloud(built_in) == "global"
    assert proposed_cloud({**built_in, **added}) == "rehearsal"
