"""The password of a proxy, however its address is written: in no line, no file and no bundle."""

from __future__ import annotations

import base64
import gc
import warnings
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, Final
from urllib.parse import quote
from zipfile import ZipFile

import pytest

from tests.faults.canaries import encoded_forms
from tests.in_process import call_cli
from tests.production_names.strict_proxies import strict_proxy

PLAIN: Final = "pr0xy-p4ssw0rd-of-contoso"
ODD: Final = "p@ss/w0rd:of?contoso#1"
FORMS: Final[Mapping[str, tuple[str, str, str]]] = {
    "as usual": ("HTTPS_PROXY", f"http://operator:{PLAIN}@{{}}", PLAIN),
    "small letters": ("https_proxy", f"http://operator:{PLAIN}@{{}}", PLAIN),
    "for all": ("ALL_PROXY", f"http://operator:{PLAIN}@{{}}", PLAIN),
    "for all, small letters": ("all_proxy", f"http://operator:{PLAIN}@{{}}", PLAIN),
    "a slash at the end": ("HTTPS_PROXY", f"http://operator:{PLAIN}@{{}}/", PLAIN),
    "without a scheme": ("HTTPS_PROXY", f"operator:{PLAIN}@{{}}", PLAIN),
    "by TLS": ("HTTPS_PROXY", f"https://operator:{PLAIN}@{{}}", PLAIN),
    "capital letters": ("HTTPS_PROXY", f"HTTP://operator:{PLAIN}@{{}}", PLAIN),
    "without a user": ("HTTPS_PROXY", f"http://:{PLAIN}@{{}}", PLAIN),
    "a user of a domain": ("HTTPS_PROXY", f"http://CONTOSO%5Coperator:{PLAIN}@{{}}", PLAIN),
    "a mail address as its user": ("HTTPS_PROXY", f"http://operator%40contoso.com:{PLAIN}@{{}}", PLAIN),
    "signs, escaped": ("HTTPS_PROXY", f"http://operator:{quote(ODD, safe='')}@{{}}", ODD),
    "a password that is the user": ("HTTPS_PROXY", f"http://{PLAIN}:{PLAIN}@{{}}", PLAIN),
    "socks": ("HTTPS_PROXY", f"socks5://operator:{PLAIN}@{{}}", PLAIN),
    "a port that is none": ("HTTPS_PROXY", f"http://operator:{PLAIN}@{{}}x", PLAIN),
    "a host that is none": ("HTTPS_PROXY", f"http://operator:{PLAIN}@[{{}}", PLAIN),
}
"""By what is odd about each: the variable, the address with {} for host and port, and the password in it."""
ANSWERS = """cloud = "global"
profile = "csp"
tenant = "contoso.com"
associated = true
client_id = "33333333-cccc-4ccc-8ccc-000000000003"
credential = { none = true }
integration_user = "partner-integration@contoso.com"
[vault]
url = "https://contoso-partner.vault.azure.net"
"""


@pytest.fixture
def proxy() -> Iterator[str]:
    """Host and port of a proxy that wants another password."""
    with strict_proxy() as place:
        yield place


@pytest.fixture
def sockets_of_refused_tunnels() -> Iterator[None]:
    """Collect the sockets that urllib3 leaves where no tunnel is opened, before the next test is blamed for them."""
    yield
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ResourceWarning)
        gc.collect()


@pytest.mark.filterwarnings("ignore:Exception ignored in. <socket")
@pytest.mark.usefixtures("sockets_of_refused_tunnels")
@pytest.mark.soak
@pytest.mark.parametrize("form", FORMS)
def test_it_is_in_no_output_and_in_no_bundle(form: str, proxy: str, tmp_path: Path) -> None:
    variable, address, password = FORMS[form]
    (answers := tmp_path / "answers.toml").write_text(ANSWERS)
    environment: dict[str, Any] = {variable: address.format(proxy)}
    files = ("--journey", str(journey := tmp_path / "journey.json"))

    run = call_cli("run", "--answers", str(answers), *files, **environment)
    as_json = call_cli("run", "--json", "--answers", str(answers), *files, **environment)
    packed = call_cli("support-bundle", str(tmp_path / "bundle.zip"), *files, **environment)

    assert (run.returncode, as_json.returncode, packed.returncode) == (3, 3, 0), run.stdout + packed.stderr
    assert "start.login" in as_json.stdout
    with ZipFile(tmp_path / "bundle.zip") as archive:
        inside = b"".join(archive.read(name) for name in archive.namelist())
    said = "".join(each.stdout + each.stderr for each in (run, as_json, packed)).encode()
    written = said + inside + journey.read_bytes()
    with_user = base64.b64encode(f"operator:{password}".encode())
    for secret in (*encoded_forms(password), with_user, quote(password, safe="").encode()):
        assert secret not in written, (secret, run.stdout + run.stderr)
