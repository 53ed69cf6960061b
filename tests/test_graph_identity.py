"""The Graph identity: signed in once in a run, named where it cannot, and Graph read as it, else as the app itself."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any, cast

import pytest
from azure.core.exceptions import ClientAuthenticationError, HttpResponseError, ServiceRequestError

from tests.made_tokens import made as signed
from tests.test_step_0 import StillClock
from wizard.core.answers import Answers
from wizard.core.errors import Busy, ServiceRefusal, Unanswered, Unreachable
from wizard.core.events import DeviceCodePrompt, Event, PromptClosed
from wizard.core.facts import Facts
from wizard.core.findings import Finding, Outcome, Who
from wizard.core.secret import Secret
from wizard.core.trouble import Trouble
from wizard.core.waiting import Cancel, SystemClock
from wizard.microsoft.azure_credentials import access_token
from wizard.microsoft.clouds import built_in_clouds
from wizard.microsoft.device_code import DeviceCode
from wizard.microsoft.graph import JsonObject, Page, Question, Unread, Why
from wizard.microsoft.http import Http
from wizard.microsoft.services import Services, SignInPrompts
from wizard.microsoft.sign_in_targets import GRAPH
from wizard.microsoft.token_response import TokenResponse
from wizard.onboarding.onboarding_context import Onboarding
from wizard.onboarding.probes.graph_identity import (
    GRAPH_CHECK,
    GRAPH_FIELD,
    GRAPH_IDENTITY_CHOICES,
    check_graph_identity,
)
from wizard.onboarding.probes.graph_reading import graph_token, known_registration, read_registration
from wizard.onboarding.probes.vault_access import VAULT_FIELDS
from wizard.onboarding.profile import CSP
from wizard.plain.answers_file import parse_answers

TENANT = "11111111-aaaa-4aaa-8aaa-000000000001"
USER = "55555555-eeee-4eee-8eee-000000000002"
CLIENT = "33333333-cccc-4ccc-8ccc-000000000003"
NAME = "partner-integration@contoso.com"
MADE = datetime(2025, 1, 1, tzinfo=UTC)
NOT_READ = ServiceRefusal("graph", "Authorization_RequestDenied", "", "no", status=403)
Raised = Sequence[Exception]


class Stub(Services):
    """Graph, and who signs in to it: each call raises what is waiting for it, else answers."""

    def __init__(self, raised: Mapping[str, Raised] | None = None) -> None:
        self.cloud = built_in_clouds()["global"]
        self.raised = {name: list(troubles) for name, troubles in (raised or {}).items()}
        self.calls: list[str] = []
        self.tenants: list[str] = []
        self.shows_code = False
        self.claims: Mapping[str, Any] = {}
        self.next_links: list[str] = []
        self.bodies: dict[str, JsonObject] = {}
        self.lists: dict[str, tuple[JsonObject, ...]] = {}
        self.unread: dict[str, Why] = {}
        for each in ("graph", "entra"):
            setattr(self, each, self)

    def _called(self, name: str) -> None:
        self.calls.append(name)
        if waiting := self.raised.get(name):
            raise waiting.pop(0)

    def graph_token(self, identity: str, tenant_id: str, prompts: SignInPrompts | None = None) -> Secret:
        self.tenants.append(tenant_id)
        if self.shows_code and prompts:
            prompts.show_code("https://microsoft.com/devicelogin", "ABCD1234X", MADE)
        self._called("sign in")
        return Secret(signed(self.claims) if self.claims else f"token of {identity}")

    def acquire_app_token(self, *_names: object) -> Secret:
        self._called("app")
        return Secret("token of the app")

    def read_object(self, token: Secret, question: Question) -> JsonObject | Unread:
        self._called(f"{question.what} by {token.reveal()}")
        if question.path in self.unread:
            return Unread(question, self.unread[question.path], NOT_READ)
        return self.bodies.get(question.path, {"id": "33333333-cccc-4ccc-8ccc-000000000033", "displayName": "Ours"})

    def read_page(self, token: Secret, question: Question, link: str = "") -> Page | Unread:
        self._called(f"{question.what} by {token.reveal()}")
        if question.path in self.unread:
            return Unread(question, self.unread[question.path], NOT_READ)
        items = self.lists.get(question.path, ())
        return Page(items, self.next_links.pop(0) if self.next_links else "")


def onboarding(stub: Stub, identity: str = "cli", **answers: Any) -> Onboarding:
    given = {"client_id": CLIENT, "integration_user": NAME, "graph_identity": identity, "credential": "none"}
    emitted: list[Event] = []
    made = Onboarding(Answers(**(given | answers)), stub, StillClock(), Cancel(), emitted.append)
    made.facts = Facts(tenant_id=TENANT)
    return made


def told_by(here: Onboarding) -> list[Event]:
    return cast("list[Event]", getattr(here.emit, "__self__"))  # noqa: B009  # the list whose append it is


def found(stub: Stub, identity: str = "cli") -> Finding:
    return check_graph_identity(onboarding(stub, identity))


# --- the identity ---------------------------------------------------------------------------------------------------


def test_it_signs_in_in_the_partner_tenant_and_is_named() -> None:
    stub = Stub()

    finding = found(stub)

    assert (finding.outcome, finding.message) == (Outcome.HOLDS, "The Graph identity (az login) can sign in to Graph.")
    assert stub.tenants == [TENANT]


def test_a_refused_sign_in_is_said_of_the_graph_identity_with_its_code() -> None:
    said = "AADSTS530035: Access has been blocked by security defaults."
    finding = found(Stub({"sign in": [ServiceRefusal("graph", "", "no_identity", said)]}), "device-code")

    assert finding.outcome is Outcome.FAILS
    assert "The Graph identity (sign in with a code) could not sign in" in finding.message
    assert (finding.code, finding.evidence["service_said"]) == ("AADSTS530035", said)
    assert finding.who == (Who.OPERATOR,)
    assert GRAPH_CHECK.fields_at_fault(finding) == ("graph_identity",)


@pytest.mark.parametrize(
    "trouble",
    [
        ServiceRefusal("graph", "", "no_identity", "nobody is signed in to it"),
        Unanswered("login.microsoftonline.com", Trouble.ANSWER, "answered with a web page", None),
    ],
)
def test_a_sign_in_that_failed_is_said_once_and_tried_once_in_a_run(trouble: Exception) -> None:
    stub = Stub({"sign in": [trouble]})
    here = onboarding(stub)

    assert check_graph_identity(here).outcome in (Outcome.FAILS, Outcome.UNKNOWN)
    assert graph_token(here) is None
    assert known_registration(here) is None
    assert stub.calls == ["sign in"]

    here.memory.forget_probes()
    assert check_graph_identity(here).outcome is Outcome.HOLDS, "the next run asks again"


@pytest.mark.parametrize(("identity", "sign_ins"), [("browser", 1), ("device-code", 1), ("cli", 2)])
def test_a_person_who_did_not_sign_in_is_asked_by_no_later_step(identity: str, sign_ins: int) -> None:
    """Each wait takes up to a quarter of an hour; what asks nobody is tried again."""
    refusal = ServiceRefusal("graph", "", "no_identity", "no_answer: nobody has signed in in time")
    stub = Stub({"sign in": [refusal, refusal]})
    here = onboarding(stub, identity)
    assert check_graph_identity(here).outcome is Outcome.FAILS

    here.memory.forget_probes()
    assert graph_token(here) is None
    assert stub.calls == ["sign in"] * sign_ins

    stub.raised.clear()
    here.memory.forget_probes()
    assert check_graph_identity(here).outcome is Outcome.HOLDS, "its own check asks again"


def test_another_person_is_asked_where_another_identity_is_chosen() -> None:
    stub = Stub({"sign in": [ServiceRefusal("graph", "", "no_identity", "AADSTS530035: Access has been blocked.")]})
    here = onboarding(stub, "device-code")
    assert check_graph_identity(here).outcome is Outcome.FAILS

    here.memory.forget_probes()
    here.answers = replace(here.answers, graph_identity="browser")
    assert graph_token(here) == Secret("token of browser")


FABRIKAM = "22222222-bbbb-4bbb-8bbb-000000000002"


def test_an_identity_of_another_tenant_is_named_and_nothing_is_read_as_it() -> None:
    """A managed identity signs in to its own tenant, whichever is asked for."""
    stub = Stub()
    stub.claims = {"tid": FABRIKAM, "oid": USER}
    here = onboarding(stub, "managed")

    finding = check_graph_identity(here)

    assert (finding.outcome, finding.title) == (Outcome.FAILS, "The Graph identity belongs to another tenant")
    assert finding.evidence["tenant_id"] == FABRIKAM
    assert TENANT in finding.remedy
    assert graph_token(here) is None
    assert known_registration(here) is None
    assert stub.calls == ["sign in"]


@pytest.mark.parametrize("claims", [{"tid": TENANT.upper()}, {}, {"tid": None}])
def test_a_token_of_this_tenant_or_one_that_does_not_say_is_taken(claims: dict[str, Any]) -> None:
    stub = Stub()
    stub.claims = claims

    assert found(stub).outcome is Outcome.HOLDS


def test_a_host_out_of_reach_is_could_not_tell() -> None:
    with pytest.raises(Unreachable):
        found(Stub({"sign in": [Unreachable("login.microsoftonline.com", Trouble.NAME, "does not resolve")]}))


def test_its_code_is_told_as_graphs_and_goes_when_it_is_used() -> None:
    stub = Stub()
    stub.shows_code = True
    here = onboarding(stub, "device-code")

    check_graph_identity(here)

    shown, over = [each for each in told_by(here) if isinstance(each, DeviceCodePrompt | PromptClosed)]
    assert isinstance(shown, DeviceCodePrompt)
    assert (shown.purpose, shown.account, shown.user_code) == ("graph", "", "ABCD1234X")
    assert over == PromptClosed("the code is used")


def test_without_one_the_app_itself_reads_graph_and_nothing_is_asked_of_an_identity() -> None:
    stub = Stub()
    here = onboarding(stub, "none", credential="secret", client_secret=Secret("aBc8Q~dEfGhIjKlMnOpQrStUvWxYz"))

    assert known_registration(here) is not None
    assert stub.calls == ["app", "the registration by token of the app"]
    assert GRAPH_CHECK.skipped_because(here) == "no Graph identity is chosen"


def test_with_one_graph_is_read_as_it() -> None:
    stub = Stub()
    here = onboarding(stub, credential="secret", client_secret=Secret("aBc8Q~dEfGhIjKlMnOpQrStUvWxYz"))

    assert known_registration(here) is not None
    assert stub.calls == ["sign in", "the registration by token of cli"]
    assert GRAPH_CHECK.skipped_because(here) == ""


def test_a_busy_graph_is_waited_for_and_then_could_not_be_told() -> None:
    busy = [Busy("graph.microsoft.com", 429, None) for _ in range(5)]
    found = read_registration(onboarding(Stub({"the registration by token of cli": busy})))

    assert isinstance(found, Unread)
    assert found.why is Why.THROTTLED


def test_the_same_identities_are_offered_as_for_the_vault_and_none() -> None:
    of_vault = next(field for field in VAULT_FIELDS if field.key == "vault_identity")

    assert CSP.fields["graph_identity"] is GRAPH_FIELD
    assert GRAPH_IDENTITY_CHOICES[0][0] == "none"
    assert {each for each, _ in GRAPH_IDENTITY_CHOICES} == {"none", "browser", *(each for each, _ in of_vault.choices)}
    assert GRAPH_FIELD.error("mine").startswith("expected one of none, default")


def test_an_answers_file_names_it(tmp_path: Any) -> None:
    answers, given = parse_answers({"graph": {"identity": "cli"}}, tmp_path, {})

    assert (answers.graph_identity, given) == ("cli", {"graph_identity"})


class Grant:
    """A device code grant that keeps what it was asked for, and refuses."""

    def __init__(self) -> None:
        self.asked: list[tuple[object, ...]] = []

    def request(self, *names: object) -> DeviceCode:
        self.asked.append(names)
        raise ServiceRefusal("entra", "AADSTS530035", "invalid_grant", "Access has been blocked by security defaults.")


def nobody_asked() -> SignInPrompts:
    def sign_in_in_browser(*_asked: str) -> TokenResponse:
        raise AssertionError("no browser is asked for")

    return SignInPrompts(lambda *_code: None, sign_in_in_browser, lambda _event: None)


def real_services() -> Services:
    return Services(built_in_clouds()["global"], SystemClock(), Cancel())


def test_a_code_for_graph_is_asked_for_as_graphs_command_line_tools() -> None:
    services, grant = real_services(), Grant()
    services.device_codes = grant  # type: ignore[assignment]

    with pytest.raises(ServiceRefusal) as refused:
        services.graph_token("device-code", TENANT, nobody_asked())

    ((tenant, client, scope, *_rest),) = grant.asked
    assert (tenant, client) == (TENANT, "14d82eec-204b-4c2f-b7e8-296a70dab67e")
    assert scope == "https://graph.microsoft.com/.default"
    assert (refused.value.service, refused.value.error) == ("graph", "no_identity")
    assert "AADSTS530035" in refused.value.description


class Raising:
    """A credential that cannot give a token."""

    def __init__(self, error: Exception) -> None:
        self.error = error

    def get_token(self, *_scopes: str, **_options: Any) -> Any:
        raise self.error


def with_status(status: int) -> HttpResponseError:
    error = HttpResponseError("as the test says")
    error.status_code = status
    return error


@pytest.mark.parametrize(
    ("error", "kind"),
    [
        (ClientAuthenticationError("AzureCliCredential: Please run 'az login'"), ServiceRefusal),
        (with_status(400), ServiceRefusal),
        (with_status(429), Busy),
        (with_status(503), Busy),
        (ServiceRequestError("as the test says"), Unreachable),
        (KeyError("access_token"), Unreachable),
    ],
)
def test_what_azure_identity_raises_is_one_of_our_errors(error: Exception, kind: type[Exception]) -> None:
    http = Http(built_in_clouds()["global"], SystemClock(), Cancel())

    with pytest.raises(kind):
        access_token(http, Raising(error), "https://graph.microsoft.com/.default", TENANT, GRAPH)
