"""Cleaning: after it a text moves no cursor, writes no clipboard, turns no line around; a link is the cloud's own."""

from __future__ import annotations

import random
import sys
import unicodedata

import pytest

from wizard.core.text import LONGEST, clean, clean_line, is_link_to

ALLOWED = ("\n", "\t")


@pytest.mark.parametrize(
    ("dirty", "plain"),
    [
        ("plain text, ünïcode, 日本語, 👍", "plain text, ünïcode, 日本語, 👍"),
        ("a\x1b[31mred\x1b[0mb", "aredb"),
        ("a\x1b[?1049hb", "ab"),
        ("a\x1b]52;c;QUJD\x07b", "ab"),
        ("a\x1b]8;;https://evil.example\x1b\\link\x1b]8;;\x1b\\b", "alinkb"),
        ("a\x1b]0;title", "a"),
        ("a\x1bP1$qm\x1b\\b", "ab"),
        ("a\x9b31mb", "ab"),
        ("a\x9d52;c;QUJD\x9cb", "ab"),
        ("a\x1bcb", "ab"),
        ("a\x1b", "a"),
        ("a\x1b\x1b[31mb", "ab"),
        ("a\x1b[\x1b[31mb", "ab"),
        ("a\x00\x07\x08\x7fb", "ab"),
        ("evil\u202egnp.exe", "evilgnp.exe"),
        ("a\u200bb\u2066c\u2069\ufeffd\u00ade", "abcde"),
        ("a\ud800b\udfffc", "abc"),
        ("a\U000e0041b\U0001d173c\u3164d\ufdd0e\U0010ffff", "abcde"),
        ("a\r\nb\rc\nd\te", "a\nb\nc\nd\te"),
        ("a\x0bb\x0cc\x85d\u2028e\u2029f", "a\nb\nc\nd\ne\nf"),
        ("", ""),
    ],
)
def test_what_is_left_after_cleaning(dirty: str, plain: str) -> None:
    assert clean(dirty) == plain


@pytest.mark.system
def test_no_code_point_but_line_feed_and_tab_is_control_format_or_separator_after_cleaning() -> None:
    for point in range(sys.maxunicode + 1):
        left = clean(f"a{chr(point)}b")
        for character in left:
            category = unicodedata.category(character)
            assert character in ALLOWED or category not in ("Cc", "Cf", "Cs", "Zl", "Zp"), hex(point)


def test_random_mixtures_stay_harmless_and_cleaning_twice_changes_nothing() -> None:
    rng = random.Random(52)
    parts = [
        "\x1b",
        "\x9b",
        "\x9d",
        "[",
        "]",
        "52;c;",
        "\x07",
        "\\",
        "\x9c",
        "P",
        "m",
        "1",
        "\r",
        "\n",
        "\u202e",
        "\x18",
    ]
    for _ in range(3_000):
        text = "".join(rng.choice(parts) for _ in range(rng.randrange(40)))
        once = clean(text)
        assert all(character in ALLOWED or unicodedata.category(character) != "Cc" for character in once)
        assert "\u202e" not in once
        assert clean(once) == once
        assert "\n" not in clean_line(text)
        assert clean_line(clean_line(text)) == clean_line(text)


def test_long_text_is_cut_with_an_ellipsis() -> None:
    assert clean("x" * LONGEST) == "x" * LONGEST
    assert clean("x" * (LONGEST + 1)) == "x" * (LONGEST - 1) + "…"
    assert clean("abcdef", 4) == "abc…"
    assert clean("\x1b[m" * LONGEST * 4 + "the end").endswith("…")


def test_of_a_huge_text_only_the_start_is_looked_at() -> None:
    for text in ("\x1b]" * 5_000_000, "\x9d" * 5_000_000, "\x1b[" + "0" * 5_000_000, "x" * 20_000_000):
        assert len(clean(text)) <= LONGEST


def test_a_line_is_folded_to_single_spaces() -> None:
    assert clean_line("  a\r\n b\t\tc\u00a0d\u2028e ") == "a b c d e"


HOSTS = ["microsoft.com", "login.microsoft.com", "Login.MicrosoftOnline.com", "localhost:8443", "portal.example:443"]


@pytest.mark.parametrize(
    "url",
    [
        "https://microsoft.com/devicelogin",
        "https://login.microsoft.com/device",
        "HTTPS://LOGIN.microsoft.com/device",
        "https://login.microsoft.com:443/device",
        "https://login.microsoftonline.com/t/v2.0/adminconsent?client_id=a&scope=b%2F.default&state=c#d",
        "https://localhost:8443/device",
        "https://portal.example/",
    ],
)
def test_an_address_of_the_cloud_is_a_link(url: str) -> None:
    assert is_link_to(url, HOSTS)


@pytest.mark.parametrize(
    "url",
    [
        "",
        "microsoft.com/devicelogin",
        "//microsoft.com/devicelogin",
        "http://microsoft.com/devicelogin",
        "ftp://microsoft.com/",
        "javascript:alert(1)//https://microsoft.com/",
        "javascript://microsoft.com/%0aalert(1)",
        "data:text/html,https://microsoft.com/",
        "https:microsoft.com/devicelogin",
        "https:///microsoft.com/devicelogin",
        "https://microsoft.com.evil.example/devicelogin",
        "https://evil-microsoft.com/devicelogin",
        "https://evil.example/microsoft.com",
        "https://evil.example/https://microsoft.com/",
        "https://sub.microsoft.com/devicelogin",
        "https://microsoft.com./devicelogin",
        "https://rnicrosoft.com/devicelogin",
        "https://xn--mcrosoft-q2a.com/devicelogin",
        "https://m\u0456crosoft.com/devicelogin",
        "https://microsoft\u3002com/devicelogin",
        "https://microsoft.com@evil.example/devicelogin",
        "https://user@microsoft.com/devicelogin",
        "https://user:password@microsoft.com/devicelogin",
        "https://@microsoft.com/devicelogin",
        "https://evil.example\\@microsoft.com/",
        "https://microsoft.com\\.evil.example/",
        "https://microsoft.com:8443/devicelogin",
        "https://microsoft.com:80/devicelogin",
        "https://microsoft.com:/devicelogin",
        "https://microsoft.com:99999/devicelogin",
        "https://microsoft.com:x/devicelogin",
        "https://localhost/device",
        "https://[microsoft.com]/devicelogin",
        "https://[::1/devicelogin",
        "https://microsoft.com%2eevil.example/",
        "https://microsoft.com/device login",
        " https://microsoft.com/devicelogin",
        "https://microsoft.com/devicelogin\n",
        "https://micro\tsoft.com/devicelogin",
        "https://microsoft.com/\x1b[2J",
        "https://microsoft.com/\u202eevil",
        "https://microsoft.com/\u00e9",
        'https://microsoft.com/"><script>',
        "https://microsoft.com/" + "a" * 3_000,
    ],
)
def test_everything_else_is_no_link(url: str) -> None:
    assert not is_link_to(url, HOSTS)


def test_without_hosts_nothing_is_a_link() -> None:
    assert not is_link_to("https://microsoft.com/devicelogin", [])
