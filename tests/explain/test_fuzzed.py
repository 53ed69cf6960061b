"""Whatever is pasted, explaining it ends in words: without an exception, and without a code that is not in it."""

from __future__ import annotations

import html
import json
import re
import unicodedata
from collections.abc import Callable
from datetime import UTC, datetime
from urllib.parse import quote_plus

from hypothesis import given, settings
from hypothesis import strategies as st

from tests.explain.test_noise import NOISES, PLANTED
from wizard.core.findings import SupportIds
from wizard.explain import explain_text
from wizard.explain.own_output import blank_routine_lines, find_own_findings
from wizard.explain.reading.json_objects import find_objects
from wizard.explain.reading.support_ids import find_ids

NOW = datetime(2026, 11, 21, 10, 0, tzinfo=UTC)
PIECES = [
    *("AADSTS", "aadsts", "50076", "7000215", "900421", "10001", "53003", "error", '"error":', '"error_codes":['),
    *("]", "}", "{", '"', "'", "\\", "\\u00", "\\ud83d", "\\x", "%", "%25", "%0", "&#", "&#x41;", "&amp;", "<", ">"),
    *("</p>", "<br>", "\r\n", "\n", "\t", "=\n", "=3D", "\x1b[", "\x1b]52;c;", "\x9b", "\u202e", "\u200b", "\ud800"),
    *("\ue000", "\ue0000\ue001", "\ue002", "HTTP/1.1 403 Forbidden\n", "Code: Forbidden\nMessage: x\n", "(Forbidden)"),
    *("Forbidden", "vault", "eyJ", "0.A", "-----BEGIN PRIVATE KEY-----", "2026-11-21 10:00:00 ", "ERROR ", "403 "),
    *("✗ user.account: ", "[user.account AADSTS50076]", "(`user.account`)", "(10001)", "code: ", "Trace ID: ", "null"),
    *("invalid_grant", "ForbiddenByRbac", "Partner Center", '{"code":"900421","description":', '{"error":{"code":"'),
    *("https://login.microsoftonline.com/error?code=", "{'error': 'invalid_grant', ", "Get-PartnerCustomer : "),
    *("A" * 30, "9" * 30, "9" * 5_000, "[" * 2_000, '{"a":' * 2_000, "١٢٣٤٥", "５００７６", " "),
]
TELLING = st.lists(st.sampled_from(PIECES), max_size=40).map("".join)
PLANTED_TEXTS = st.sampled_from([planted.text for planted in PLANTED])
WRAPS: list[Callable[[str], str | bytes]] = [
    *(str, quote_plus, json.dumps, NOISES["page"], NOISES["log"]),
    lambda text: json.dumps(json.dumps(text)),
]


@st.composite
def mutated(draw: st.DrawFn) -> str:
    """An error as a service gives it, with something of another kind in its middle, or cut."""
    text = draw(PLANTED_TEXTS)
    start, end = sorted((draw(st.integers(0, len(text))), draw(st.integers(0, len(text)))))
    return text[:start] + draw(st.one_of(st.sampled_from(PIECES), st.text(max_size=4))) + text[end:]


@st.composite
def wrapped(draw: st.DrawFn) -> tuple[str | bytes, str]:
    """Such an error wrapped in something, and the error itself."""
    inner = draw(mutated()).encode("utf-8", "replace").decode()
    return draw(st.sampled_from(WRAPS))(inner), inner


def assert_explained(pasted: str | bytes, source: str) -> None:
    explanation = explain_text(pasted, NOW)

    for diagnosis in explanation.diagnoses:
        assert is_in(diagnosis.code, source), diagnosis.code
        assert diagnosis.title
        assert diagnosis.count >= 1
    assert explanation.read_as
    assert explanation.diagnoses or explanation.notes


def is_in(code: str, source: str) -> bool:
    """Whether a code stands in a text, also with entities and escapes, or broken by what nobody sees."""
    source = re.sub(r"&[#\w]{1,10};", lambda found: html.unescape(found[0]), source)
    source = re.sub(r"\\u([0-9a-fA-F]{4})", lambda found: chr(int(found[1], 16)), source)
    bare = "".join(each for each in source if unicodedata.category(each)[0] != "C").lower()
    bare = re.sub(r"=?\s*\n[>|<* \t]*|\\[rnt]|<[^>]*>", "", bare)
    return code.removeprefix("AADSTS").lower() in bare or code.removeprefix("AADSTS").lower() in source.lower()


@given(st.one_of(TELLING, mutated(), st.text(max_size=300)))
@settings(max_examples=150, deadline=None)
def test_no_text_brings_an_exception_or_an_invented_code(text: str) -> None:
    assert_explained(text, text)


@given(st.binary(max_size=400))
@settings(max_examples=50, deadline=None)
def test_no_bytes_bring_an_exception_or_an_invented_code(octets: bytes) -> None:
    assert_explained(octets, octets.decode("latin-1") + octets.decode("utf-16", "replace"))


@given(wrapped())
@settings(max_examples=60, deadline=None)
def test_no_wrapping_brings_an_exception_or_an_invented_code(made: tuple[str | bytes, str]) -> None:
    pasted, inner = made
    text = pasted if isinstance(pasted, str) else pasted.decode("utf-8", "replace")

    assert_explained(pasted, inner + text)


@given(TELLING)
@settings(max_examples=100, deadline=None)
def test_objects_stand_where_they_are_said_to_and_none_in_another(text: str) -> None:
    place = 0
    for value, start, end in find_objects(text):
        assert isinstance(value, (dict, list))
        assert place <= start < end <= len(text)
        assert text[start] in "{["
        assert text[end - 1] in "}]"
        place = end


@given(TELLING)
@settings(max_examples=60, deadline=None)
def test_blanked_lines_keep_the_length_and_findings_stand_in_the_text(text: str) -> None:
    assert len(blank_routine_lines(text)) == len(text)
    for found in find_own_findings(text):
        assert 0 <= found.start < found.end <= len(text)


@given(st.recursive(st.one_of(st.none(), st.booleans(), st.integers(-9, 10**12), st.text(max_size=8)),
                    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=6), inner, max_size=3),
                    max_leaves=12))  # fmt: skip
@settings(max_examples=100, deadline=None)
def test_an_object_is_read_as_json_and_as_python_print_it(value: object) -> None:
    for written in (json.dumps({"error": value}), json.dumps({"error": value}, indent=2), repr({"error": value})):
        (found,) = [each for each, _, _ in find_objects(f"It said {written}, and no more.")]
        assert found == {"error": value}


@given(st.uuids(), st.uuids(), st.sampled_from(["Correlation ID: ", "correlation_id ", "CorrelationId    : "]))
@settings(max_examples=40, deadline=None)
def test_ids_are_found_by_their_labels(one: object, other: object, label: str) -> None:
    assert find_ids(f"Trace ID: {one} {label}{other}") == SupportIds(correlation_id=str(other), trace_id=str(one))
