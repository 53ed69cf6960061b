"""Answers that a kind of onboarding proposes, until somebody gives others: the name of the secret, how long to wait."""

from __future__ import annotations

import re
from collections.abc import Collection
from dataclasses import replace
from typing import Final

from wizard.core.answers import Answers
from wizard.onboarding.profile_spec import ProfileSpec

LONGEST_TENANT: Final = 80
"""Characters of a tenant in a secret's name, whose length is limited (protocol 2.3)."""


def with_proposals(
    spec: ProfileSpec, answers: Answers, *, former: Answers | None = None, given: Collection[str] = ()
) -> Answers:
    """Return answers in which those that nobody gave are as the kind proposes.

    Args:
        spec: of the kind.
        answers: as they are.
        former: as they were, so that what was proposed then gives way; None: nothing was proposed before.
        given: the names of those that were really given.
    """
    usual, before = Answers(), _proposed(spec, former) if former else {}
    return replace(
        answers,
        **{
            key: value
            for key, value in _proposed(spec, answers).items()
            if key not in given and getattr(answers, key) in (getattr(usual, key), before.get(key))
        },  # type: ignore[arg-type]  # keys are those of answers
    )


def _proposed(spec: ProfileSpec, answers: Answers) -> dict[str, str | int]:
    tenant = re.sub(r"[^A-Za-z0-9]+", "-", answers.tenant)[:LONGEST_TENANT].strip("-")
    return {
        key: value.format(tenant=tenant) if isinstance(value, str) else value
        for key, value in spec.proposals.items()
        if tenant or not isinstance(value, str) or "{tenant}" not in value
    }
