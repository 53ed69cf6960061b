"""The kinds of trouble on the way to a host."""

from __future__ import annotations

from enum import StrEnum


class Trouble(StrEnum):
    """What keeps a host from answering, or from being believed."""

    NAME = "name"
    """Its name does not resolve."""
    CONNECT = "connect"
    """No connection."""
    PROXY = "proxy"
    """The proxy cannot be reached or used."""
    PROXY_407 = "proxy_407"
    """The proxy wants a user name and password."""
    TUNNEL = "tunnel"
    """The proxy does not lead there."""
    TLS = "tls"
    """Its certificate is not trusted."""
    TLS_EXPIRED = "tls_expired"
    """Its certificate has expired."""
    TLS_HOST = "tls_host"
    """Its certificate is another host's."""
    CLOCK = "clock"
    """Its certificate is not valid by this machine's clock, and the clock is wrong."""
    CA_FILE = "ca_file"
    """The file with the authorities to trust is not there."""
    TIMEOUT = "timeout"
    """No whole answer within the limit."""
    CUT = "cut"
    """The connection, or the answer, broke off."""
    ANSWER = "answer"
    """The answer is not one that can be read."""
    REDIRECT = "redirect"
    """A redirect, which is not followed."""
    ELSEWHERE = "elsewhere"
    """Something on the way answered in its place."""
    BUSY = "busy"
    """It asks to be left alone for a while (429, 5xx)."""
