"""What is wrong in an answers file is named by its key, ends with exit 2, and nothing secret is echoed."""

from __future__ import annotations

import re
import socket
import tomllib
from dataclasses import fields
from pathlib import Path

import pytest

from tests.each import for_each
from tests.in_process import CliResult, call_cli
from wizard.core.errors import BadInput
from wizard.onboarding.profile import PROFILES
from wizard.plain.alert_settings import read_alert_settings
from wizard.plain.answers_file import KEYS, parse_answers, read_answers

SECRET = "aBc8Q~Zz1~0123456789_abcdefghijklmnop.qr"
"""In the form of a client secret of Entra."""
PASSWORD = "Corr3ct-Horse-Battery"
GOOD = {
    "cloud": '"global"',
    "tenant": '"contoso.com"',
    "associated": "true",
    "client_id": '"33333333-cccc-4ccc-8ccc-000000000003"',
    "credential": "{ none = true }",
    "integration_user": '"partner-integration@contoso.com"',
    "vault.url": '"https://contoso-partner.vault.azure.net"',
}


@pytest.fixture(autouse=True)
def nowhere_to_go(monkeypatch: pytest.MonkeyPatch) -> None:
    """A proxy that is down: bad input is found before anybody is asked."""
    with socket.create_server(("127.0.0.1", 0)) as gone:
        monkeypatch.setenv("HTTPS_PROXY", f"http://127.0.0.1:{gone.getsockname()[1]}")


def run(text: str | bytes, folder: Path, *options: str) -> CliResult:
    answers = folder / "answers.toml"
    answers.write_bytes(text.encode() if isinstance(text, str) else text)
    return call_cli(
        "run", "--answers", str(answers), "--journey", str(folder / "journey" / "journey.json"), *options, folder=folder
    )


def written(**changes: str | None) -> str:
    """The good answers with changes; dots in a key are written as two underscores, None leaves a key out."""
    values = dict(GOOD) | {key.replace("__", "."): value for key, value in changes.items()}
    return "".join(f"{key} = {value}\n" for key, value in values.items() if value is not None)


def check_refused(done: CliResult, key: str, *words: str) -> None:
    assert done.returncode == 2, done.stdout + done.stderr
    (line,) = done.stderr.splitlines()
    assert line.startswith(f"partner-wizard: {key}: "), line
    for word in words:
        assert word in line, line
    assert done.stdout == ""
    for secret in (SECRET, PASSWORD):
        assert secret not in done.stderr


FORMS = [
    ("tenant", '"https://contoso.com"', "without https://"),
    ("tenant", '"admin@contoso.com"', "after the @"),
    ("tenant", '"contoso"', "domain such as contoso.com"),
    ("tenant", '"contoso .com"', "domain such as contoso.com"),
    ("tenant", '"11111111-aaaa-4aaa-8aaa-00000000000"', "domain such as contoso.com"),
    ("tenant", '"../../common"', "domain such as contoso.com"),
    ("tenant", '"-contoso.com"', "domain such as contoso.com"),
    ("tenant", '"' + "a." * 200 + 'com"', "domain such as contoso.com"),
    ("tenant", '""', "needs a value"),
    ("tenant", '"  "', "needs a value"),
    ("tenant", '"contoso.com\\u0000"', "domain such as contoso.com"),
    ("tenant", '"cоntoso.com"', "domain such as contoso.com"),  # a Cyrillic letter
    ("client_id", '"33333333-cccc-4ccc-8ccc-00000000000g"', "GUID"),
    ("client_id", '"{33333333-cccc-4ccc-8ccc-000000000003}"', "GUID"),
    ("client_id", '"33333333cccc4ccc8ccc000000000003"', "GUID"),
    ("client_id", '"api://33333333-cccc-4ccc-8ccc-000000000003"', "GUID"),
    ("client_id", '""', "needs a value"),
    ("integration_user", '"partner-integration"', "user name such as"),
    ("integration_user", '"a b@contoso.com"', "user name such as"),
    ("integration_user", '"@contoso.com"', "user name such as"),
    ("integration_user", '"user@contoso"', "user name such as"),
    ("integration_user", '""', "needs a value"),
    ("vault.url", '"contoso-partner.vault.azure.net"', "https://"),
    ("vault.url", '"http://contoso-partner.vault.azure.net"', "https://"),
    ("vault.url", '"contoso-partner"', "https://"),
    ("vault.url", '"https://contoso-partner"', "whole host"),
    ("vault.url", '"https://contoso-partner.vault.azure.net/secrets/x"', "only https:// and the vault's host"),
    ("vault.url", '"https://user@contoso-partner.vault.azure.net"', "only https:// and the vault's host"),
    ("vault.url", '"https://contoso-partner.vault.azure.net:8443"', "only https:// and the vault's host"),
    ("vault.url", '"https://contoso-partner.vault.azure.net?x=1"', "only https:// and the vault's host"),
    ("vault.url", '"https://co.vault.azure.net"', "3 to 24"),
    ("vault.url", '"https://1contoso.vault.azure.net"', "begins with a letter"),
    ("vault.url", '"https://contoso--partner.vault.azure.net"', "single hyphens"),
    ("vault.url", '"https://' + "c" * 25 + '.vault.azure.net"', "3 to 24"),
    ("vault.url", '"https://[::1"', "https://contoso-partner.vault.azure.net"),
    ("vault.url", None, "needs a value"),
    ("vault.secret", '"partner_center"', "letters, digits and hyphens"),
    ("vault.secret", '"a/b"', "letters, digits and hyphens"),
    ("vault.secret", '"' + "a" * 116 + '"', "1 to 115"),
    ("vault.identity", '"azure"', "default, environment"),
    ("consent.redirect_uri", '"http://contoso.com/answer"', "http://localhost"),
    ("consent.redirect_uri", '"localhost"', "http://localhost"),
    ("consent.redirect_uri", '"javascript:alert(1)"', "http://localhost"),
    ("consent.wait", "-1", "from 0 to 86400"),
    ("consent.wait", "86401", "from 0 to 86400"),
]


@pytest.mark.parametrize(("key", "value", "words"), FORMS, ids=lambda value: str(value)[:40])
def test_a_malformed_value_is_named_with_what_is_expected(
    key: str, value: str | None, words: str, tmp_path: Path
) -> None:
    """Also where its step would come much later: nobody is asked before."""
    check_refused(run(written(**{key.replace(".", "__"): value}), tmp_path), key, words)


TYPES = [
    ("tenant", "7", "expected text"),
    ("associated", '"yes"', "true or false"),
    ("associated", "1", "true or false"),
    ("client_id", "[]", "expected text"),
    ("public_client", '"true"', "true or false"),
    ("consent.wait", '"300"', "a whole number"),
    ("consent.wait", "300.5", "a whole number"),
    ("consent.wait", "true", "a whole number"),
    ("vault.replace", '"no"', "true or false"),
    ("vault.url", "{ host = 1 }", "expected text"),
]


@pytest.mark.parametrize(("key", "value", "words"), TYPES, ids=lambda value: str(value)[:30])
def test_a_wrong_type_is_named_with_the_right_one(key: str, value: str, words: str, tmp_path: Path) -> None:
    check_refused(run(written(**{key.replace(".", "__"): value}), tmp_path), key, words)


@pytest.mark.parametrize("key", ["tennant", "vault.name", "consent.days", "signin", "Tenant", "credential.foo"])
def test_an_unknown_key_is_named(key: str, tmp_path: Path) -> None:
    changes: dict[str, str | None] = {key.replace(".", "__"): '"x"'}
    if key.startswith("credential"):
        changes["credential"] = None
    check_refused(run(written(**changes), tmp_path), key, "is not a key of an answers file")


IN_IT = [
    ("credential", f'"{SECRET}"'),
    ("credential", f'"{PASSWORD}"'),
    ("client_secret", f'"{PASSWORD}"'),
    ("secret", f'"{SECRET}"'),
    ("password", f'"{PASSWORD}"'),
    ("refresh_token", f'"{PASSWORD}"'),
    ("vault.client_secret", f'"{PASSWORD}"'),
    ("tenant", f'"{SECRET}"'),
    ("client_id", f'"{SECRET}"'),
    ("vault.secret", f'"{SECRET}"'),
]


@pytest.mark.parametrize(("key", "value"), IN_IT, ids=lambda value: str(value)[:30])
def test_a_secret_in_the_file_is_refused_and_not_repeated(key: str, value: str, tmp_path: Path) -> None:
    done = run(written(**{key.replace(".", "__"): value}), tmp_path)
    check_refused(done, key, "a secret does not belong in the answers file", 'credential = { env = "NAME" }')


SECRETS = {
    "new": SECRET,
    "old": "kB3+/9dQm1xYzT7vLr0pWq2sNf5hJc8aEu4iOg6tXyA=",
    "refresh token": "1.AX" + "c4N4ry" * 40,
    "access token": "eyJhbGciOiJub25lIn0.eyJhdWQiOiJ4In0.c2ln",
    "passphrase": PASSWORD,
    "hexadecimal": "d41d8cd98f00b204e9800998ecf8427e",
}
PLACES = [
    *(f'{key} = "{{}}"' for key in KEYS if key not in {"vault.secret", "cloud", "profile"}),
    *(f'{key} = ["{{}}"]' for key in KEYS),
    *(f'{key} = {{{{ "{{}}" = 1 }}}}' for key in KEYS),
    'credential = {{ env = "{}" }}', 'credential = {{ file = "{}" }}', 'credential = {{ certificate = "{}" }}',
    'credential = {{ certificate = "app.pem", passphrase = {{ env = "{}" }} }}',
    'credential = {{ certificate = "app.pem", passphrase = {{ file = "{}" }} }}',
    'credential = {{ federated = "{}" }}', 'credential = {{ federated = "file", file = "{}" }}',
    'credential = {{ federated = "managed", client_id = "{}" }}', 'credential = {{ "{}" = true }}',
    'credential = {{ env = ["{}"] }}', 'credential = {{ prompt = "{}" }}', 'stored_token.value = {{ env = "{}" }}',
    '"{}" = 1', '["{}"]\nx = 1', 'consent."{}" = 1', '"{0}" = 1\n"{0}" = 2', 'x = {{ "{0}" = 1, "{0}" = 2 }}',
    'credential = "{}', 'credential = {}', '[alerts]\nto = ["{}"]', '[alerts]\nto = [{{ env = "{}" }}]',
    '[alerts]\nto = [{{ file = "{}" }}]', '[alerts]\n"{}" = 1', '[alerts]\nnames = "{}"\nto = [{{ env = "HOME" }}]',
]  # fmt: skip
"""Every place of an answers file: values, and names."""
ASKED = PROFILES["csp"].fields


def mistakes_in(text: str, path: Path) -> list[str]:
    """What is said of an answers file that holds a secret; of one that can be read, by the step that asks for it."""
    path.write_text(text)
    try:
        answers, _ = read_answers(path, {})
        read_alert_settings(path, {})
    except BadInput as refused:
        return [str(refused)]
    held = {each.name: value for each in fields(answers) if (value := getattr(answers, each.name)) in SECRETS.values()}
    return [ASKED[name].error(value) for name, value in held.items()]


@pytest.mark.parametrize(
    "form", [pytest.param(each, marks=pytest.mark.system) if "token" in each else each for each in SECRETS]
)
def test_a_misplaced_secret_is_never_repeated_wherever_it_stands(form: str, tmp_path: Path) -> None:
    for number, place in enumerate(PLACES):  # a new file each: to write one anew takes ten times as long
        mistakes = mistakes_in(place.format(SECRETS[form]), tmp_path / f"{number}.toml")
        assert mistakes, place
        assert all(mistakes), f"{place} would be saved"
        assert SECRETS[form] not in "".join(mistakes), place


@for_each(
    [
        ("the environment has no variable PARTNER_SECRET", '{ env = "PARTNER_SECRET" }'),
        ("no-such-file cannot be read", '{ file = "no-such-file" }'),
        ("/run/secrets/Partner2 cannot be read", '{ file = "/run/secrets/Partner2" }'),
        ("credential.enviroment: is not a key", '{ enviroment = "PARTNER_SECRET" }'),
    ]
)
def test_what_is_no_secret_is_repeated_so_that_a_slip_of_the_pen_is_found(words: str, value: str) -> None:
    with pytest.raises(BadInput, match=re.escape(words)):
        parse_answers(tomllib.loads(f"credential = {value}"), Path(), {})


@pytest.mark.parametrize(
    ("credential", "key", "words"),
    [
        (f'{{ secret = "{SECRET}" }}', "credential", "does not belong"),
        (f'{{ value = "{PASSWORD}" }}', "credential.value", "is not a key"),
        (f'{{ certificate = "app.pem", passphrase = "{PASSWORD}" }}', "credential.passphrase", "does not belong"),
        (f'{{ env = "{SECRET}" }}', "credential", "does not belong"),
        (f'{{ file = "{SECRET}" }}', "credential", "does not belong"),
        ('{ env = "NO_SUCH_VARIABLE" }', "credential.env", "NO_SUCH_VARIABLE"),
        ('{ env = 7 }', "credential.env", "expected text"),
        ('{ file = "no-such-file" }', "credential.file", "no-such-file"),
        ('{ file = "." }', "credential.file", ""),
        ('{ env = "HOME", file = "x" }', "credential", "exactly one"),
        ("{}", "credential", "exactly one"),
        ("{ none = false }", "credential.none", "true"),
        ("{ prompt = 1 }", "credential.prompt", "true"),
        ("7", "credential", "a table"),
        ('{ certificate = "app.pem", create = false }', "credential.create", "expected true"),
        ('{ env = "HOME", create = true }', "credential.create", "beside certificate"),
        ('{ certificate = "no-folder/app.pem", create = true }', "credential", "there is no folder"),
        ('{ federated = "github" }', "credential.federated", "managed, workload, file"),
        ("{ federated = true }", "credential.federated", "managed, workload, file"),
        ('{ federated = "file" }', "credential.file", "expected text"),
        ('{ federated = "workload", file = "token" }', "credential.file", 'federated = "workload"'),
        ('{ federated = "managed", env = "HOME" }', "credential.env", 'federated = "managed"'),
        ('{ federated = "managed", client_id = "it" }', "credential", "GUID"),
        ('{ federated = "file", file = "no-such-token" }', "credential", "no-such-token"),
        ('{ env = "HOME", client_id = "x" }', "credential.client_id", "managed"),
    ],
    ids=lambda value: str(value)[:40],
)  # fmt: skip
def test_a_credential_that_is_none_is_named(credential: str, key: str, words: str, tmp_path: Path) -> None:
    check_refused(run(written(credential=credential), tmp_path), key, words)


@pytest.mark.parametrize("content", ["", "\n", "two\nlines", b"\xff\xfe\x00"], ids=lambda value: repr(value)[:12])
def test_a_secret_file_without_one_line_is_refused(content: str | bytes, tmp_path: Path) -> None:
    (tmp_path / "secret").write_bytes(content if isinstance(content, bytes) else content.encode())
    check_refused(run(written(credential='{ file = "secret" }'), tmp_path), "credential.file", "one line of text")


@pytest.mark.parametrize(
    "text",
    ["tenant = ", "tenant", '{"tenant": "contoso.com"}', b"\xff\xfe\x00t", "a = " + "[" * 5000,
     f'credential = "{PASSWORD}', f"client_secret = {PASSWORD}", 'tenant = "a"\ntenant = "b"'],
    ids=lambda value: repr(value)[:20],
)  # fmt: skip
def test_a_file_that_is_no_toml_is_said(text: str | bytes, tmp_path: Path) -> None:
    check_refused(run(text, tmp_path), "--answers", "is not TOML")


def test_a_huge_file_is_refused(tmp_path: Path) -> None:
    check_refused(run("# " + "x" * 300_000, tmp_path), "--answers", "too large")


@pytest.mark.parametrize(("path", "words"), [("missing.toml", "No such file"), (".", "")], ids=["missing", "folder"])
def test_a_file_that_cannot_be_read_is_said(path: str, words: str, tmp_path: Path) -> None:
    done = call_cli("run", "--answers", str(tmp_path / path))
    check_refused(done, "--answers", words)


def test_with_json_the_mistake_is_still_one_sentence_on_standard_error(tmp_path: Path) -> None:
    check_refused(run(written(tenant='"x y"'), tmp_path, "--json"), "tenant", "domain")


@pytest.mark.parametrize(
    "missing", ["tenant", "associated", "client_id", "credential", "integration_user", "vault.url"]
)
def test_a_missing_answer_is_named_by_its_key(missing: str, tmp_path: Path) -> None:
    done = run(written(**{missing.replace(".", "__"): None}), tmp_path)
    check_refused(done, missing)


def test_no_answers_at_all_names_a_missing_key() -> None:
    done = call_cli("run")
    assert done.returncode == 2
    key = done.stderr.removeprefix("partner-wizard: ").partition(": ")[0]
    assert key in GOOD
    assert "needs a" in done.stderr


@pytest.mark.parametrize(
    ("key", "value", "words"),
    [
        ("cloud", '"mars"', "global"),
        ("profile", '"reseller"', '"csp"'),
        ("sign_in.flow", '"auth-code"', '"device-code"'),
    ],
    ids=lambda value: str(value)[:20],
)
def test_what_is_not_there_yet_is_said(key: str, value: str, words: str, tmp_path: Path) -> None:
    check_refused(run(written(**{key.replace(".", "__"): value}), tmp_path), key, words)


TOKEN = "1.AX" + "c4n4ry" * 100


@pytest.mark.parametrize(
    ("value", "words"),
    [
        (f'"{TOKEN}"', "does not belong in the answers file"),
        (f'{{ env = "{TOKEN}" }}', "does not belong in the answers file"),
        ('{ file = "no-such-file" }', "No such file"),
        ("{ prompt = true }", "expected { env"),
    ],
)
def test_a_token_itself_is_refused_in_the_file(value: str, words: str, tmp_path: Path) -> None:
    done = run(written(sign_in__flow='"stored-token"', stored_token__value=value), tmp_path)

    assert done.returncode == 2
    assert "partner-wizard: stored_token.value" in done.stderr
    assert words in done.stderr


@pytest.mark.parametrize(
    ("value", "words"),
    [
        (f'"{TOKEN}"', ["does not belong in the answers file"]),
        ('"elsewhere"', ["expected one of cipp, ", "typed"]),
    ],
)
def test_a_layout_is_one_of_those_that_there_are(value: str, words: list[str], tmp_path: Path) -> None:
    done = run(written(sign_in__flow='"stored-token"', stored_token__layout=value), tmp_path)

    check_refused(done, "stored_token.layout", *words)
    assert "c4n4ry" not in done.stderr


def test_a_pasted_token_has_to_be_named(tmp_path: Path) -> None:
    done = run(written(sign_in__flow='"stored-token"', stored_token__layout='"typed"'), tmp_path)

    check_refused(done, "stored_token.value", "needs a value")


def test_what_is_no_refresh_token_is_refused_before_anybody_is_asked(tmp_path: Path) -> None:
    (tmp_path / "token").write_text(SECRET, encoding="utf-8")
    layout = {"sign_in__flow": '"stored-token"', "stored_token__layout": '"typed"'}
    done = run(written(**layout, stored_token__value='{ file = "token" }'), tmp_path)

    check_refused(done, "stored_token.value", "client secret, not a refresh token")
