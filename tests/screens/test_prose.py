"""Commands in a remedy can be copied whole; other words in back quotes stay in their sentence."""

from __future__ import annotations

from screens.drawing import prose


def test_a_command_gets_a_line_of_its_own_without_back_quotes() -> None:
    shown = prose("An owner runs `az keyvault show --name contoso`. Then check again.")

    assert shown.plain.split("\n") == ["An owner runs", "az keyvault show --name contoso", "Then check again."]


def test_a_word_in_back_quotes_stays_in_its_sentence() -> None:
    assert prose("Enter the id, not `common`.").plain == "Enter the id, not “common”."


def test_an_odd_back_quote_is_drawn_as_it_is() -> None:
    assert prose("it said ` and [/x] \x1b[31m").plain == "it said ` and [/x] "
