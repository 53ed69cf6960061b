"""Of an error that is not known it is said what it looks like, what it names and what would help, and no secret."""

from __future__ import annotations

import re
from datetime import UTC, datetime

import pytest

from wizard.explain import explain_text

NOW = datetime(2026, 11, 21, 10, 0, tzinfo=UTC)
CORRELATION = "0a1b2c3d-0000-4111-8222-333344445555"
CONSOLE = f"""PS C:\\> Get-ContosoTenant
Get-ContosoTenant : Something strange failed in the service.
At line:1 char:1
    + CategoryInfo          : OperationStopped: (:) [Get-ContosoTenant], WeirdException
Correlation ID: {CORRELATION}
"""


def notes_of(text: str) -> str:
    """What is said of a text in which nothing is explained."""
    explanation = explain_text(text, NOW)
    assert explanation.diagnoses == ()
    return " ".join(explanation.notes)


def test_the_line_that_looks_like_the_error_is_quoted_and_what_it_names_is_listed() -> None:
    notes = notes_of(CONSOLE)

    assert "“Get-ContosoTenant : Something strange failed in the service.”" in notes
    assert "WeirdException" in notes
    assert f"correlation id {CORRELATION}" in notes


@pytest.mark.parametrize(
    ("text", "helps"),
    [
        (CONSOLE, "$Error[0] | Format-List"),
        ("$ az contoso show\nERROR: The widget of Contoso could not be shown.", "--debug"),
        ("terraform apply\nError: the widget is missing in the plan", "TF_LOG=DEBUG"),
        ("Contoso.WidgetException: The widget is not valid now.", "inner ones"),
        ("https://api.contoso.com/widgets said: the widget was rejected today", "body of the answer"),
        ("The page says that the widget was rejected today.", "which program or page"),
        ("The browser was sent to our callback, where the widget was rejected.", "the whole address of the page"),
        ("contoso.io.WidgetError: IOException: the widget is not valid", "there is no ID"),
    ],
)
def test_what_would_help_depends_on_the_program(text: str, helps: str) -> None:
    assert helps in notes_of(text)


def test_ids_are_asked_for_only_where_there_are_none() -> None:
    asked = "the correlation or request ID, and the time"

    assert asked not in notes_of(CONSOLE)
    assert asked in notes_of("Contoso.WidgetException: The widget is not valid now.")


def test_the_message_in_json_goes_before_other_lines() -> None:
    text = '{"widget": {"message": "The widget of Contoso is not valid for this."}}\nError: failed, see above'

    assert "“The widget of Contoso is not valid for this.”" in notes_of(text)


@pytest.mark.parametrize(
    "secret", ["Tr0ub4dor-3-horse", "d41d8cd98f00b204e9800998ecf8427e", "hT4/made+UpFor9TheTest0="]
)
@pytest.mark.parametrize(
    "text",
    ["Error: the widget {} is not valid now.", "Widget failed: password={} x", "cannot open {} for WidgetException"],
)
def test_what_may_be_a_secret_is_masked_in_the_quote(secret: str, text: str) -> None:
    assert secret not in notes_of(text.format(secret))


@pytest.mark.parametrize(
    "line",
    [
        "contoso.log:2026-11-21 10:10:30,182 WARN [SmtpWidget-45344] contoso.widgets.kept.A365Widget - widget failed",
        "2026-11-21T10:10:30.182Z ERROR [Worker-7] the widget is not valid now",
    ],
)
def test_what_a_log_puts_in_front_of_its_lines_is_no_secret(line: str) -> None:
    assert f"“{line}”" in notes_of(line)


@pytest.mark.parametrize("secret", ["Summer-2026", "abcdef.Gh12Ij34kl", "2026-Tr0ub4dor", "[Tr0ub4dor-3]"])
def test_a_secret_that_looks_nearly_like_a_part_of_a_log_is_masked(secret: str) -> None:
    assert secret not in notes_of(f"Error: the widget {secret} is not valid now.")


def test_the_error_that_somebody_quotes_goes_before_the_sentence_that_tells_of_it() -> None:
    told = "After the link was clicked it returns the following error and does not go on."

    assert '“"The widget was gone. Go back to Contoso."”' in notes_of(
        f'{told}\n"The widget was gone. Go back to Contoso."'
    )
    assert f"“{told}”" in notes_of(told)
    assert "“The widget failed.”" in notes_of(f"{told} It is denied, refused, invalid.\nThe widget failed.")


def test_a_text_without_an_error_is_not_quoted() -> None:
    notes = notes_of("The meeting of Contoso is at ten in the big room.")

    assert "meeting" not in notes
    assert "What helps" in notes


def test_a_stack_is_no_message() -> None:
    text = "Contoso.WidgetException: The widget is not valid now.\n   at Contoso.Thrown: error, exception denied"

    assert "“Contoso.WidgetException: The widget is not valid now.”" in notes_of(text)


def test_an_exception_without_its_message_is_named() -> None:
    notes = notes_of("    raise HTTPError(request=result.request)\nContoso.WidgetException\n")

    assert "whose own message is missing" in notes
    assert "WidgetException" in notes


@pytest.mark.parametrize(
    ("text", "title"),
    [
        ("Sync: Contoso.WidgetException: the widget answered with status code 403", "lack of a right"),
        ("The remote server returned an error: (401) Unauthorized.", "token was not accepted"),
        ("HTTP/1.1 403 Forbidden\nContent-Length: 0\n", "lack of a right"),
        ("HTTP 403", "lack of a right"),
        ("**_403 - Forbidden: Access is denied._**", "lack of a right"),
        ("widgets: request failed with 404 Not Found", "not there"),
        ("Widget call: Response status code does not indicate success: 400 (Bad Request).", "refused as wrong"),
    ],
)
def test_a_status_of_a_service_that_is_not_named_is_told_as_such(text: str, title: str) -> None:
    (diagnosis,) = explain_text(text, NOW).diagnoses

    assert title in diagnosis.title
    assert re.search("line (does not|names neither)", diagnosis.cause)
    assert "not known here" not in repr(explain_text(text, NOW).notes), "it is the status's own line"


def test_beside_a_status_alone_stands_the_line_that_says_more() -> None:
    text = "Widgets: error 403\n{'x': 1}\nThe widget of the customer was refused: its relationship is missing."

    assert "relationship is missing" in " ".join(explain_text(text, NOW).notes)


@pytest.mark.parametrize(
    "text",
    [
        "AADSTS50076: x\nstatus code 403",
        "GET https://graph.microsoft.com/v1.0/users\nstatus code 403",
        "row 403",
        "widget_403 (Forbidden)",
    ],
)
def test_a_status_beside_what_is_known_and_a_number_that_is_none_are_not_told(text: str) -> None:
    assert all(diagnosis.service != "network" for diagnosis in explain_text(text, NOW).diagnoses)


@pytest.mark.parametrize(
    "text",
    [
        "WidgetError: No widgets are there for this caller\n{'code': 'x'}",
        "Widget Exception Log\nMessage:   No widgets are there",
    ],
)
def test_the_message_behind_its_label_goes_before_a_heading(text: str) -> None:
    assert "No widgets are there" in notes_of(text)


def test_marks_of_markdown_are_not_quoted_and_a_host_is_named_whatever_is_in_it() -> None:
    notes = notes_of("See https://w1.contoso.com/x\n\n**_WidgetError: The widget cannot be read_**")

    assert "“WidgetError: The widget cannot be read”" in notes
    assert "host w1.contoso.com" in notes


def test_a_line_that_only_announces_the_error_is_not_quoted() -> None:
    notes = notes_of("Sending the widget results in the following error:\n\n`Widgets need a gadget and there is none.`")

    assert "need a gadget" in notes


def test_of_a_line_of_json_the_member_that_says_most_is_quoted_whole() -> None:
    notes = notes_of(
        '{"level":"error","msg":"could not get the widget","Gadget":"default/one","error":"could not find secret /abc: '
        'Secret \\"widget-credentials\\" not found","stacktrace":"x"}'
    )

    assert '“could not find secret /abc: Secret "widget-credentials" not found”' in notes
