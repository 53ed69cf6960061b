"""A TLS connection looked at for itself: the version spoken and the certificate presented, whoever vouches for it."""

from __future__ import annotations

import socket
import ssl
import threading
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Final, TypeVar
from urllib.parse import unquote, urlsplit

from cryptography import x509
from cryptography.x509.oid import NameOID
from urllib3.util import make_headers

from wizard.core.text import clean_line
from wizard.core.waiting import Cancel

Result = TypeVar("Result")

LONGEST_HEAD: Final = 16_384
"""Bytes of a proxy's answer to CONNECT that are read."""


@dataclass(frozen=True, slots=True)
class PeerCertificate:
    """What a host presented: "TLS 1.3", who signed the certificate, for whom, and for how long (aware, UTC).

    `issuer` is the name of the authority that signed it, cleaned; "" where it could not be read. `names` are the hosts
    it is made for.
    """

    tls: str
    issuer: str
    valid_from: datetime | None = None
    valid_until: datetime | None = None
    names: tuple[str, ...] = ()


def read_peer_certificate(connection: object) -> PeerCertificate | None:
    """What the other end of an open connection presented; None where it is no TLS connection any more."""
    if not isinstance(connection, ssl.SSLSocket | ssl.SSLObject):
        return None
    der = connection.getpeercert(binary_form=True)
    version = (connection.version() or "").replace("TLSv", "TLS ")
    return _read(der, version) if der else None


def _read(der: bytes, tls: str) -> PeerCertificate:
    try:
        found = x509.load_der_x509_certificate(der)
        issuer = _authority(found.issuer)
    except ValueError:
        return PeerCertificate(tls, "")
    try:
        made_for = found.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
        names = tuple(clean_line(name, 253) for name in made_for.get_values_for_type(x509.DNSName)[:20])
    except (ValueError, x509.ExtensionNotFound):
        names = ()
    return PeerCertificate(tls, issuer, found.not_valid_before_utc, found.not_valid_after_utc, names)


def _authority(name: x509.Name) -> str:
    """An authority as a person names it: its organization and its own name, each once."""
    said = [
        clean_line(str(each[0].value), 120)
        for kind in (NameOID.ORGANIZATION_NAME, NameOID.COMMON_NAME)
        if (each := name.get_attributes_for_oid(kind))
    ]
    if len(said) == 2 and said[0] in said[1]:
        del said[0]
    return ", ".join(said) or clean_line(name.rfc4514_string(), 200)


def fetch_peer_certificate(host: str, port: int, proxy: str, seconds: float) -> PeerCertificate | None:
    """Connect to a host, through `proxy` ("" for none) where there is one, shake hands and hang up.

    Nothing is sent but the handshake, and the CONNECT that a proxy wants; nothing the other end says is believed.

    Returns:
        None where the proxy is one that cannot be spoken to in plain http, or does not lead there.

    Raises:
        OSError: no connection, or no handshake.
    """
    parts = urlsplit(proxy)
    if parts.scheme not in {"", "http"}:
        return None
    nearest = (parts.hostname or "", parts.port or 80) if proxy else (host, port)
    with socket.create_connection(nearest, timeout=seconds) as line:
        if proxy and not _led_through(line, f"{host}:{port}", parts.username, parts.password):
            return None
        looking = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
        looking.check_hostname = False
        looking.verify_mode = ssl.CERT_NONE  # this connection carries no request: it is made to see who answers
        with looking.wrap_socket(line, server_hostname=host) as spoken:
            return read_peer_certificate(spoken)


def _led_through(line: socket.socket, target: str, user: str | None, password: str | None) -> bool:
    head = [f"CONNECT {target} HTTP/1.1", f"Host: {target}"]
    if user:
        headers = make_headers(proxy_basic_auth=f"{unquote(user)}:{unquote(password or '')}")
        head += [f"{name}: {value}" for name, value in headers.items()]
    line.sendall("\r\n".join([*head, "", ""]).encode("latin-1", "replace"))
    answer = b""
    while b"\r\n\r\n" not in answer and len(answer) < LONGEST_HEAD:
        more = line.recv(1)  # not a byte of the handshake that follows
        if not more:
            return False
        answer += more
    return answer.split(b" ", 2)[1:2] == [b"200"]


def call_within(call: Callable[[], Result], seconds: float, cancel: Cancel) -> Result | None:
    """What `call` gives, None where it raises OSError or takes longer; raises `Cancelled` soon after the signal."""
    results: list[Result] = []

    def go() -> None:
        try:
            results.append(call())
        except (OSError, ValueError):
            return

    thread = threading.Thread(target=go, name="look", daemon=True)
    thread.start()
    waited = 0.0
    while thread.is_alive() and waited < seconds:
        cancel.check()
        thread.join(0.05)
        waited += 0.05
    cancel.check()
    return results[0] if results else None
