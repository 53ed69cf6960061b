"""The certificate that a host presents, and the TLS version it speaks, whoever vouches for it."""

from __future__ import annotations

import socket
import ssl
from dataclasses import dataclass
from datetime import datetime
from typing import Final
from urllib.parse import unquote, urlsplit

from cryptography import x509
from cryptography.x509.oid import NameOID
from urllib3.util import make_headers

from wizard.core.text import clean_line

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
    """Return what the other end of an open connection presented; None where it is no TLS connection any more."""
    if not isinstance(connection, ssl.SSLSocket | ssl.SSLObject):
        return None
    der = connection.getpeercert(binary_form=True)
    version = (connection.version() or "").replace("TLSv", "TLS ")
    return _read(der, version) if der else None


def _read(der: bytes, tls: str) -> PeerCertificate:
    try:
        certificate = x509.load_der_x509_certificate(der)
        issuer = _authority(certificate.issuer)
    except ValueError:
        return PeerCertificate(tls, "")
    try:
        made_for = certificate.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
        names = tuple(clean_line(name, 253) for name in made_for.get_values_for_type(x509.DNSName)[:20])
    except (ValueError, x509.ExtensionNotFound):
        names = ()
    return PeerCertificate(tls, issuer, certificate.not_valid_before_utc, certificate.not_valid_after_utc, names)


def _authority(name: x509.Name) -> str:
    """Return an authority as a person names it: its organization and its own name, each once."""
    names = [
        clean_line(str(each[0].value), 120)
        for kind in (NameOID.ORGANIZATION_NAME, NameOID.COMMON_NAME)
        if (each := name.get_attributes_for_oid(kind))
    ]
    if len(names) == 2 and names[0] in names[1]:
        del names[0]
    return ", ".join(names) or clean_line(name.rfc4514_string(), 200)


def fetch_peer_certificate(host: str, port: int, proxy: str, seconds: float) -> PeerCertificate | None:
    """Connect, shake hands and hang up, to see the certificate of a host that is not trusted.

    Nothing is sent but the handshake, and the CONNECT that a proxy wants; nothing the other end says is believed.

    Args:
        host: its name, or its address.
        port: where it listens.
        proxy: the address of the proxy on the way, "" for none.
        seconds: after which each step is given up.

    Returns:
        None if the proxy cannot be spoken to in plain http, or does not open a tunnel.

    Raises:
        OSError: no connection, or no handshake.
    """
    parts = urlsplit(proxy)
    if parts.scheme not in {"", "http"}:
        return None
    nearest = (parts.hostname or "", parts.port or 80) if proxy else (host, port)
    with socket.create_connection(nearest, timeout=seconds) as connection:
        if proxy and not _open_tunnel(connection, f"{host}:{port}", parts.username, parts.password):
            return None
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
        context.check_hostname = False
        context.verify_mode = ssl.CERT_NONE  # this connection carries no request: it is made to see who answers
        with context.wrap_socket(connection, server_hostname=host) as secured:
            return read_peer_certificate(secured)


def _open_tunnel(connection: socket.socket, target: str, user: str | None, password: str | None) -> bool:
    """Ask a proxy for a tunnel to `target` (RFC 9110, 9.3.6), and return whether it opened one."""
    head = [f"CONNECT {target} HTTP/1.1", f"Host: {target}"]
    if user:
        headers = make_headers(proxy_basic_auth=f"{unquote(user)}:{unquote(password or '')}")
        head += [f"{name}: {value}" for name, value in headers.items()]
    connection.sendall("\r\n".join([*head, "", ""]).encode("latin-1", "replace"))
    answer = b""
    while b"\r\n\r\n" not in answer and len(answer) < LONGEST_HEAD:
        received = connection.recv(1)  # not a byte of the handshake that follows
        if not received:
            return False
        answer += received
    return answer.split(b" ", 2)[1:2] == [b"200"]
