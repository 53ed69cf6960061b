"""Admin consent: the address an administrator opens, and the answer that comes back in a redirect (protocol 1.6)."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from urllib.parse import parse_qs, parse_qsl, urlencode, urlsplit

from wizard.core.answers import LONGEST_VALUE
from wizard.core.errors import BadInput
from wizard.core.text import clean_line
from wizard.microsoft.clouds import Cloud
from wizard.microsoft.landing import Landing


@dataclass(frozen=True, slots=True)
class ConsentResponse:
    """What the redirect says when it holds no error. It is no proof: the grant is. "" means not said."""

    consented: bool
    tenant: str
    state: str


def admin_consent_link(
    cloud: Cloud, tenant_id: str, client_id: str, audience: str, redirect_uri: str, state: str
) -> str:
    """Return the address where an administrator consents to what the registration asks of an API.

    Args:
        cloud: whose sign-in host asks for consent.
        tenant_id: where consent is given.
        client_id: of the app.
        audience: of the API.
        redirect_uri: where the page ends; "" for the app's first one.
        state: comes back with the answer.
    """
    if not redirect_uri:
        return f"{cloud.authority(tenant_id)}/adminconsent?" + urlencode({"client_id": client_id, "state": state})
    query = {
        "client_id": client_id,
        "scope": f"{audience}/.default",
        "redirect_uri": redirect_uri,
        "state": state,
    }
    return f"{cloud.authority(tenant_id)}/v2.0/adminconsent?{urlencode(query)}"


def consent_response_handler(state: str, submit: Callable[[str], None]) -> Callable[[str], Landing | None]:
    """Return a handler for the loopback listener, which submits the requests that answer the consent link of `state`.

    The page that a browser gets goes by `error` first: a refusal may say `admin_consent=True` beside it.
    """
    submitted: set[str] = set()

    def handle(target: str) -> Landing | None:
        query = parse_qs(urlsplit(target).query, max_num_fields=50)
        if query.get("state") != [state]:
            return None
        if target not in submitted:  # loaded again, it is the same answer
            submitted.add(target)
            submit(target)
        is_refused = "error" in query or "error_description" in query
        is_given = not is_refused and query.get("admin_consent", [""])[0].lower() == "true"
        return Landing.CONSENTED if is_given else Landing.CONSENT_REFUSED

    return handle


def read_consent_state(pasted: str) -> str:
    """Return the `state` of what was pasted, "" where there is none."""
    return clean_line(_query_of(pasted).get("state", ""), 100)


def read_consent_response(pasted: str) -> ConsentResponse:
    """Read the address a browser ended on, or the query part of it; `error` comes first.

    Raises:
        ServiceRefusal: it holds an error.
        BadInput: it is not an answer of the consent page.
    """
    from wizard.catalogue import read_consent_error  # with a refusal; the first page needs none of it

    if len(pasted) > LONGEST_VALUE:
        raise BadInput("consent_answer", f"{len(pasted):,} characters are too many; that looks like a wrong paste")
    query = _query_of(pasted)
    if refusal := read_consent_error(query):
        raise refusal
    if "admin_consent" not in query and "client_id" in query:
        raise BadInput(
            "consent_answer",
            "this is the link itself: open it in a browser, accept, and paste where the browser then ends",
        )
    if "admin_consent" not in query:
        raise BadInput(
            "consent_answer",
            "this is not the address the consent page ended on; expected one with admin_consent=… or error=… in it",
        )
    return ConsentResponse(
        query["admin_consent"].lower() == "true",
        clean_line(query.get("tenant", ""), 100).lower(),
        clean_line(query.get("state", ""), 100),
    )


def _query_of(pasted: str) -> dict[str, str]:
    text = pasted.strip().strip("<>\"'")
    try:
        parts = urlsplit(text)
        return dict(parse_qsl(parts.query or parts.fragment or text.lstrip("?#"), max_num_fields=50))
    except ValueError:
        return {}
