"""Whom to trust: the TLS settings of every connection, with the certificates of a bundle read once and not for each."""

from __future__ import annotations

import ssl
from functools import lru_cache
from pathlib import Path

from urllib3.util.ssl_ import create_urllib3_context


def trusting(bundle: str) -> ssl.SSLContext:
    """Return the settings that trust the authorities in `bundle`, a PEM file or a folder of them, and check names.

    Raises:
        OSError: it is not there, or holds no certificate (`ssl.SSLError`).
    """
    status = Path(bundle).stat()
    return _read(bundle, status.st_mtime_ns, status.st_size)


@lru_cache(maxsize=4)
def _read(bundle: str, _changed: int, _size: int) -> ssl.SSLContext:
    """Read a bundle; again where it has changed."""
    context = create_urllib3_context(cert_reqs=ssl.CERT_REQUIRED)
    if Path(bundle).is_dir():
        context.load_verify_locations(capath=bundle)
    else:
        context.load_verify_locations(cafile=bundle)
    return context
