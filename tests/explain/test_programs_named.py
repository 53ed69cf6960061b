"""Where a text names a ready-made program, what is advised is for its settings or its maker, and writes no request."""

from __future__ import annotations

import re
import tomllib
from datetime import UTC, datetime
from typing import Any, Final

from tests.each import for_each
from wizard.core.assets import read_asset
from wizard.explain import explain_text

NOW: Final = datetime(2026, 11, 21, 10, 0, tzinfo=UTC)
PROGRAMS: Final[list[dict[str, Any]]] = tomllib.loads(read_asset("programs.toml"))["program"]
CODES: Final = (
    "7000218",
    "50147",
    "9002313",
    "70005",
    "900561",
    "500112",
    "90004",
    "7000216",
    "700054",
    "9002325",
    "90102",
)
BY_HAND: Final = re.compile(
    r"of your own|(?:^|\. )(?:Send|Let the program|Have the program) |URL-encode|x-www-form-urlencoded"
    r"|\bin the body\b|\bheaders?\b|`(?:response_type|code_challenge)|encoded once",
    re.MULTILINE,
)


def remedy(text: str) -> str:
    (told, *_) = explain_text(text, NOW).diagnoses
    return "\n".join(told.actions)


@for_each([(each["name"], word) for each in PROGRAMS if not each.get("by_hand") for word in each["words"]])
def test_a_request_of_a_ready_made_program_is_not_written_by_hand(name: str, word: str) -> None:
    for code in CODES:
        text = f"Since the upgrade {word} shows at the sign-in of every person:\nAADSTS{code}: It was refused."

        said = remedy(text)

        assert not BY_HAND.search(said), (code, said)
        assert name in said, (code, said)
        assert "maker" in said, (code, said)


def test_what_a_program_has_a_setting_for_is_set_there() -> None:
    said = remedy("The panel of our metabase says at once:\nAADSTS70005: response_type 'token' is not supported.")
    secret = remedy("rclone v1.70 cannot go on with its remote:\nAADSTS50012: Invalid client secret is provided.")

    assert "Metabase" in said
    assert "Have rclone send the secret's Value" in secret
    assert "rclone config" in secret


@for_each([each["name"] for each in PROGRAMS if each.get("by_hand")])
def test_a_program_in_which_requests_are_written_by_hand_keeps_what_is_to_be_sent(name: str) -> None:
    said = remedy(f"I call the token endpoint out of {name} with this result:\nAADSTS901002: No resource, please.")

    assert f"In {name} send `scope`" in said


@for_each(
    [
        ("It works in Postman; our service gets", "AADSTS901002"),
        ("Grafana works, and the job beside it gets", "AADSTS901002"),
        ("My script, which replaces rclone, gets", "AADSTS901002"),
        ("Terraform and Grafana are on that machine, and one gets", "AADSTS901002"),
        ("The regrafanated thing of the other team gets", "AADSTS901002"),
    ]
)
def test_a_program_that_is_not_the_one_that_fails_changes_no_advice(before: str, code: str) -> None:
    said = remedy(f"{before}\n{code}: The parameter 'resource' is not supported.")

    assert said == remedy(f"This gets since the last night\n{code}: The parameter 'resource' is not supported.")


def test_a_program_changes_nothing_of_what_is_no_request() -> None:
    text = "{} gets this since the last night\nAADSTS7000222: The provided client secret keys are expired."

    named, unnamed = remedy(text.format("Grafana")), remedy(text.format("The service"))

    assert [act for act in named.split("\n") if "Certificates & secrets" in act] == [
        act for act in unnamed.split("\n") if "Certificates & secrets" in act
    ]
