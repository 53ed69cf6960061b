"""What looks like a secret, or is known to be one, leaves a text; what support needs stays."""

from __future__ import annotations

import base64
import html
import json
import re
from random import Random
from urllib.parse import quote, quote_plus

import pytest

from wizard.redaction.redactor import LEAST_PART, MOST, Redactor, encoded_forms
from wizard.redaction.secret_patterns import is_secret_name, redact_patterns

JWT = "eyJ0eXAiOiJKV1QiLCJhbGciOiJSUzI1NiJ9.eyJhdWQiOiJodHRwczovL2FwaSJ9.c2lnbmF0dXJlLW9mLWNvbnRvc28"
REFRESH = "1.AXkAq1b2c3d4e5f6g7h8i9j0-Contoso_token.AgABAwEAAADW6jl31mB3T7ugrWTT8pFeAwDs_wUA9P8"
CLIENT_SECRET = "aBc8Q~dEfGhIjKlMnOpQrStUvWxYz0123456789.-"
PEM = "-----BEGIN PRIVATE KEY-----\nMIIEvQIBADANBgkq\nhkiG9w0BAQEFAASC\n-----END PRIVATE KEY-----"
DEVICE_CODE = "DAQABIQEAAAA" + "kV1rT9cQ2pZx" * 12

PLAIN = "hunter-two-7"
"""A value that only its name gives away."""

HIDDEN = {
    "an access token": (JWT, JWT),
    "an access token that was cut": (f"token {JWT[:70]}", JWT[:70]),
    "a refresh token": (f"sent {REFRESH}.", REFRESH),
    "a personal account's refresh token": ("M.C512_BAY.0.U.-CkT0kenOfFabrikam!x*y", "CkT0kenOfFabrikam"),
    "a client secret": (f"secret {CLIENT_SECRET} used", CLIENT_SECRET[:20]),
    "a client secret in an address": (quote(CLIENT_SECRET, safe="").replace("~", "%7E"), "dEfGhIjKl"),
    "a private key": (PEM, "MIIEvQ"),
    "a private key in JSON": (json.dumps({"key": PEM}), "MIIEvQ"),
    "a private key that was cut": (PEM[:60], "MIIEvQ"),
    "an encrypted private key": (PEM.replace("PRIVATE", "ENCRYPTED PRIVATE"), "MIIEvQ"),
    "a long opaque code": (f"polled with {DEVICE_CODE}", DEVICE_CODE),
    "a header": (f"Authorization: Bearer {PLAIN}\r\nHost: graph.microsoft.com", PLAIN),
    "a header of another scheme": (f'authorization: Digest username="x", response="{PLAIN}"', PLAIN),
    "a header of a command": (f"curl -H 'Authorization: Basic {PLAIN}' https://x", PLAIN),
    "a scheme without its header": ("sent Bearer aB3-token-of-contoso to it", "aB3-token"),
    "a proxy's header": (f"Proxy-Authorization: Basic {PLAIN}", PLAIN),
    "an API key": (f"x-api-key: {PLAIN}", PLAIN),
    "a cookie": (f"Set-Cookie: ESTSAUTH={PLAIN}; path=/; secure", PLAIN),
    "cookies": (f"Cookie: a=1; b={PLAIN}\nAccept: */*", PLAIN),
    "a header that a platform adds": (f"X-MS-TOKEN-AAD-ACCESS-TOKEN: {PLAIN}", PLAIN),
    "a form": (f"grant_type=password&username=x&password={PLAIN}&scope=y", PLAIN),
    "an encoded form": (f"body%3Dclient_secret%3D{PLAIN}%26x%3D1", PLAIN),
    "a redirect": (f"https://localhost/?code=0.{PLAIN}&state=1", PLAIN),
    "a signed address": (f"https://contoso.blob.core.windows.net/c?sv=1&sig={PLAIN}%3D&se=2", PLAIN),
    "a proxy's address": (f"http://user:{PLAIN}@proxy.contoso.com:8080", PLAIN),
    "a member": (f'{{"client_secret": "{PLAIN}", "a": 1}}', PLAIN),
    "a member with quotes in its value": (json.dumps({"password": f'a"{PLAIN}', "a": 1}), PLAIN),
    "a member that is a number": ('{"password": 123456789}', "123456789"),
    "a member of a list": (f'{{"assertion": ["{PLAIN}"]}}', PLAIN),
    "a member that was cut": (f'{{"refresh_token": "{PLAIN}', PLAIN),
    "JSON in JSON": (json.dumps({"body": json.dumps({"device_code": f'"{PLAIN}'})}), PLAIN),
    "JSON in JSON in JSON": (json.dumps(json.dumps(json.dumps({"id_token": PLAIN}))), PLAIN),
    "JSON in a page": (html.escape(json.dumps({"access_token": PLAIN})), PLAIN),
    "JSON in an address": (quote(json.dumps({"access_token": PLAIN})), PLAIN),
    "Python's notation": (repr({"client_assertion": PLAIN}), PLAIN),
    "Python's notation of bytes": (repr({"passphrase": PLAIN.encode()}), PLAIN),
    "a variable": (f"export AZURE_CLIENT_SECRET={PLAIN}", PLAIN),
    "a variable of plain letters": ("AZURE_CLIENT_SECRET=sesame", "sesame"),
    "a setting": (f"clientSecret: {PLAIN}", PLAIN),
    "an element": (f"<password>{PLAIN}</password>", PLAIN),
    "a user code": ("enter the code A1B2C3D4E to sign in", "A1B2C3D4E"),
    "a user code's member": ('"user_code":"ABCDEFGHJ"', "ABCDEFGHJ"),
    "a user code in a sentence": ("The user code: ABCDEFGHJ.", "ABCDEFGHJ"),
    "a verifier": (f"code_verifier={PLAIN}", PLAIN),
    **{f"behind {name}": (f"{name}{PLAIN}", PLAIN) for name in (
        "secret=", "secret: ", "ERROR token=", "?token=", "pass=", "pwd=", "Kennwort: ", "Passwort=", "Secret value: ",
        "client secret value: ", "appPassword: ", "App secret = ", "API key: ", "MY_SECRET=", "csrf-token: ",
        "userPassword=",
    )},
    "a word's value in quotes": (f"\"token\": \"{PLAIN}\"", PLAIN),
    "a word's value in JSON in JSON": (json.dumps(json.dumps({"secret": PLAIN})), PLAIN),
    "an option": (f"az login --service-principal --password {PLAIN} --tenant x", PLAIN),
    "an option with signs": ("--password Hx7Qe+zW1pL9kd83Jf", "Hx7Qe"),
    "an option with a value of words": ("--password correct-horse-staple", "horse"),
    "an option in quotes": (f"--client-secret '{PLAIN}'", PLAIN),
    "an option of PowerShell": (f"Connect-X -ClientSecret {PLAIN}", PLAIN),
    "a short option": (f"az login -u x -p {PLAIN}", PLAIN),
    "a user and password": (f"curl -s -u app:{PLAIN} https://x", PLAIN),
    "a user and password in quotes": (f"curl --user 'app:{PLAIN}' https://x", PLAIN),
    "the next item of a list": (f"['az','login','--username','x','--password','{PLAIN}']", PLAIN),
    "the next item of a list, short": (f'["az", "login", "-p", "{PLAIN}"]', PLAIN),
    "the next item of a list on its line": (f'[\n  "--password",\n    "{PLAIN}"\n]', PLAIN),
    "a secret in a sentence": (f"invalid_client: secret '{PLAIN}' is wrong", PLAIN),
    "a bare secret in a sentence": ("the password Hx7Qe+zW1pL9kd83Jf was refused", "Hx7Qe"),
    "a header whose value is on the next line": (f"Authorization: Bearer\n{PLAIN}\nHost: x", PLAIN),
    "a proxy's password with @ and /": ("https://user:p@ss/w0rd@proxy:8080", "w0rd"),
}  # fmt: skip

KEPT = [
    "AADSTS7000215: Invalid client secret provided. Ensure the secret being sent is the client secret value.",
    "AADSTS7000218: The request body must contain the following parameter: 'client_assertion' or 'client_secret'.",
    "AADSTS50056: Invalid or null password: password does not exist in store for this user.",
    "AADSTS900144: The request body must contain the following parameter: 'refresh_token'.",
    "Trace ID: 7f9e1c2d-1111-4222-8333-0123456789ab Correlation ID: 00000003-0000-0ff1-ce00-000000000000",
    "Timestamp: 2026-11-21 10:00:00Z",
    "https://login.microsoftonline.com/error?code=7000215",
    '{"error":"invalid_grant","error_codes":[50076],"code":"AADSTS50076","claims":"{\\"access_token\\":{\\"amr\\"',
    'Bearer authorization="https://login.microsoftonline.com/11111111-2222-3333-4444-555555555555", resource="https://v"',
    "x-ms-request-id: 7f9e1c2d-1111-4222-8333-0123456789ab",
    "MS-CV: pDlGjWWnKEaAGkzU9Vvd4w.0",
    "POST /11111111-2222-3333-4444-555555555555/oauth2/v2.0/token -> 400",
    "https://contoso-partner.vault.azure.net/secrets/partner-center-refresh-token/0123456789abcdef0123456789abcdef",
    '{"error":{"code":"Forbidden","innererror":{"code":"ForbiddenByRbac"}}}',
    'grant_types: ["refresh_token", "password"], response_type=id_token, token_type=Bearer',
    "user.sign_in_ready: the refresh token: it was not stored",
    "GET /deletedsecrets/partner-center-refresh-token: HTTP 404",
    "Basic authentication is off. Bearer tokens are needed.",
    '"client_secret": null, "password": "", password=',
    "status_code=400 error code: 53003, code=Forbidden",
    "scopes https://api.partnercenter.microsoft.com/user_impersonation",
    "someone@contoso.com",
    "the client secret is wrong; its secret ID is not its value; secret: not shown; token expired",
    "token: expired. Secret: missing, token=access, secret: InvalidSecret, pass: 3, the token is from 2026",
    "the secret 'partner-center-refresh-token' was not found; vault_secret = \"our-token-2\", token: AADSTS50013",
    "use --password to sign in, or --token-type, --password <value>, az login -p, -p 8080",
    "mkdir -p build-2/out; docs -u a:b-2-c-d-e",
    "Authorization: Bearer\nAccept: application/json",
    "https://login.microsoftonline.com:443/common?login_hint=jane@contoso.com https://x/users/jane@contoso.com",
    "http://[::1]:8080/jane@contoso.com",
]  # fmt: skip


@pytest.mark.parametrize("what", HIDDEN)
def test_what_looks_like_a_secret_is_masked(what: str) -> None:
    text, secret = HIDDEN[what]
    redacted = redact_patterns(text)

    assert secret not in redacted
    assert "•••" in redacted
    assert redact_patterns(redacted) == redacted


@pytest.mark.parametrize("text", KEPT)
def test_what_support_needs_stays(text: str) -> None:
    assert redact_patterns(text) == text


def test_what_stands_beside_a_secret_stays() -> None:
    body = json.dumps({"error": "invalid_client", "client_secret": 'a\\"b', "trace_id": "t", "n": [1]})

    assert json.loads(redact_patterns(body)) == {
        "error": "invalid_client",
        "client_secret": "•••",
        "trace_id": "t",
        "n": [1],
    }
    assert redact_patterns(f"Authorization: Bearer {JWT}\r\nHost: h") == "Authorization: •••\r\nHost: h"
    assert redact_patterns("a=1&client_secret=x1&b=2") == "a=1&client_secret=•••&b=2"
    assert redact_patterns("https://u:p@ss/w0rd@proxy:8080 b@c") == "https://•••@proxy:8080 b@c"
    assert redact_patterns("http://a:b@h,http://c:d@h2") == "http://•••@h,http://•••@h2"
    assert redact_patterns("curl -u app:hunter-2 https://x") == "curl -u app:••• https://x"
    assert redact_patterns(f"before\n{PEM}\nafter") == "before\n•••\nafter"


SECRETS = {
    "client secret": "x+Y/z&W=~8 q'<Ü>\"\\end-of-it",
    "token": JWT,
    "short": "pa$$w0",
    "code": "A1B2C3D4E",
    "password": "Fabrikam#2026!",
}


@pytest.mark.parametrize("what", SECRETS)
def test_a_known_secret_is_masked_in_every_form(what: str) -> None:
    secret = SECRETS[what]
    redactor = Redactor()
    redactor.remember(secret)
    octets = secret.encode()
    forms = {
        "raw": secret,
        "URL": quote(secret, safe=""),
        "form": quote_plus(secret),
        "URL, small letters": re.sub("%..", lambda found: found[0].lower(), quote(secret, safe="")),
        "URL twice": quote(quote(secret, safe="")),
        "JSON": json.dumps(secret)[1:-1],
        "JSON, not ASCII": json.dumps(secret, ensure_ascii=False)[1:-1],
        "JSON twice": json.dumps(json.dumps(secret)[1:-1])[1:-1],
        "HTML": html.escape(secret),
        "hex": octets.hex(),
        "HEX": octets.hex().upper(),
    }

    for form, text in forms.items():
        assert redactor.redact(f"before {text} after {text}") == "before ••• after •••", form
    for before in range(3):
        whole = base64.b64encode(b"x" * before + octets + b"yyyyy").decode()
        inner = base64.b64encode(b"x" * before + octets).decode()[4 if before else 0 : -4]
        assert inner in whole
        assert inner not in redactor.redact(whole)
        assert inner not in redactor.redact(whole.replace("+", "-").replace("/", "_"))
    assert redactor.redact("nothing of it") == "nothing of it"


def test_the_beginning_of_a_known_secret_is_masked_as_far_as_it_goes() -> None:
    redactor = Redactor()
    redactor.remember("zX9-first-half-of-it-second-half")

    assert redactor.redact("got 'zX9-first-half-of-it…'") == "got '•••…'"
    assert redactor.redact(f"got {'zX9-first-half-of-it'[: LEAST_PART - 1]}") == "got zX9-first-half-"
    assert redactor.redact(base64.b64encode(b"zX9-first-half-of-it").decode()[:24]) == "•••"


def test_too_short_a_secret_is_no_secret() -> None:
    redactor = Redactor()
    redactor.remember("abc")
    redactor.remember("")

    assert redactor.redact("abc def") == "abc def"


def test_more_secrets_than_are_kept_drop_the_oldest() -> None:
    redactor = Redactor()
    for number in range(MOST + 1):
        redactor.remember(f"known-secret-no-{number:05}-of-many")

    assert redactor.redact(f"known-secret-no-{MOST:05}-of-many") == "•••"
    assert repr(redactor) == f"Redactor({MOST // 2 + 1} secrets)"


def test_json_is_scrubbed_in_names_and_values_and_stays_json() -> None:
    redactor = Redactor()
    redactor.remember("fabrikam-value-1")
    body = {
        "error": {"code": "Forbidden", "message": "no fabrikam-value-1", "innererror": [{"fabrikam-value-1": 1}]},
        "client_secret": "other",
        "code": "AADSTS50076",
        "n": None,
        "token": "hunter-two-7",
        "vault_secret": "our-token-2",
    }

    assert redactor.redact_json(body) == {
        "error": {"code": "Forbidden", "message": "no •••", "innererror": [{"•••": 1}]},
        "client_secret": "•••",
        "code": "AADSTS50076",
        "n": None,
        "token": "•••",
        "vault_secret": "our-token-2",
    }


def test_json_that_is_nested_too_deep_is_masked_whole() -> None:
    redactor = Redactor()
    redactor.remember("fabrikam-value-1")
    deep: object = "fabrikam-value-1"
    for _ in range(300):
        deep = [deep]

    assert "fabrikam" not in json.dumps(redactor.redact_json(deep))


def test_the_same_user_has_the_same_number() -> None:
    redactor = Redactor()
    text = "Partner-Integration@contoso.com, b.o'b@fabrikam.com; upn=partner-integration@contoso.com (a%40contoso.com)"

    assert redactor.replace_user_names(text) == "<user 1>, <user 2>; upn=<user 1> (<user 3>)"
    assert redactor.replace_user_names("mailto:a@contoso.com") == "mailto:<user 3>"
    assert redactor.replace_user_names("guest_fabrikam.com#EXT#@contoso.onmicrosoft.com") == "<user 4>"
    assert redactor.replace_user_names("o'brien@contoso.com 'o'brien@contoso.com'") == "<user 5> '<user 5>'"
    assert (
        redactor.replace_user_names('as CONTOSO\\jdoe, "CONTOSO\\\\jdoe", AzureAD\\JaneDoe')
        == 'as <user 6>, "<user 6>", <user 7>'
    )
    for text in ("C:\\Users\\jdoe", "ERROR\\nat x", "D:\\DATA\\x", "a\\nb"):
        assert redactor.replace_user_names(text) == text
    assert (
        redactor.replace_user_names("https://contoso.com/@ and @ contoso.com")
        == "https://contoso.com/@ and @ contoso.com"
    )


def test_names_that_hold_secrets_are_known() -> None:
    assert all(map(is_secret_name, ("client_secret", "refreshToken", "x-api-key", "Set-Cookie", "AZURE_CLIENT_SECRET")))
    assert not any(map(is_secret_name, ("code", "error", "client_id", "secret_name", "token_type", "password_expired")))


def test_no_form_of_a_secret_is_too_short_to_be_looked_for() -> None:
    assert min(map(len, encoded_forms("pa$$w0"))) >= 6


def test_a_short_run_of_letters_digits_and_hyphens_is_touched_by_no_pattern() -> None:
    parts = ("client-secret", "password", "-p", "--token", "Bearer", "eyJ0", "1A", "8Q", "code", "3D", "Zz9", "-")
    chance = Random(11)
    for _ in range(500):
        text = "".join(chance.choices(parts, k=chance.randint(1, 9)))[:40]

        assert redact_patterns(text) == text
        assert redact_patterns(f"{text}\n") == f"{text}\n"  # which every pattern looks at


def test_a_secret_is_found_whether_there_are_few_of_them_or_more_than_the_text_has_places() -> None:
    """Few are searched for one by one; among many each place of the text is looked up."""
    random, few, many = Random(20261128), Redactor(), Redactor()
    secrets = ["".join(random.choices("abAB1~.-", k=random.choice([6, 7, 15, 16, 17, 60]))) for _ in range(12)]
    for each in secrets:
        few.remember(each)
        many.remember(each)
    for number in range(150):
        many.remember(f"another secret of {number:05}")
    for _ in range(150):
        words = [random.choice([random.choice(secrets), random.choice(secrets)[:-2], "plain"]) for _ in range(3)]
        text = random.choice(["", " ", "x"]).join(words)
        assert many.redact(text) == few.redact(text), text
