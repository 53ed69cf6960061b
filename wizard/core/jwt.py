"""Reads the parts of a JSON Web Token, and `client_info`, which has their form. Signatures are not checked here."""

from __future__ import annotations

import base64
import binascii
import json


def decode_segment(segment: str) -> str:
    """Return the text of a base64url part, with or without padding (RFC 7515, 2).

    Raises:
        ValueError: it is no base64url, or no UTF-8.
    """
    try:
        return base64.urlsafe_b64decode(segment + "=" * (-len(segment) % 4)).decode()
    except binascii.Error as error:
        raise ValueError("not base64url") from error


def decode_cut_segment(segment: str) -> str:
    """Return the text of a base64url part that may be cut anywhere, also within a character.

    Raises:
        ValueError: it is no base64url.
    """
    whole = segment[:-1] if len(segment) % 4 == 1 else segment
    try:
        return base64.urlsafe_b64decode(whole + "=" * (-len(whole) % 4)).decode("utf-8", "replace")
    except binascii.Error as error:
        raise ValueError("not base64url") from error


def read_segment(segment: object) -> dict[str, object]:
    """Return the members of a base64url part that holds a JSON object, as `client_info` is; {} for any other."""
    if not isinstance(segment, str):
        return {}
    try:
        decoded = json.loads(decode_segment(segment))
    except (ValueError, RecursionError):
        return {}
    return decoded if isinstance(decoded, dict) else {}


def payload_segment(token: object) -> str | None:
    """Return the middle part of a signed token of three parts, None where it is none."""
    parts = token.split(".") if isinstance(token, str) else []
    return parts[1] if len(parts) == 3 else None
