"""Commands are those of the program that the text is of."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from tests.catalogue.supported_by_facts import COMMANDS
from wizard.catalogue.tools import for_azure_powershell, is_of_azure_powershell
from wizard.explain import explain_text

NOW = datetime(2026, 11, 21, 10, 0, tzinfo=UTC)
REFUSED = "does not have access to subscription ID 'x'"


@pytest.mark.parametrize(
    ("text", "holds"),
    [
        ("Connect-AzAccount : failed", True),
        ("Set-AzureRmContext : failed", True),
        ("Microsoft.Azure.Commands.Profile.GetAzureRMSubscriptionCommand", True),
        ("WARNING: Unable to acquire token for tenant 'x'", True),
        ("Connect-AzureAD : failed", False),
        ("az login\nConnect-AzAccount", False),
        ("AzureCliCredential, AzurePowerShellCredential: Az.Accounts", False),
        ("", False),
    ],
)
def test_a_text_of_azure_powershell_is_known(text: str, holds: bool) -> None:
    assert is_of_azure_powershell(text) is holds


def test_azure_powershell_gets_its_own_commands_and_the_azure_cli_its_own() -> None:
    of_powershell = explain_text(f"Connect-AzAccount : The account {REFUSED}.", NOW).diagnoses[0]
    of_the_cli = explain_text(f"az account show: The account {REFUSED}.", NOW).diagnoses[0]

    assert "`Get-AzSubscription`" in of_powershell.remedy
    assert "`az " not in of_powershell.remedy
    assert "`az account list -o table`" in of_the_cli.remedy


def test_what_has_no_other_command_stays_as_it_is() -> None:
    acts = ("Look: `az upgrade`.", "Sign in.", "Sign in: `az login --tenant <tenant> --allow-no-subscriptions`.")

    assert for_azure_powershell(acts) == (*acts[:2], "Sign in: `Connect-AzAccount -Tenant <tenant>`.")


def test_every_command_that_has_another_is_one_of_the_catalogue() -> None:
    same = {each: for_azure_powershell((f"`{each}`",))[0].strip("`") for each in COMMANDS if each.startswith("az ")}

    changed = {each for each, other in same.items() if each != other}
    assert len(changed) >= 20
    assert all(not same[each].startswith("az ") for each in changed)
