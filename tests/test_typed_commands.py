"""Commands that are shown for copying can be typed as they stand: in a POSIX shell, in cmd and in PowerShell."""

from __future__ import annotations

import shlex

import pytest

from wizard.core.typed_commands import typed_command

WORDS = (
    "az",
    "rest",
    "--url",
    "https://contoso.com/applications(appId='1')",
    "--body",
    '{"a": "b c"}',
    "",
)


def test_a_posix_shell_reads_the_words_as_they_were() -> None:
    assert shlex.split(typed_command(*WORDS, platform="linux")) == list(WORDS)


@pytest.mark.parametrize(
    ("word", "typed"),
    [
        ("contoso.com", "contoso.com"),
        (r"C:\Users\Ada\app.pem", r"C:\Users\Ada\app.pem"),
        (r"C:\Users\Ada Lovelace\app.pem", r'"C:\Users\Ada Lovelace\app.pem"'),
        (r"@C:\app.pem", r'"@C:\app.pem"'),  # which PowerShell would take for a splat
        ("a&b|c;d", '"a&b|c;d"'),
        ("", '""'),
        ("it's", '"it\'s"'),
        ('{"id": 1}', "'{\"id\": 1}'"),
        ("it's $50", "'it''s $50'"),
        ("100%PATH%", "'100%PATH%'"),
        ("C:\\a folder\\", "'C:\\a folder\\'"),  # within double quotes the last one would hide the quote
    ],
)
def test_on_windows_cmd_and_powershell_read_it_alike_where_both_can(word: str, typed: str) -> None:
    assert typed_command("az", word, platform="win32") == f"az {typed}"
