"""Thousands of bodies with one thing wrong, for each endpoint: what reads them gives a value, or an error in words."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any
from urllib.parse import urlsplit
from zlib import crc32

import pytest

from tests.faults.mutations import Mutator
from tests.faults.services_in_memory import ENDPOINTS, Endpoint, in_memory
from wizard.core.errors import WizardError
from wizard.core.text import clean
from wizard.microsoft.graph import Unread
from wizard.microsoft.http import Http

IN_MAKE_TEST, A_CASE = 4, 40
"""Bodies of the first case of each endpoint, which is make test's, and of every other."""
CASES = 1 + 50
"""Of each endpoint: more than two thousand bodies."""


@pytest.mark.parametrize("name", ENDPOINTS)
def test_a_good_answer_is_read(name: str) -> None:
    """So that the bodies below are changed where something reads them."""
    endpoint = ENDPOINTS[name]
    http, services = in_memory(endpoint, 200, json.dumps(endpoint.body).encode())

    found = endpoint.call(http)

    assert services.met == 1
    assert found not in (None, [], [None], False)
    assert not isinstance(found, Unread)


def words_of(endpoint: Endpoint, http: Http, note: str) -> str:
    """Return the words of the error with which an endpoint was asked, "" for none."""
    try:
        endpoint.call(http)
    except WizardError as error:
        return str(error)
    except Exception as error:
        error.add_note(note)
        raise
    return ""


def case(name: str, number: int) -> Any:
    return pytest.param(name, number, marks=pytest.mark.soak if number else ())


@pytest.mark.parametrize(("name", "number"), [case(name, number) for name in ENDPOINTS for number in range(CASES)])
def test_no_changed_body_ends_in_a_crash(name: str, number: int, tried: Callable[[str, int], None]) -> None:
    """Every fourth is that of a refusal."""
    endpoint, bodies = ENDPOINTS[name], A_CASE if number else IN_MAKE_TEST
    for at in range(bodies):
        mutator = Mutator(crc32(f"{name} {number} {at}".encode()))
        status, good = endpoint.refusal if at % 4 == 3 else (200, endpoint.body)
        body = mutator.changed(json.loads(json.dumps(good)))
        http, services = in_memory(endpoint, status, body)
        said = words_of(endpoint, http, f"{number} {at}: {status} {body[:600]!r}")
        assert clean(said, 10**6) == said, body[:300]
        assert services.met
        assert not [url for url in services.asked if "evil" in str(urlsplit(url).hostname)], body[:300]
    tried("P14", bodies)
