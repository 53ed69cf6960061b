"""The certificates of a bundle are read once, and no connection is made without them."""

from __future__ import annotations

import ssl
from pathlib import Path

import pytest
import requests
import trustme

from wizard.microsoft.transport import FreshConnections
from wizard.microsoft.trust import trusting

URL = "https://login.microsoftonline.com/common"


@pytest.fixture
def bundle(tmp_path: Path) -> Path:
    path = tmp_path / "ca.pem"
    trustme.CA().cert_pem.write_to_path(path)
    return path


def asked_for(verify: object) -> ssl.SSLContext:
    request = requests.Request("GET", URL).prepare()
    _, tls = FreshConnections().build_connection_pool_key_attributes(request, verify)
    context = tls["ssl_context"]
    assert isinstance(context, ssl.SSLContext)
    return context


def test_a_bundle_is_read_once_for_all_connections(bundle: Path) -> None:
    assert asked_for(str(bundle)) is asked_for(str(bundle))
    assert asked_for(True) is asked_for(True)
    assert asked_for(True) is not asked_for(str(bundle))


def test_a_bundle_that_was_corrected_is_read_again(bundle: Path) -> None:
    before = asked_for(str(bundle))

    with bundle.open("ab") as file:
        file.write(trustme.CA().cert_pem.bytes())

    assert (before.cert_store_stats()["x509_ca"], asked_for(str(bundle)).cert_store_stats()["x509_ca"]) == (1, 2)


def test_a_folder_of_certificates_is_a_bundle(tmp_path: Path) -> None:
    assert trusting(str(tmp_path)).verify_mode is ssl.CERT_REQUIRED


@pytest.mark.parametrize("verify", [True, False, None, ""], ids=repr)
def test_certificates_and_names_are_always_checked(verify: object) -> None:
    context = asked_for(verify)

    assert context.verify_mode is ssl.CERT_REQUIRED
    assert context.check_hostname
    assert context.cert_store_stats()["x509_ca"] > 50


def test_a_file_without_a_certificate_is_trouble_with_tls(bundle: Path) -> None:
    bundle.write_text("no certificate")

    with pytest.raises(requests.exceptions.SSLError):
        asked_for(str(bundle))


@pytest.mark.parametrize(
    ("proxy", "is_left"), [("", False), ("http://proxy:3128", False), ("https://proxy:3128", True)]
)
def test_only_a_proxy_that_speaks_tls_is_left_to_read_the_bundle(bundle: Path, proxy: str, is_left: bool) -> None:
    adapter, request = FreshConnections(), requests.Request("GET", URL).prepare()
    pool = adapter.get_connection_with_tls_context(request, str(bundle), {"https": proxy} if proxy else {})

    adapter.cert_verify(pool, URL, str(bundle), None)

    assert pool.cert_reqs == "CERT_REQUIRED"  # type: ignore[attr-defined]
    assert bool(pool.ca_certs) is is_left  # type: ignore[attr-defined]
