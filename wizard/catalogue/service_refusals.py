"""Reads what Partner Center, Key Vault, Microsoft Graph and Azure Resource Manager answer when they refuse."""

from __future__ import annotations

from collections.abc import Mapping

from wizard.catalogue.members import as_identifier, as_object, as_text, first_identifier, read_header, read_plain_answer
from wizard.core.errors import ServiceRefusal
from wizard.core.findings import SupportIds


def read_partner_center_error(body: object, status: int, headers: Mapping[str, str]) -> ServiceRefusal:
    """Return the refusal in an answer of Partner Center, or of its referrals (body with an `error` object).

    Source: protocol 4.1.
    """
    members = as_object(body)
    inner = as_object(members.get("error"))
    return ServiceRefusal(
        "partner_center",
        first_identifier(members.get("code"), inner.get("code"), members.get("statusCode")),
        as_identifier(members.get("error")),
        _first_text(members.get("description"), inner.get("message"), members.get("message"), read_plain_answer(body)),
        status=status,
        ids=SupportIds(
            correlation_id=first_identifier(
                read_header(headers, "MS-CorrelationId"), read_header(headers, "client-request-id")
            ),
            request_id=first_identifier(read_header(headers, "MS-RequestId"), read_header(headers, "request-id")),
            timestamp=read_header(headers, "date"),
        ),
    )


def read_key_vault_error(body: object, status: int, headers: Mapping[str, str]) -> ServiceRefusal:
    """Return the refusal in an answer of Key Vault; its code is the inner one if there is one.

    Source: protocol 2.3.
    """
    error = as_object(as_object(body).get("error"))
    outer = as_identifier(error.get("code"))
    return ServiceRefusal(
        "key_vault",
        first_identifier(as_object(error.get("innererror")).get("code"), outer),
        outer,
        _first_text(error.get("message"), read_plain_answer(body)),
        status=status,
        ids=SupportIds(
            correlation_id=read_header(headers, "x-ms-client-request-id"),
            request_id=read_header(headers, "x-ms-request-id"),
            timestamp=read_header(headers, "date"),
        ),
    )


def read_graph_error(body: object, status: int, headers: Mapping[str, str]) -> ServiceRefusal:
    """Return the refusal in an answer of Microsoft Graph.

    Source: protocol 6.1.
    """
    error = as_object(as_object(body).get("error"))
    inner = as_object(error.get("innerError"))
    code = as_identifier(error.get("code"))
    return ServiceRefusal(
        "graph",
        code,
        code,
        _first_text(error.get("message"), read_plain_answer(body)),
        status=status,
        ids=SupportIds(
            correlation_id=first_identifier(inner.get("client-request-id"), read_header(headers, "client-request-id")),
            request_id=first_identifier(inner.get("request-id"), read_header(headers, "request-id")),
            timestamp=first_identifier(inner.get("date"), read_header(headers, "date")),
        ),
    )


def read_resource_manager_error(body: object, status: int, headers: Mapping[str, str]) -> ServiceRefusal:
    """Return the refusal in an answer of Azure Resource Manager."""
    error = as_object(as_object(body).get("error"))
    code = as_identifier(error.get("code"))
    return ServiceRefusal(
        "resource_manager",
        code,
        code,
        _first_text(error.get("message"), read_plain_answer(body)),
        status=status,
        ids=SupportIds(
            correlation_id=read_header(headers, "x-ms-correlation-request-id"),
            request_id=read_header(headers, "x-ms-request-id"),
            timestamp=read_header(headers, "date"),
        ),
    )


def _first_text(*values: object) -> str:
    return next((text for text in map(as_text, values) if text), "")
