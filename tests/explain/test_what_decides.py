"""What a text itself says decides: its later sentence, the exception that is wrapped, and what worked before."""

from __future__ import annotations

from datetime import UTC, datetime
from urllib.parse import quote_plus

import pytest

from wizard.catalogue import Diagnosis, explain, send_to
from wizard.core.findings import Retry, Who
from wizard.explain import explain_text

NOW = datetime(2026, 11, 21, 10, 0, tzinfo=UTC)
TENANT = "22222222-bbbb-4bbb-8bbb-000000000001"
OTHER = "22222222-bbbb-4bbb-8bbb-000000000002"
TRACE = "33333333-cccc-4ccc-8ccc-000000000003"
MIXED = "The request mixes scopes that do not go together"


def only(text: str) -> Diagnosis:
    """The one diagnosis of a text."""
    (diagnosis,) = explain_text(text, NOW).diagnoses
    return diagnosis


# --- what passes ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "code", ["50000", "50033", "50087", "70012", "80005", "90006", "90012", "90024", "90033", "90055", "90090", "90091"]
)
def test_what_microsoft_documents_as_its_own_passing_fault_is_tried_again_and_goes_to_support(code: str) -> None:
    told = explain("entra", code)

    assert told.retry in (Retry.YES, Retry.WAIT)
    assert Who.MICROSOFT in told.who
    assert "Microsoft support" in told.actions[-1]
    assert "correlation ID" in told.actions[-1]


@pytest.mark.parametrize("code", ["50007", "50143", "80014", "90036"])
def test_what_microsoft_documents_as_a_case_for_support_goes_there(code: str) -> None:
    assert Who.MICROSOFT in explain("entra", code).who
    assert "Microsoft support" in explain("entra", code).actions[-1]


@pytest.mark.parametrize("before", ["temporarily_unavailable: ", "error 'temporarily_unavailable' (", "server_error, "])
def test_an_unknown_number_that_came_as_a_passing_fault_may_pass(before: str) -> None:
    assert explain_text(f"Sign-in: {before}AADSTS7999991", NOW).diagnoses[0].retry is Retry.WAIT
    assert explain_text(f"Sign-in: {before} for a while.\n\nAADSTS7999991", NOW).diagnoses[0].retry is None


# --- told once -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "text",
    [
        "error=access_denied\n\nAADSTS65004: User declined to consent to access the app.",
        "The callback got error=access_denied&state=abc\n\nAADSTS65004: User declined to consent to access the app.",
        "error=invalid_request\n\nAADSTS900144: The request body must contain the following parameter: 'scope'.",
        "Came back: error=access_denied\n\n\n/cb?error=access_denied&error_description=AADSTS65004%3a+User+declined.",
    ],
)
def test_a_bare_class_of_oauth_beside_its_number_is_no_second_refusal(text: str) -> None:
    assert only(text).code.startswith("AADSTS")


@pytest.mark.parametrize("name", ["invalid_grant", "unauthorized_client", "access_denied"])
def test_a_class_in_a_title_is_of_the_number_far_below_it(name: str) -> None:
    story = "The job reads a mailbox and keeps what it finds.\n" * 60
    number = "AADSTS700082: The refresh token has expired due to inactivity."

    assert only(f"{name} in our job\n\n{story}\n\n{number}").code == "AADSTS700082"
    listed = explain_text(f"1. {name} in our job\n{story}\n\n2. {number}", NOW).diagnoses
    assert len(listed) == (1 if name == "access_denied" else 2)


def test_a_bare_class_without_a_number_is_told() -> None:
    assert only("error=access_denied").code == "access_denied"


def test_an_address_that_came_back_without_a_number_is_told_beside_another_services_answer() -> None:
    text = '{"error":{"code":"Authorization_RequestDenied","message":"Insufficient."}}\n\nhttps://a.example/?error=invalid_scope&state=b'

    assert len(explain_text(text, NOW).diagnoses) == 2


def test_one_answer_as_a_line_and_as_json_that_is_cut_is_counted_once() -> None:
    said = f"AADSTS7000222: The provided client secret keys are expired.\\r\\nTrace ID: {TRACE}\\r\\nX"
    plain = f"failed! invalid_client: {said}".replace("\\r\\n", "\n")
    end = '"error_codes":[7000222],"timestamp":"2026-11-21 10:00:00Z","trace_id":"3333'
    body = f'{{"error":"invalid_client","error_description":"{said}",{end}'

    assert only(f"{plain}\n{body}").count == 1
    assert only(f"{plain}\n{plain.replace(TRACE, OTHER)}").count == 2
    assert only(f"AADSTS7000222 came: {plain}").count == 1


# --- an address that is cut ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "name", ["'Fabrikam Mail'", '"Fabrikam Mail"', "Anna's mail", "('Fabrikam')", "'Fabrikam', 'Contoso'"]
)
@pytest.mark.parametrize("place", ["https://app.example/cb?", "x://auth#", ""])
@pytest.mark.parametrize("behind", ["", " is what it said", "&state=12345\nmore"])
def test_a_quotation_mark_in_a_description_does_not_end_its_address(name: str, place: str, behind: str) -> None:
    said = f"AADSTS65004: User declined to use {name} here.\r\nTrace ID: {TRACE}\r\n"
    encoded = quote_plus(said, safe="'\"(),")

    told = only(f"It ended on {place}error=access_denied&error_description={encoded}{behind}")

    assert told.ids.trace_id == TRACE
    assert told.service_text == f"User declined to use {name} here."


@pytest.mark.parametrize("mark", ["'", '"'])
@pytest.mark.parametrize("behind", [">Back</a>", ", next", " target=x", ")"])
def test_the_mark_around_an_address_ends_it(mark: str, behind: str) -> None:
    address = "https://app.example/cb?error=access_denied&error_description=AADSTS65004%3a+User+declined"

    assert only(f"href={mark}{address}{mark}{behind}").service_text == "User declined"


def test_a_form_on_the_next_line_is_no_rest_of_the_first() -> None:
    told = only("error=access_denied\nlanding?error=access_denied&error_description=AADSTS65004%3a+User+declined.")

    assert ("error", "access_denied") in told.evidence or told.service_text == "User declined."
    assert "landing" not in str(told.evidence)


# --- one number, several sentences ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("sentence", "quoted"),
    [
        (".default scope can't be combined with resource-specific scopes.", ".default scope can't be combined"),
        (
            "The scope https://a.example/.default https://b.example/.default is not valid.",
            "The scope https://a.example/.default https",
        ),
        ("The scopes are not compatible with each other.", "The scopes are not compatible"),
    ],
)
@pytest.mark.parametrize("ids", ["", f" Trace ID: {TRACE} Timestamp: 2026-11-21 10:00:00Z"])
def test_a_later_sentence_tells_the_cause_and_is_quoted(sentence: str, quoted: str, ids: str) -> None:
    first = "The provided request must include a 'scope' input parameter. The value is not valid."
    told = only(f"AADSTS70011: {first} {sentence}{ids}")

    assert told.title == MIXED
    assert quoted in told.service_text
    assert ids or told.service_text.startswith(quoted)


@pytest.mark.parametrize(
    "scope", ["https://a.example/.default", "https://a.example/Mail.Read https://a.example/User.Read openid", "flux"]
)
def test_one_api_in_a_scope_is_no_mixture(scope: str) -> None:
    assert only(f"AADSTS70011: The scope {scope} is not valid.").title == explain("entra", "70011").title


def test_a_persons_own_sentence_is_not_quoted_as_the_deciding_one() -> None:
    told = only("AADSTS70011: The scope is not valid. In our app the scopes are not compatible with each other.")

    assert told.service_text == "The scope is not valid."


def test_no_applicable_permission_is_about_the_scope() -> None:
    told = only("AADSTS90023: No applicable permissions were found for this account.")

    assert "scope" in told.title
    assert told.actions[0].startswith("Name the delegated permissions")


# --- head lines ----------------------------------------------------------------------------------------------------

SILENT = "ManagedIdentityCredential authentication unavailable, no response from the IMDS endpoint."


@pytest.mark.parametrize(
    ("text", "title"),
    [
        (SILENT, "The managed identity's endpoint did not answer"),
        (
            "http://169.254.169.254/metadata/identity: No route to host",
            "The managed identity's endpoint did not answer",
        ),
        ("ManagedIdentityCredential: Identity not found", "That managed identity is not assigned to this machine"),
        (f"It worked until Monday. {SILENT}", "The managed identity's endpoint may not answer in time"),
        (f"For the first two hours it is fine.\n{SILENT}", "The managed identity's endpoint may not answer in time"),
        (f"It fails intermittently: {SILENT}", "The managed identity's endpoint may not answer in time"),
    ],
)
def test_no_answer_and_no_identity_are_told_apart_and_what_worked_before_is_heard(text: str, title: str) -> None:
    assert only(text).title == title


# --- the exception inside ------------------------------------------------------------------------------------------

WRAPPER = "MsalCachePersistenceException: Persistence check failed. Inspect inner exception for details"


@pytest.mark.parametrize(
    "inner",
    [
        "InnerException :\n   Type : System.DllNotFoundException\n   Message : {}\n   HResult : 1",
        " ---> System.DllNotFoundException: {}\n   at Storage.Write()",
        "Inner exception: {}",
    ],
)
def test_the_wrapped_exception_is_quoted_and_decides(inner: str) -> None:
    said = "Unable to load shared library 'libsecret-1.so.0' or one of its dependencies."
    told = only(f"{WRAPPER}\n{inner.format(said)}")

    assert told.service_text == said
    assert told.title == "The keyring's library on Linux cannot be loaded"


def test_a_wrapped_exception_that_is_not_there_leaves_the_programs_own_words() -> None:
    assert only(f"{WRAPPER}.").service_text == "Persistence check failed"


@pytest.mark.parametrize(
    ("text", "is_said"), [("Persistence check failed", False), ("az login: Persistence check failed", True)]
)
def test_the_azure_clis_cache_is_cleared_only_where_the_text_names_it(text: str, is_said: bool) -> None:
    assert ("`az account clear`" in only(text).remedy) is is_said


# --- codes that are not known --------------------------------------------------------------------------------------


def test_of_another_services_unknown_code_nothing_is_claimed_but_its_sentence() -> None:
    told = only(
        '{"error":{"code":"FluxError","message":"The remote flux is invalid."}}\nGET https://graph.microsoft.com/v1.0/me'
    )

    assert told.actions[0].startswith("Go by its own sentence")
    assert "app registration" not in f"{told.cause} {told.remedy}"
    assert told.retry is None
    assert "support" in send_to(told)


@pytest.mark.parametrize(
    ("code", "who", "words"),
    [
        ("50048", Who.OPERATOR, "`iss` and `sub`"),
        ("900941", Who.ADMIN, "consent"),
        ("501621", Who.INTEGRATION_USER, "claims"),
    ],
)
def test_names_that_microsoft_explains_have_guidance(code: str, who: Who, words: str) -> None:
    told = explain("entra", code)

    assert told.who[0] is who
    assert words in told.cause


# --- the tenant ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "said",
    [
        f"Falscher Aussteller https://sts.windows.net/{OTHER}/. Nutzen Sie https://login.windows.net/{TENANT}.",
        f"The token is wrong. Tenant ID: {TENANT}",
        f"The token is wrong. tenantId={TENANT}",
        f"The token is wrong. It must match the tenant 'https://sts.windows.net/{TENANT}/'.",
    ],
)
def test_a_tenant_that_the_text_names_fills_the_command(said: str) -> None:
    told = only(f'{{"error":{{"code":"InvalidAuthenticationTokenTenant","message":"{said}"}}}}')

    assert f"`az login --tenant {TENANT}`" in told.remedy


def test_the_issuer_of_personal_accounts_is_known_in_any_language() -> None:
    said = f"Aussteller https://sts.windows.net/f8cdef31-a31e-4b4a-93e4-5f571e91255a/ und https://login.windows.net/{TENANT}"
    told = only(f'{{"error":{{"code":"InvalidAuthenticationTokenTenant","message":"{said}"}}}}')

    assert told.title == "The token is of personal accounts' own tenant"
