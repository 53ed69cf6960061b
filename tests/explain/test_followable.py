"""What is advised can be followed: no ID or code is asked for that did not come, and no error is passed over."""

from __future__ import annotations

import json
import re
from datetime import UTC, datetime

import pytest

from wizard.catalogue.recipients import send_to
from wizard.core.findings import Retry, Who
from wizard.explain import explain_text

NOW = datetime(2026, 11, 21, 10, 0, tzinfo=UTC)
TRACE = "33333333-cccc-4ccc-8ccc-000000000003"
OTHER = "33333333-cccc-4ccc-8ccc-000000000004"
REFUSED_VALUES = [
    "The provided value 'monthlyish' is not a valid BillingCycleType.",
    "'quantity' is required.",
    "The field OfferId must be a string that is not empty.",
]


@pytest.mark.parametrize("sentence", REFUSED_VALUES)
@pytest.mark.parametrize("code", [0, None])
def test_a_sentence_without_a_code_decides_and_nothing_is_looked_up(sentence: str, code: int | None) -> None:
    body = json.dumps({"code": code, "description": sentence, "data": [], "source": "PartnerFD"})

    (told,) = explain_text(f"Submit-PCOrder : {body}\nAt C:\\jobs\\order.ps1:12 char:3", NOW).diagnoses

    assert told.service_text == sentence
    assert told.retry is Retry.AFTER_FIX
    assert told.who[0] is Who.OPERATOR
    assert Who.MICROSOFT not in told.who
    assert not re.search(r"[Ll]ook up|\bcode\b(?! of the request)|ID\b", told.remedy.replace("OfferId", ""))


@pytest.mark.parametrize(
    "text",
    [
        "AADSTS90033: A transient error has occurred. Please try again.",
        "AADSTS50033: A transient error occurred while the job ran at night.",
        "The job of tonight says code_not_taken for the device code of our partner.",
    ],
)
def test_an_id_that_did_not_come_is_asked_for_of_a_new_attempt_alone(text: str) -> None:
    without = explain_text(f"The nightly job stopped with this:\n{text}", NOW).diagnoses[0]
    given = explain_text(f"The nightly job stopped with this:\n{text} Trace ID: {TRACE}", NOW).diagnoses[0]

    for act in without.actions:
        assert "correlation ID" not in act or act.endswith("this text has no ID, a new attempt gives one."), act
    assert not any("new attempt gives" in act for act in given.actions)


def test_a_code_that_somebody_typed_keeps_the_advice_about_its_ids() -> None:
    (told,) = explain_text("AADSTS90033", NOW).diagnoses

    assert not any("this text" in act for act in told.actions)
    assert any("correlation ID" in act for act in told.actions)


@pytest.mark.parametrize("kind", ["null", "an empty string", "an empty array", "an empty collection"])
def test_an_empty_parameter_is_told_by_its_name_beside_a_later_error(kind: str) -> None:
    text = (
        f"Get-Report : Cannot bind argument to parameter 'CustomerTenant' because it is {kind}.\n"
        "At C:\\jobs\\report.ps1:4 char:9\n    + CategoryInfo : InvalidData\n"
        "    + FullyQualifiedErrorId : Empty,Get-Report\n\n"
        "Get-MgUser : Insufficient privileges to complete the operation.\nAt C:\\jobs\\report.ps1:9 char:1\n"
        "    + CategoryInfo : InvalidOperation\n    + FullyQualifiedErrorId : Authorization_RequestDenied\n"
    )

    told = explain_text(text, NOW).diagnoses

    (empty,) = (each for each in told if "empty value" in each.title)
    assert "CustomerTenant" in empty.cause
    assert any(each.code == "Authorization_RequestDenied" for each in told)


def test_a_further_error_that_is_not_known_is_mentioned_and_one_that_follows_from_it_is_not() -> None:
    known = (
        "Get-MgUser : Insufficient privileges to complete the operation.\nAt C:\\a.ps1:1 char:1\n"
        "    + CategoryInfo : InvalidOperation\n    + FullyQualifiedErrorId : Authorization_RequestDenied\n"
    )
    other = "{} : {}\nAt C:\\a.ps1:2 char:1\n    + CategoryInfo : NotSpecified\n    + FullyQualifiedErrorId : Other\n"
    unknown = other.format("Import-Ledger", "The ledger's spindle has no quorum for the lattice.")
    consequence = other.format("Export-Ledger", "You cannot call a method on a null-valued expression.")

    notes = explain_text(f"{known}{unknown}{consequence}", NOW).notes

    assert [note for note in notes if "Another error" in note] == [
        "Another error in it is not known here: “Import-Ledger : The ledger's spindle has no quorum for the lattice.”"
    ]
    assert not any("Another error" in note for note in explain_text(f"{known}{consequence}", NOW).notes)


@pytest.mark.parametrize(
    ("line", "retry"),
    [
        ("503 : Exception of type 'Microsoft.Graph.Models.ODataErrors.ODataError'", Retry.WAIT),
        ("Status: 500 Exception of type 'Microsoft.Graph.ServiceException' was thrown.", Retry.WAIT),
        ("429 | Exception of type 'Microsoft.Graph.Models.ODataErrors.ODataError' was thrown.", Retry.WAIT),
        ("(404) Exception of type 'Microsoft.Graph.Models.ODataErrors.ODataError' was thrown.", Retry.AFTER_FIX),
    ],
)
def test_a_status_in_the_line_of_an_exception_that_hides_the_answer_is_read(line: str, retry: Retry) -> None:
    (told,) = explain_text(f"Creating an access assignment with SDK v5.12.0 gives\n{line}", NOW).diagnoses

    assert told.retry is retry
    assert "permission" not in told.remedy


@pytest.mark.parametrize(
    "line",
    [
        "Publish : 2026-03-02 10:12:21 : build.agent : 500 | Internal Server Error",
        "Der Remoteserver hat einen Fehler zurückgegeben: (500) Interner Serverfehler.",
        "Serwer zdalny zwrócił błąd: (502) Zła brama.",
    ],
)
def test_a_status_of_the_services_side_is_the_service_named_nearest(line: str) -> None:
    text = (
        f"{line}\nInternalServerError : the operation failed.\nMS-CorrelationId: {TRACE}\nAt C:\\store.psm1:19 char:9"
    )

    (told,) = explain_text(text, NOW).diagnoses
    alone = explain_text(f"The upload stops at night.\n{line}", NOW).diagnoses[0]

    assert (told.service, told.ids.correlation_id, told.retry) == ("partner_center", TRACE, Retry.WAIT)
    assert (alone.service, alone.retry) == ("network", Retry.WAIT)
    assert Who.MICROSOFT in told.who


def test_a_connection_closed_on_a_send_is_of_tls_and_a_machine_where_it_works_is_heard() -> None:
    sentence = "The underlying connection was closed: An unexpected error occurred on a send."

    alone = explain_text(f"Connect-PartnerCenter : {sentence}", NOW).diagnoses[0]
    other = explain_text(f"On my laptop it works fine on another PC.\nInvoke-WebRequest : {sentence}", NOW).diagnoses[0]

    for told in (alone, other):
        assert "Tls12" in told.remedy
        assert told.retry is Retry.AFTER_FIX
        assert "during the answer" not in told.title
    assert "Elsewhere it works" in other.title


def test_ids_of_a_librarys_own_request_are_not_mixed_with_those_of_entra() -> None:
    ids = f"Trace ID: {TRACE} Correlation ID: {TRACE} Timestamp: 2026-03-02 10:00:00Z"
    said = f"7000216 - [2026-03-02 10:00:00Z]: AADSTS7000216: 'client_secret' is required. {ids} - - "
    body = {"errorCode": "invalid_client", "errorMessage": said, "correlationId": OTHER}

    (told,) = explain_text(json.dumps(body), NOW).diagnoses

    assert (told.ids.correlation_id, told.ids.trace_id) == (TRACE, TRACE)
    assert told.service_text == "'client_secret' is required."


@pytest.mark.parametrize(
    ("text", "never"),
    [
        (
            "acquireTokenByClientCredential failed after the update: AADSTS7000216: 'client_secret' is required.",
            "in the body",
        ),
        (
            "Wiki admin page, test connection: AADSTS1002012: The provided value for scope profile is not valid.",
            "nobody else",
        ),
    ],
)
def test_a_request_that_a_library_or_a_program_makes_is_not_advised_to_be_written_by_hand(
    text: str, never: str
) -> None:
    (told,) = explain_text(text, NOW).diagnoses

    assert never not in f"{told.remedy} {send_to(told)}"
    assert re.search(r"library|program", told.actions[0])


def test_the_quote_of_an_unknown_error_is_its_line_and_not_the_account_of_who_pasted_it() -> None:
    text = (
        "Recently the wizard caused a failure error of kind 1201 and since then it fails with an error.\n\n```\n"
        "SpindleError : the lattice has no quorum.\nAt C:\\jobs\\a.psm1:1 char:9\n```\n"
    )

    assert "“SpindleError : the lattice has no quorum.”" in explain_text(text, NOW).notes[0]
