"""Every error that the rehearsal cloud can give is explained by the engine that explains a paste."""

from __future__ import annotations

import ast
import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import pytest

import wizard.rehearsal
from wizard.catalogue import Diagnosis
from wizard.core.findings import Retry
from wizard.explain import explain_text
from wizard.rehearsal.aadsts_errors import EntraError, Ids, error_body
from wizard.rehearsal.choices import FaultBody, Separator, Service
from wizard.rehearsal.fault_injection import error_response
from wizard.rehearsal.world import Fault

NOW = datetime(2026, 11, 21, 10, 0, tzinfo=UTC)
FOLDER = Path(next(iter(wizard.rehearsal.__path__)))
IDS = Ids("aaaaaaaa-0000-4000-8000-000000000001", "aaaaaaaa-0000-4000-8000-000000000002", NOW)
INNER_OF_VAULT = ("ForbiddenByRbac", "ForbiddenByPolicy", "ForbiddenByFirewall", "ForbiddenByConnection")
"""What a scene may let its vault refuse with."""


@dataclass(frozen=True)
class Raised:
    """One place of the cloud where an error is made: its kind, and the arguments that are written down there."""

    kind: str
    arguments: tuple[object, ...]
    place: str

    def __str__(self) -> str:
        return f"{self.place} {' '.join(str(each) for each in self.arguments[:3])}"


def raised(kind: str) -> Iterator[Raised]:
    """Every call of `kind` in the cloud's source."""
    for path in sorted(FOLDER.glob("*.py")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            name = getattr(node.func, "attr", getattr(node.func, "id", "")) if isinstance(node, ast.Call) else ""
            if isinstance(node, ast.Call) and name == kind:
                yield Raised(kind, tuple(_value(each) for each in node.args), f"{path.stem}:{node.lineno}")


def _value(node: ast.expr) -> object:
    return node.value if isinstance(node, ast.Constant) else None


def entra_errors() -> list[tuple[str, EntraError]]:
    """An error for each number that the cloud's Entra can give, with its own words where these are written down."""
    found = []
    for each in (*raised("EntraError"), *raised("bad_assertion")):
        status, error, code, words = (
            each.arguments[:4] if each.kind == "EntraError" else (401, "invalid_client", *each.arguments[:2])
        )
        if isinstance(status, int) and isinstance(error, str) and isinstance(code, int):
            found.append((str(each), EntraError(status, error, code, str(words or "In its own words."))))
    return found


def is_explained(diagnosis: Diagnosis) -> bool:
    """Whether there is guidance, and not a name alone."""
    return not re.search(r"not in this catalogue|knows no more|gave no code", diagnosis.cause) and bool(diagnosis.who)


def test_the_cloud_makes_errors_where_this_test_looks_for_them() -> None:
    assert len(entra_errors()) > 30
    assert len(list(raised("KeyVaultError"))) > 10
    assert len(list(raised("PartnerCenterError"))) > 8
    assert len(list(raised("GraphError"))) > 4


@pytest.mark.parametrize(("place", "error"), entra_errors(), ids=lambda value: value if isinstance(value, str) else "")
def test_an_error_of_entra_is_explained_by_its_body(place: str, error: EntraError) -> None:
    body = error_body(error, IDS, Separator.CRLF, "login.microsoftonline.com")

    found = explain_text(json.dumps(body), NOW).diagnoses

    assert found[0].code == f"AADSTS{error.code}", place
    assert is_explained(found[0]), found[0]
    assert found[0].ids.correlation_id == IDS.correlation_id


@pytest.mark.parametrize("each", [*raised("KeyVaultError")], ids=str)
def test_an_error_of_the_vault_is_explained_by_its_body(each: Raised) -> None:
    _, code, inner, message = each.arguments
    for inside in INNER_OF_VAULT if inner is None else (inner,):
        error = {"code": code, "message": message or "In its own words."}
        body = {"error": error | ({"innererror": {"code": inside}} if inside else {})}

        found = explain_text(json.dumps(body), NOW).diagnoses

        assert found[0].service == "key_vault"
        assert is_explained(found[0]), found[0]


@pytest.mark.parametrize("each", [*raised("PartnerCenterError")], ids=str)
def test_an_error_of_partner_center_is_explained_by_its_body(each: Raised) -> None:
    _, code, description = each.arguments
    body = {"code": code, "description": description or "In its own words.", "data": [], "source": "PartnerFD"}

    found = explain_text("\ufeff" + json.dumps(body), NOW).diagnoses

    assert (found[0].service, found[0].code) == ("partner_center", str(code))
    assert is_explained(found[0]), found[0]


REQUEST_ID = "11111111-1111-4111-8111-111111111111"


@pytest.mark.parametrize("each", [*raised("GraphError")], ids=str)
def test_an_error_of_graph_is_explained_by_its_body(each: Raised) -> None:
    _, code, message = each.arguments
    inner = {"date": "2026-11-21T10:00:00", "request-id": REQUEST_ID, "client-request-id": REQUEST_ID}
    error = {"code": code, "message": message or "In its own words.", "innerError": inner}

    found = explain_text(json.dumps({"error": error}), NOW).diagnoses

    assert (found[0].service, found[0].code) == ("graph", code)
    assert is_explained(found[0]), found[0]


@pytest.mark.parametrize("service", list(Service))
@pytest.mark.parametrize("status", [429, 503])
@pytest.mark.parametrize("body", [FaultBody.JSON, FaultBody.HTML])
def test_an_answer_of_a_busy_service_is_explained(service: Service, status: int, body: FaultBody) -> None:
    answer = error_response(Fault(service, "*", status=status, body=body, retry_after=7))
    headers = "\r\n".join(f"{name.decode()}: {value.decode()}" for name, value in answer.raw_headers)
    text = f"HTTP/1.1 {status} Service Unavailable\r\n{headers}\r\n\r\n{bytes(answer.body).decode()}"

    found = explain_text(text, NOW).diagnoses

    assert is_explained(found[0]), found[0]
    assert found[0].retry in {Retry.WAIT, Retry.YES}
