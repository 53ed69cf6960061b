"""Recognises the error bodies of the services by their members, among the objects of a text."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping
from typing import Final

from wizard.catalogue.entra_refusals import read_entra_error
from wizard.catalogue.lookup import is_listed, look_up
from wizard.catalogue.members import as_identifier, as_object, as_text
from wizard.catalogue.service_refusals import (
    read_graph_error,
    read_key_vault_error,
    read_partner_center_error,
    read_resource_manager_error,
)
from wizard.core.errors import ServiceRefusal
from wizard.core.late_pattern import late_pattern
from wizard.explain.reading.marks import BOUNDARY

_OF_EVERYBODY = ("BadRequest", "GatewayTimeout", "UnknownError")
_DISTINCT = late_pattern(r"AKV\d{5}|[A-Za-z]+_[A-Za-z_]+|[A-Z][a-z]+(?:[A-Z][a-z]+)+")
_CODE = late_pattern(r"[A-Za-z0-9][A-Za-z0-9_./-]{0,79}")
_USUAL_NAMES: Final = {
    name.lower().replace("_", "").replace(".", ""): name
    for name in (
        *("error", "error_description", "error_codes", "error_uri", "suberror", "claims", "timestamp", "trace_id"),
        *("correlation_id", "code", "description", "message", "innererror", "data", "source", "statusCode"),
    )
} | {"errorcode": "code", "errormessage": "message", "odataerror": "error", "errorsubcode": "suberror"}
"""The members of error bodies as the services write them, by those of libraries and of other programs."""
_ERROR_MEMBERS: Final = frozenset({"error", "error_description", "error_codes", "code", "statusCode"})
"""Members without one of which an object is no error body."""
_STATUS_NAMES: Final = {"unauthorized": 401, "forbidden": 403, "notfound": 404, "conflict": 409}

_DEEPEST: Final = 60
_LONG: Final = 6
"""Digits from which on a number is nobody else's."""
_MOST_NESTED: Final = 3
"""Objects in each other's messages."""
_READERS: Final = {
    "graph": read_graph_error,
    "key_vault": read_key_vault_error,
    "partner_center": read_partner_center_error,
    "resource_manager": read_resource_manager_error,
}


def may_be_error_body(members: Mapping[str, object]) -> bool:
    """Return whether an object may be an error body, at a glance."""
    members = _with_usual_names(members)
    shapes = _ERROR_MEMBERS & members.keys()
    if shapes == {"error"} and isinstance(members["error"], str):
        return _has_a_text(members) or _is_named(members)
    return bool(shapes)


def _has_a_text(members: Mapping[str, object]) -> bool:
    """Return whether a number of Entra ID may stand in an object."""
    return not {"error_description", "error_codes", "message"}.isdisjoint(members)


def _is_named(members: Mapping[str, object]) -> bool:
    """Return whether an object's error, or its sub-error, is one of Entra ID's names."""
    return any(look_up("entra", as_identifier(members.get(name))) for name in ("error", "suberror"))


def read_error_body(
    members: Mapping[str, object], status: int, headers: Mapping[str, str], service: str
) -> ServiceRefusal | None:
    """Return the refusal that an object is by its shape, None if it is none.

    Args:
        members: of the object.
        status: the HTTP status where an answer with headers was pasted, else 0.
        headers: of the answer, else empty.
        service: the one that is named near by, or "".

    Source: protocol 1.2, 2.3, 4.1, 6.1.
    """
    members = _with_usual_names(members)
    if isinstance(members.get("error"), Mapping):
        refusal = _read_error_object(members, status, headers, service)
    else:
        refusal = _read_entra(members, status, headers, service)
        refusal = refusal or _read_flat_body(members, status, headers, service)
    return _without_status_as_code(refusal) if refusal else None


def other_members(members: Mapping[str, object]) -> dict[str, object]:
    """Return the members of an error body that are read like any text, because they are none of its own."""
    return {name: value for name, value in members.items() if _usual_name(name) not in _USUAL_NAMES}


Replacement = Callable[[Mapping[str, object]], tuple[str, Mapping[str, object]]]
"""What stands in the place of an object, "" for nothing, and those of its members that are rendered beside it."""


def render_object(value: object, replace_object: Replacement, depth: int = 0) -> str:
    """Return an object as lines of `"name": value`, with what `replace_object` gives in place of objects in it.

    Args:
        value: what was read from JSON, or from Python's notation.
        replace_object: returns what stands in the place of an object, and which of its members are rendered beside it.
        depth: levels above it.
    """
    if depth > _DEEPEST:
        return ""
    if isinstance(value, Mapping):
        replacement, rest = replace_object(value)
        lines = (f'"{name}": {render_object(member, replace_object, depth + 1)}' for name, member in rest.items())
        return "\n".join([replacement, *lines])
    if isinstance(value, list):
        if len(value) == 1:  # no border: it is of the same record as what stands around it
            return render_object(value[0], replace_object, depth + 1)
        if any(isinstance(member, (dict, list)) for member in value):
            parts = (render_object(member, replace_object, depth + 1) for member in value)
            return BOUNDARY + f"\n{BOUNDARY}".join(parts) + BOUNDARY
        return "[" + ", ".join(render_object(member, replace_object, depth + 1) for member in value) + "]"
    if isinstance(value, str):
        return f'"{value}"'
    if isinstance(value, int) and not isinstance(value, bool):
        return as_identifier(value)
    return "null" if value is None else str(value)[:40]


def _usual_name(name: str) -> str:
    return name.lower().replace("_", "").replace(".", "")


def _with_usual_names(members: Mapping[str, object]) -> Mapping[str, object]:
    """Return members under the names of the services: libraries and programs write others, or capital letters."""
    named = {_USUAL_NAMES.get(_usual_name(name), name): value for name, value in members.items()}
    if isinstance(named.get("error"), Mapping):
        error = as_object(named["error"])
        inner = {_USUAL_NAMES.get(_usual_name(name), name): value for name, value in error.items()}
        if isinstance(inner.get("message"), Mapping):  # of OData 3: {"lang": "en", "value": "…"}
            inner["message"] = as_object(inner["message"]).get("value")
        inner["message"] = _innermost(inner.get("message"))
        return {**named, "error": inner}
    if "AADSTS" in as_text(named.get("message")) and isinstance(named.get("code"), str):  # of MSAL.js
        return {**named, "error": named["code"], "error_description": named["message"]}
    return named


def _innermost(message: object) -> object:
    """Return the sentence of a message that is an object in JSON, as Intune's behind Graph are, with its codes."""
    said = []
    for _ in range(_MOST_NESTED):
        if not isinstance(message, str) or not message.startswith("{"):
            break
        try:
            members = json.JSONDecoder(strict=False).decode(message)
        except (RecursionError, ValueError):
            break
        named = {_USUAL_NAMES.get(_usual_name(name), name): value for name, value in members.items()}
        inner = as_object(named.get("error")) or named
        said.append(as_identifier(inner.get("code")))
        message = inner.get("message") or inner.get("Message")
    return ": ".join(filter(None, (*said, message))) if said and isinstance(message, str) else message


def _without_status_as_code(refusal: ServiceRefusal) -> ServiceRefusal:
    """Return a refusal without a code that only repeats the HTTP status, as a number or a name."""
    code = refusal.code
    number = int(code) if re.fullmatch(r"[45]\d\d", code) else _STATUS_NAMES.get(code.lower(), 0)
    if number and refusal.service != "entra" and not look_up(refusal.service, code):
        refusal.code = refusal.error = ""
        refusal.status = refusal.status or number
    return refusal


def _read_entra(
    members: Mapping[str, object], status: int, headers: Mapping[str, str], service: str
) -> ServiceRefusal | None:
    if not {"error", "error_description", "error_codes"} & members.keys():
        return None
    if not _has_a_text(members) and not _is_named(members):
        return None
    refusal = read_entra_error(members, status, headers)
    if refusal.code:
        return refusal
    is_one = "error_description" in members or "suberror" in members or "correlation_id" in members or len(members) < 3
    oauth = look_up("entra", refusal.error) or look_up("entra", refusal.suberror)
    if oauth and ("_" in refusal.error or is_one) and service in ("", "entra"):
        return refusal
    return None


def _read_error_object(
    members: Mapping[str, object], status: int, headers: Mapping[str, str], service: str
) -> ServiceRefusal | None:
    error = as_object(members["error"])
    text = as_text(error.get("message"))
    if "AADSTS" in text and (refusal := read_entra_error(members, status, headers)).code:
        return refusal
    inner = as_object(error.get("innererror"))
    code, inner_code = as_identifier(error.get("code")), as_identifier(inner.get("code"))
    if not _CODE.fullmatch(code) or (inner_code and not _CODE.fullmatch(inner_code)):
        return None
    whose = _service_of_error(code, inner_code, inner, text, service)
    if whose not in _READERS:
        return None
    if whose != "partner_center":
        name = "innererror" if whose == "key_vault" else "innerError"
        members = {"error": {**error, name: inner}}
    return _READERS[whose](members, status, headers)


def _service_of_error(code: str, inner_code: str, inner: Mapping[str, object], text: str, service: str) -> str:
    """Return the service whose error object it is, by what only it writes; else the one that is named near by."""
    if look_up("key_vault", inner_code) or re.match(r"AKV\d{5}|\[BearerRead", text) or ";iss=https://sts." in text:
        return "key_vault"
    if look_up("resource_manager", code) and (code not in _OF_EVERYBODY or service == "resource_manager"):
        return "resource_manager"
    if service in _READERS and (service != "graph" or "vault" not in text.lower()):
        return service
    if "request-id" in inner or "client-request-id" in inner:
        return "graph"
    if look_up("key_vault", code) and re.search(r"vault|secrets?\b", text, re.IGNORECASE):
        return "key_vault"
    return next((name for name in _READERS if _is_distinct(code) and look_up(name, code)), "")


def _read_flat_body(
    members: Mapping[str, object], status: int, headers: Mapping[str, str], service: str
) -> ServiceRefusal | None:
    """Read Partner Center's own form, and an inner error that was copied by itself."""
    code = as_identifier(members.get("code")) or as_identifier(members.get("statusCode"))
    if not code and service in ("", "partner_center") and members.keys() >= {"description", "data", "source"}:
        return read_partner_center_error(members, status, headers)
    if not _CODE.fullmatch(code):
        return None
    text = members.get("description") or members.get("message")
    is_described = isinstance(text, str)
    # Anybody's error has a code and a message: only what is described as Partner Center does is its own.
    is_its_form = "description" in members and (not members.keys().isdisjoint({"source", "data"}) or len(code) >= _LONG)
    for_partner_center = is_its_form and code != "400" and is_listed("partner_center", code)
    if is_described and (service == "partner_center" or for_partner_center) and not code.startswith("http_"):
        if service not in ("", "partner_center") and not is_listed("partner_center", code):
            return None
        return read_partner_center_error(members, status, headers)
    for name in ("key_vault", "graph", "resource_manager"):
        if look_up(name, code) and (_is_distinct(code) or service == name):
            return _READERS[name]({"error": {**members, "innererror": {"code": code}}}, status, headers)
    return None


def _is_distinct(code: str) -> bool:
    """Return whether a code has the form of one of the services', and is no name that anybody uses."""
    return code not in _OF_EVERYBODY and bool(_DISTINCT.fullmatch(code))
