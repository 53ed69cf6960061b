"""A Secret never prints."""

from __future__ import annotations

import copy
import dataclasses
import io
import json
import logging
import pickle
import traceback

import pytest
from rich.console import Console
from rich.pretty import pretty_repr
from rich.traceback import Traceback

from wizard.core.secret import MASK, Secret

VALUE = "canary-0.AXYAq~8Q"


def _secret() -> Secret:
    return Secret("-".join(["canary", "0.AXYAq~8Q"]))


def test_every_way_of_making_text_gives_dots() -> None:
    secret = _secret()
    texts = [
        str(secret), repr(secret), format(secret), format(secret, ">40"), f"{secret}", f"{secret!r}", f"{secret!s:20}",
        f"{secret!a}", "{}".format(secret), "{0!r}".format(secret), "%s" % secret, "%r" % (secret,), ascii(secret),  # noqa: UP030, UP031, UP032
        str([secret]), repr({"token": secret}), pretty_repr(secret),
    ]  # fmt: skip
    for text in texts:
        assert VALUE not in text
        assert MASK in text or "\\u2022" in text
    assert str(secret) == MASK


def test_a_dataclass_and_an_exception_that_hold_one_print_dots() -> None:
    @dataclasses.dataclass
    class Holder:
        token: Secret

    assert VALUE not in repr(Holder(_secret()))
    assert VALUE not in str(ValueError("refused", _secret()))
    with pytest.raises(TypeError):
        dataclasses.asdict(Holder(_secret()))


def test_it_is_given_only_by_reveal() -> None:
    assert _secret().reveal() == VALUE
    assert not hasattr(_secret(), "__dict__")
    with pytest.raises(TypeError):
        _secret() + "x"  # type: ignore[operator]
    with pytest.raises(TypeError):
        list(_secret())  # type: ignore[call-overload]
    with pytest.raises(TypeError):
        bytes(_secret())  # type: ignore[call-overload]


@pytest.mark.parametrize(
    "attempt",
    [
        json.dumps,
        pickle.dumps,
        lambda secret: pickle.dumps(secret, 0),
        lambda secret: json.dumps({"token": secret}),
        copy.copy,
        copy.deepcopy,
        lambda secret: copy.deepcopy({"token": [secret]}),
        lambda secret: secret.__reduce__(),
        lambda secret: secret.__getstate__(),
    ],
)
def test_serialising_and_copying_are_refused_without_the_value(attempt: object) -> None:
    assert callable(attempt)
    with pytest.raises(TypeError) as refused:
        attempt(_secret())
    assert VALUE not in str(refused.value)


def test_json_with_a_fallback_to_str_writes_dots() -> None:
    assert VALUE not in json.dumps({"token": _secret()}, default=str)


def test_logging_one_writes_dots() -> None:
    stream = io.StringIO()
    handler = logging.StreamHandler(stream)
    logger = logging.Logger("canary")
    logger.addHandler(handler)
    logger.error("token %s and %r", _secret(), [_secret()])
    assert VALUE not in stream.getvalue()


def test_a_traceback_that_shows_local_variables_shows_dots() -> None:
    def fail(refresh_token: Secret) -> None:
        held = {"refresh_token": refresh_token}
        raise RuntimeError(f"refused: {held}")

    stream = io.StringIO()
    console = Console(file=stream, width=200)
    try:
        fail(_secret())
    except RuntimeError as error:
        console.print(Traceback.from_exception(type(error), error, error.__traceback__, show_locals=True))
        plain = "".join(traceback.TracebackException.from_exception(error, capture_locals=True).format())
    assert "refresh_token" in stream.getvalue()
    assert MASK in stream.getvalue()
    assert VALUE not in stream.getvalue()
    assert VALUE not in plain


def test_secrets_are_equal_by_value_and_to_no_text() -> None:
    assert _secret() == _secret()
    assert hash(_secret()) == hash(_secret())
    assert _secret() != Secret("other")
    assert _secret() != VALUE


def test_lone_surrogates_compare_without_an_error_that_would_carry_the_value() -> None:
    assert Secret("\ud800a") == Secret("\ud800a")
    assert Secret("\ud800a") != Secret("\ud800b")


def test_an_empty_secret_is_false_and_length_is_known() -> None:
    assert not Secret("")
    assert _secret()
    assert len(_secret()) == len(VALUE)
