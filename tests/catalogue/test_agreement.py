"""What a service's own sentence says goes before what its code usually means, where the two differ."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from wizard.catalogue import explain, explain_refusal
from wizard.core.errors import ServiceRefusal
from wizard.core.findings import Retry
from wizard.explain import explain_text

NOW = datetime(2026, 11, 21, 10, 0, tzinfo=UTC)
FIRST = "its own sentence says why"


def test_a_sentence_about_something_else_than_its_code_goes_first_and_the_usual_cause_after_it() -> None:
    told = explain_refusal(
        ServiceRefusal("entra", "AADSTS7000112", "", "The flux capacitor of this workload must contain a polarity.")
    )

    assert FIRST in told.title
    assert told.cause.startswith("Its own sentence says what the request lacks.")
    assert "AADSTS7000112 usually means: the app is disabled" in told.cause
    assert told.actions[0].startswith("Send what the sentence names")
    assert told.actions[1].startswith("If it is the usual cause: ")


@pytest.mark.parametrize(
    "sentence",
    [
        "Application 'x'(Contoso onboarding) is disabled.",
        "The application was disabled by an administrator of the organization named Fabrikam Holding.",
        "Flux.",
        "",
    ],
)
def test_a_sentence_that_agrees_or_says_nothing_leaves_what_the_code_means(sentence: str) -> None:
    told = explain_refusal(ServiceRefusal("entra", "AADSTS7000112", "", sentence))

    assert told.title == explain("entra", "AADSTS7000112").title


def test_a_status_that_says_nothing_gives_way_to_a_sentence_that_says_why() -> None:
    told = explain_refusal(ServiceRefusal("graph", "", "", "The flux polarity was not specified.", status=403))

    assert FIRST in told.title
    assert "does not say why" not in f"{told.title} {told.cause}"


@pytest.mark.parametrize("sentence", ["Access denied.", "The remote server returned an error: (403) Forbidden."])
def test_a_sentence_that_only_refuses_again_is_no_reason(sentence: str) -> None:
    told = explain_refusal(ServiceRefusal("graph", "", "", sentence, status=403))

    assert told.title == explain("graph", "http_403").title


def test_a_line_of_a_paste_is_not_taken_for_the_services_sentence() -> None:
    said = "Authorization_RequestDenied, while the flux capacitor must contain polarity signs of every workload"

    assert FIRST not in explain_text(f"{said} (graph.microsoft.com)", NOW).diagnoses[0].title


def test_a_service_that_says_that_it_passes_makes_trying_again_worth_it() -> None:
    told = explain_refusal(
        ServiceRefusal("graph", "Request_BadRequest", "", "The property is being changed. Please try again later.")
    )

    assert told.retry is Retry.WAIT
    assert "wait some minutes" in told.actions[-1]
