"""Network errors in words: the exceptions of requests, without proxy passwords or bodies."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

import requests

from wizard.core.errors import Unreachable
from wizard.core.trouble import Trouble
from wizard.microsoft.transport import ANSWER_LIMIT

UNREADABLE: Final = (ValueError, LookupError, TypeError, AttributeError, ArithmeticError, RuntimeError)
"""What MSAL and the Azure SDK raise over an answer of a shape that they do not expect; RecursionError is one."""


class TooLarge(requests.exceptions.ContentDecodingError):
    """An answer has more bytes than any answer of these services; it was not read to its end.

    Args:
        is_packed: whether it came packed, so that a small answer may be a large one (a bomb).
        cap: bytes.
    """

    def __init__(self, *, is_packed: bool, cap: int) -> None:
        what = "came packed, and unpacks to" if is_packed else "has"
        super().__init__(f"the answer {what} more than {cap:,} bytes, and was given up")


@contextmanager
def translating_network_errors(host: str) -> Iterator[None]:
    """Raise `Unreachable` in place of the exceptions of requests: in words, without proxy passwords or bodies."""
    try:
        yield
    except requests.exceptions.RequestException as error:
        raise read_network_error(error, host) from None


def not_json_error(host: str, status: int, content_type: str) -> Unreachable:
    """Return what `host` answered in place of JSON, so that a person knows who may have answered instead."""
    kind = content_type.partition(";")[0].strip().lower()
    what = {"text/html": "a web page", "": "nothing that can be read"}.get(kind, "something that is not JSON")
    return Unreachable(host, Trouble.ANSWER, f"answered with {what}, HTTP {status}")


def read_network_error(error: BaseException, host: str) -> Unreachable:
    """Return what went wrong on the way to `host`."""
    chain = _chain(error)
    if too_large := next((each for each in chain if isinstance(each, TooLarge)), None):
        return Unreachable(host, Trouble.ANSWER, str(too_large))
    text = " | ".join(f"{type(each).__name__}: {each}" for each in chain)
    if isinstance(
        error, requests.exceptions.InvalidProxyURL | requests.exceptions.InvalidURL | requests.exceptions.InvalidSchema
    ):
        return Unreachable(host, Trouble.PROXY, "the proxy's address (HTTPS_PROXY) cannot be used")
    if isinstance(error, requests.exceptions.ProxyError) or "ProxyError" in text:
        if tunnel := re.search(r"Tunnel connection failed: (\d{3})", text):
            if tunnel[1] == "407":
                return Unreachable(host, Trouble.PROXY_407, "the proxy asks for a user name and password (407)")
            did = "could not reach it" if tunnel[1].startswith("5") else "does not let this machine through to it"
            return Unreachable(host, Trouble.TUNNEL, f"the proxy {did} (it answered {tunnel[1]})")
        if not any(word in text for word in ("RemoteDisconnected", "reset", "SSLEOFError", "aborted")):
            return Unreachable(host, Trouble.PROXY, "the proxy could not be reached")
    if isinstance(error, requests.exceptions.SSLError) or "CERTIFICATE_VERIFY_FAILED" in text:
        why = re.search(r"certificate verify failed: ([^(\"']+)", text)
        return Unreachable(host, Trouble.TLS, "its certificate is not trusted" + (f": {why[1].strip()}" if why else ""))
    if "NameResolutionError" in text or "getaddrinfo" in text or "Name or service not known" in text:
        return Unreachable(host, Trouble.NAME, "its name does not resolve")
    if isinstance(error, requests.exceptions.Timeout) or "timed out" in text:
        return Unreachable(host, Trouble.TIMEOUT, f"gave no whole answer within {ANSWER_LIMIT:.0f} s")
    if isinstance(error, requests.exceptions.ChunkedEncodingError) or "IncompleteRead" in text:
        return Unreachable(host, Trouble.CUT, "the answer broke off")
    if any(isinstance(each, requests.exceptions.ContentDecodingError) for each in chain):
        return Unreachable(host, Trouble.ANSWER, "the answer is garbled: it cannot be unpacked")
    if "RemoteDisconnected" in text or "reset" in text or "aborted" in text:
        return Unreachable(host, Trouble.CUT, "the connection broke off")
    return Unreachable(host, Trouble.CONNECT, "no connection")


def _chain(error: BaseException) -> list[BaseException]:
    """Return an exception and what caused it; their texts are read here, and shown nowhere."""
    chain: list[BaseException] = []
    step: BaseException | None = error
    while step is not None and len(chain) < 8:
        chain.append(step)
        inner = getattr(step, "inner_exception", None)  # where azure-core keeps it
        reason = inner or getattr(step, "reason", None) or (step.args[0] if step.args else None)
        step = step.__cause__ or step.__context__ or (reason if isinstance(reason, BaseException) else None)
    return chain
