"""A bare client of the rehearsal cloud, as a person with requests would write it, for the tests beside it."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qsl, urlencode, urlsplit

import jwt
import requests

from wizard.rehearsal import RehearsalCloud

MFA_CLAIMS = json.dumps({"access_token": {"amr": {"values": ["mfa"]}}})
DEVICE_CODE = "urn:ietf:params:oauth:grant-type:device_code"


@dataclass
class Client:
    """Speaks to one cloud through its proxy, TLS verified."""

    cloud: RehearsalCloud
    http: requests.Session = field(init=False)

    def __post_init__(self) -> None:
        self.http = requests.Session()
        self.http.trust_env = False
        self.http.verify = str(self.cloud.ca_bundle)
        self.http.proxies = {"https": self.cloud.proxy_url}
        self.world = self.cloud.scene.world
        self.names = self.cloud.names
        self.client_id = str(self.cloud.scene.answers["client_id"])
        self.scope = f"https://{self.names.partner_center}/user_impersonation"

    def login(self, tenant: str = "contoso.com") -> str:
        return f"https://{self.names.login}/{tenant}"

    def secret(self, name: str = "client-secret") -> str:
        return (self.cloud.folder / name).read_text()

    def discovery(self, tenant: str = "contoso.com") -> requests.Response:
        return self.http.get(f"{self.login(tenant)}/v2.0/.well-known/openid-configuration")

    def token(self, tenant: str = "contoso.com", **form: str) -> requests.Response:
        form.setdefault("client_id", self.client_id)
        return self.http.post(f"{self.login(tenant)}/oauth2/v2.0/token", data=form)

    def app_token(self, secret: str, scope: str = "", **form: str) -> requests.Response:
        scope = scope or f"https://{self.names.partner_center}/.default"
        return self.token(grant_type="client_credentials", client_secret=secret, scope=scope, **form)

    def operators_token(self) -> str:
        """The vault operator's own token for Graph."""
        environment = self.cloud.environment
        scope = f"https://{self.names.graph}/.default"
        client_id, secret = environment["AZURE_CLIENT_ID"], environment["AZURE_CLIENT_SECRET"]
        return str(self.app_token(secret, scope, client_id=client_id).json()["access_token"])

    def graph(self, path: str, token: str = "") -> requests.Response:
        """What Graph answers, by default to the vault operator."""
        headers = {"Authorization": f"Bearer {token or self.operators_token()}"}
        return self.http.get(f"https://{self.names.graph}{path}", headers=headers)

    def authority(self) -> dict[str, Any]:
        """What MSAL needs to find the cloud; under production names nothing but the ordinary authority."""
        found: dict[str, Any] = {"authority": self.login(), "http_client": self.http}
        return found if self.names.known_authority else found | {"instance_discovery": False}

    def devicecode(self, **form: str) -> requests.Response:
        form = {
            "client_id": self.client_id,
            "scope": f"{self.scope} offline_access openid",
            "claims": MFA_CLAIMS,
        } | form
        return self.http.post(f"{self.login()}/oauth2/v2.0/devicecode", data=form)

    def poll(self, code: dict[str, Any], **form: str) -> requests.Response:
        return self.token(grant_type=DEVICE_CODE, device_code=code["device_code"], **form)

    def consent_link(self, redirect_uri: str = "http://localhost:4711", **query: str) -> str:
        query = {"client_id": self.client_id, "scope": f"https://{self.names.partner_center}/.default"} | query
        query |= {"redirect_uri": redirect_uri, "state": "some-state"} if redirect_uri else {}
        return f"{self.login()}/v2.0/adminconsent?{urlencode(query)}"

    def authorize_link(self, tenant: str = "contoso.com", **query: str) -> str:
        """A link for a sign-in in a browser; PKCE of RFC 7636, appendix B. A parameter "" is left out."""
        query = {
            "client_id": self.client_id,
            "response_type": "code",
            "redirect_uri": "http://localhost:4711",
            "scope": f"{self.scope} offline_access openid",
            "state": "some-state",
            "claims": MFA_CLAIMS,
            "code_challenge": "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM",
            "code_challenge_method": "S256",
        } | query
        given = {name: value for name, value in query.items() if value}
        return f"{self.login(tenant)}/oauth2/v2.0/authorize?{urlencode(given)}"

    def browsed(self, who: str = "integration", step: str = "approve", **query: str) -> dict[str, str]:
        """What comes back at the redirect URI when somebody signed in on the page."""
        data = {"who": who, "step": step}
        return landed(self.http.post(self.authorize_link(**query), data=data, allow_redirects=False))

    def redeem(self, code: str, tenant: str = "contoso.com", **form: str) -> requests.Response:
        """The answer to an authorization code of `authorize_link`."""
        form = {
            "redirect_uri": "http://localhost:4711",
            "code_verifier": "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk",
        } | form
        return self.token(tenant, grant_type="authorization_code", code=code, **form)

    def consented(self) -> None:
        """The scene's administrator acts on a link."""
        self.cloud.people.on_event({"type": "consent_link", "url": self.consent_link("")})
        self.cloud.clock.advance(self.world.behaviour.admin_delay + 0.1)

    def issued(self, **form: str) -> dict[str, Any]:
        """A device code that the scene's user has acted on."""
        code: dict[str, Any] = self.devicecode(**form).json()
        event = {"type": "sign_in", "for": "integration_user", "user_code": code["user_code"]}
        self.cloud.people.on_event(event)
        self.cloud.clock.advance(self.world.behaviour.user_delay + 0.1)
        return code

    def signed_in(self, **form: str) -> dict[str, Any]:
        """The tokens of a whole sign-in after consent."""
        self.consented()
        answer = self.poll(self.issued(), client_info="1", **form)
        assert answer.status_code == 200, answer.text
        return answer.json()  # type: ignore[no-any-return]

    def partner_center(self, token: str, path: str = "/v1/profiles/organization") -> requests.Response:
        headers = {
            "Authorization": f"Bearer {token}",
            "ValidateMfa": "true",
            "MS-RequestId": "r",
            "MS-CorrelationId": "c",
        }
        return self.http.get(f"https://{self.names.partner_center}{path}", headers=headers)

    def vault(self, method: str, path: str, body: object = None, vault: str = "") -> requests.Response:
        environment = self.cloud.environment
        answer = self.http.post(
            f"{self.login()}/oauth2/v2.0/token",
            data={
                "grant_type": "client_credentials",
                "client_id": environment["AZURE_CLIENT_ID"],
                "client_secret": environment["AZURE_CLIENT_SECRET"],
                "scope": f"https://{self.names.vault_suffix}/.default",
            },
        ).json()
        url = f"https://{vault or self.world.vault.name}.{self.names.vault_suffix}{path}?api-version=2026-04-01"
        headers = {"Authorization": f"Bearer {answer['access_token']}"}
        return self.http.request(method, url, json=body, headers=headers)


def landed(answer: requests.Response) -> dict[str, str]:
    """The parameters of the address that an answer sends the browser to."""
    assert answer.status_code == 302, answer.text
    return dict(parse_qsl(urlsplit(answer.headers["location"]).query))


def code_of(answer: requests.Response) -> int:
    """The AADSTS number of an error answer."""
    codes: list[int] = answer.json()["error_codes"]
    return codes[0]


def claims_of(token: str) -> dict[str, Any]:
    """The claims of a token, unverified."""
    claims: dict[str, Any] = jwt.decode(token, options={"verify_signature": False})
    return claims
