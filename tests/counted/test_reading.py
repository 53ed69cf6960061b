"""Nothing reads a text again and again: whoever pastes, or answers, decides how long it takes only by the length."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import UTC, datetime
from functools import partial

import pytest

from tests.counted import work
from tests.counted.explosive import NUMBERED, PASTES, UNITS, numbered
from tests.counted.work import Load, assert_work_in_proportion, repeated, rewritten, work_of
from tests.sampling import sample

NOW = datetime(2026, 11, 21, 10, 0, tzinfo=UTC)
TEXTS: dict[str, Callable[[int], str]] = {
    **{name: repeated(unit, end=end) for name, (unit, end) in PASTES.items()},
    **{f"a log of {name}": partial(numbered, line) for name, line in NUMBERED.items()},
}
FINDING = {"type": "finding", "step": "user", "check": "user.account", "outcome": "fails", "message": "", "remedy": ""}
LIMITS = {
    "wizard.catalogue.causes": {"LONGEST_CLUES": 200},
    "wizard.explain.claims_challenge": {"_LONGEST": 300},
    "wizard.explain.reading.diagnosis_cache": {"MOST_OF_A_CODE": 20},
    "wizard.explain.reading.extraction": {"REACH": 100},
    "wizard.explain.reading.code_finder": {"_REACH": 100},
    "wizard.explain.reading.free_text": {"REACH": 100, "NEAR": 60, "MOST_OF_A_CODE": 20},
    "wizard.explain.reading.http_answers": {"_REACH": 100, "_REQUEST": 100},
    "wizard.explain.reading.support_ids": {"_LONGEST": 120},
    "wizard.explain.reading.json_objects": {"_WINDOW": 128},
    "wizard.explain.own_output": {"_LONGEST": 200},
    "wizard.explain.reading.object_context": {"REACH": 100, "NEAR": 60},
    "wizard.explain.reading.nearby_words": {"_MOST_OF_A_LINE": 60},
    "wizard.explain.token_reader.token_finder": {"_LONGEST_HEAD": 200, "_LONGEST_VALUE": 300},
}
"""What the reader of pastes is limited to, in characters or things, made small: the texts here are short as well."""


@pytest.fixture(autouse=True)
def small_limits(monkeypatch: pytest.MonkeyPatch) -> None:
    with rewritten() as load:
        for name, limits in LIMITS.items():
            for limit, value in limits.items():
                monkeypatch.setattr(load(name), limit, value)
        make_every_entry(load)


def make_every_entry(load: Load) -> None:
    """An entry of the catalogue is made once, when it is first looked up: a longer log may hold one code more."""
    entries = load("wizard.catalogue.entries")
    for service, key in entries._catalogue().entries:
        entries.find_entry(service, key)


def explain(load: Load, text: str) -> object:
    return load("wizard.explain").explain_text(text, NOW)


def mask(load: Load, text: str) -> object:
    redactor = load("wizard.redaction.redactor").Redactor()
    return load("wizard.redaction.secret_patterns").redact_patterns(text), redactor.replace_user_names(text)


def read_own(load: Load, text: str) -> object:
    return load("wizard.explain.own_output").find_own_findings(text)


def claims(load: Load, text: str) -> object:
    module = load("wizard.explain.claims_challenge")
    return module.read_claims(text), module.find_challenges(text)


def tokens(load: Load, text: str) -> object:
    return load("wizard.explain.token_reader.token_finder").find_tokens(text, NOW)


def redirects(load: Load, text: str) -> object:
    return load("wizard.explain.addresses.browser_addresses").find_browser_addresses(text, NOW)


def wrap(load: Load, text: str) -> object:
    return load("wizard.catalogue.prose").wrap_prose(text, 40)


def clean(load: Load, text: str) -> object:
    return load("wizard.core.text").clean(text)


@pytest.mark.parametrize("name", sample(2, TEXTS))
def test_no_paste_takes_more_work_than_its_length_allows(name: str) -> None:
    assert_work_in_proportion(explain, TEXTS[name])


@pytest.mark.parametrize("unit", sample(2, UNITS))
def test_masking_takes_work_in_proportion(unit: str) -> None:
    assert_work_in_proportion(mask, repeated(unit))


@pytest.mark.parametrize(
    ("unit", "before"),
    [
        ('{"type":"finding",', ""),
        ('{"type":"finding","evidence":', ""),
        ("✗ user.account: ", ""),
        ("a", "✗ user.account: a\n    to do ("),
        ("✗ fails: (", ""),
        ("a ", "✗ user.account: "),
        ("    to do: x\n", ""),
        ("    b\n", "✗ user.account: a\n"),
        ("✗ user.account: x\n", ""),
        (json.dumps(FINDING), ""),
    ],
)
def test_what_the_program_itself_has_said_is_read_once(unit: str, before: str) -> None:
    assert_work_in_proportion(read_own, repeated(unit, before))


@pytest.mark.parametrize(
    "unit", ["claims={", "claims=eyJh", 'claims":"{\\"', "claims=%7B%22", "{", "[", 'claims={"claims":"{']
)
def test_a_claims_request_is_read_once(unit: str) -> None:
    assert_work_in_proportion(claims, repeated(unit))


@pytest.mark.parametrize(
    "unit",
    [
        *(
            "eyJ",
            "eyJ\n",
            "eyJhbGciOiJub25lIn0.e30\n",
            "eyJ4.AAAA\n",
            "code=",
            "code='",
            "0.A",
            'refresh_token="',
            "\n",
        ),
        *(".", " ", "~Q8", f"eyJ{'a' * 26}\n"),
    ],
)
def test_what_looks_like_a_token_is_read_once(unit: str) -> None:
    assert_work_in_proportion(tokens, repeated(unit))


@pytest.mark.parametrize(
    "unit",
    [
        *("a://", "https://a?b=c ", "https://a?code=x\n", "code=a&", "state=a ", "<input ", "%25"),
        *("error=a&error_description=b ", "https://microsoft.com/devicelogin ", '<input name="code" value="x">'),
        "https://a?b=" + "x" * 60 + "\n",
    ],
)
def test_what_looks_like_an_address_is_read_once(unit: str) -> None:
    assert_work_in_proportion(redirects, repeated(unit))


@pytest.mark.parametrize("unit", ["`", "a`", "a", "` ", "a ", "https://a "])
def test_a_message_is_wrapped_at_once(unit: str) -> None:
    assert_work_in_proportion(wrap, repeated(unit))


@pytest.mark.parametrize("unit", ["\x1b[", "\x1b]52;c;", "\x9b1;", "\r", "\u202e", "a", "\x1bP"])
def test_text_of_a_service_is_cleaned_at_once(unit: str) -> None:
    assert_work_in_proportion(clean, repeated(unit))


def test_what_reads_again_and_again_is_seen_at_its_place(monkeypatch: pytest.MonkeyPatch) -> None:
    def again_and_again(load: Load, text: str) -> None:
        for start in range(len(text)):
            load("wizard.core.text").clean(text[start:])

    monkeypatch.setattr(work, "LENGTHS", (50,))
    with pytest.raises(AssertionError, match=r"wizard\.core\.text, line \d+: [0-9,]+, then "):
        assert_work_in_proportion(again_and_again, repeated("a"))


def test_the_same_text_takes_the_same_work_and_the_program_stays_as_it_is() -> None:
    from wizard.redaction import secret_patterns as redaction

    _, first, second = (work_of(mask, "client secret: abc8Q~" * 20) for _ in range(3))  # the first compiles

    assert first == second
    assert first.total() > 1_000
    assert not hasattr(redaction, "__work__")
