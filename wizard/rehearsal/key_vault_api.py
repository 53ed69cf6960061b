"""Key Vault's secrets over HTTP: challenge, versions, soft delete, refusals (protocol 2.3)."""

from __future__ import annotations

import json
import time
import uuid
from collections.abc import Callable, Mapping

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from wizard.rehearsal.choices import Service
from wizard.rehearsal.cloud_state import CloudState
from wizard.rehearsal.issued_tokens import Claims, read_access_token
from wizard.rehearsal.vault_state import VaultState, Version, new_version

_RETENTION_DAYS = 90
_PAGE = 25
"""Versions of a page (protocol 11.8)."""
_MAX_VALUE_BYTES = 25_600
_API_VERSIONS = ("2016-10-01", "7.0", "7.1", "7.2", "7.3", "7.4", "7.5", "7.6", "2025-07-01", "2026-04-01")


class KeyVaultError(Exception):
    """A refusal of Key Vault: status, code, inner code ("" for none) and message."""

    def __init__(self, status: int, code: str, inner: str, message: str) -> None:
        super().__init__(message)
        self.status, self.code, self.inner, self.message = status, code, inner, message


Handler = Callable[[VaultState, Request, Mapping[str, object]], Mapping[str, object] | None]


class KeyVaultApi:
    """The secrets of the scene's vaults."""

    def __init__(self, state: CloudState) -> None:
        self._state = state

    def routes(self) -> list[Route]:
        """Return every route of a vault."""
        return [
            Route("/secrets", self._answering({"GET": self._list}), methods=["GET"]),
            Route("/secrets/{name}/versions", self._answering({"GET": self._list_versions}), methods=["GET"]),
            Route(
                "/secrets/{name}",
                self._answering({"GET": self._get, "PUT": self._put, "DELETE": self._delete}),
                methods=["GET", "PUT", "DELETE"],
            ),
            Route(
                "/secrets/{name}/{version}",
                self._answering({"GET": self._get, "PATCH": self._patch}),
                methods=["GET", "PATCH"],
            ),
            Route("/deletedsecrets/{name}", self._answering({"GET": self._get_deleted}), methods=["GET"]),
            Route("/deletedsecrets/{name}/recover", self._answering({"POST": self._recover}), methods=["POST"]),
        ]

    def _answering(self, handlers: Mapping[str, Handler]) -> Callable[[Request], object]:
        async def answer(request: Request) -> Response:
            raw = await request.body()
            headers = _headers(request)
            try:
                with self._state.lock:
                    vault = self._vault(request)
                    self._authorize(vault, request)
                    handler = handlers["GET" if request.method == "HEAD" else request.method]
                    body = handler(vault, request, _read_body(raw))
            except KeyVaultError as refusal:
                return self._refused(refusal, headers)
            return JSONResponse(body, headers=headers)

        return answer

    def _vault(self, request: Request) -> VaultState:
        label = self._state.names.vault_label(request.headers.get("host", ""))
        vault = self._state.vaults.get(label)
        if vault is None:
            raise KeyVaultError(404, "NotFound", "", f"The vault {label} does not exist.")
        return vault

    def _authorize(self, vault: VaultState, request: Request) -> None:
        version = request.query_params.get("api-version", "")
        authorization = request.headers.get("authorization", "")
        if not authorization:
            raise KeyVaultError(401, "Unauthorized", "", "AKV10000: Request is missing a Bearer or PoP token.")
        if version not in _API_VERSIONS:
            raise KeyVaultError(400, "BadParameter", "", f"The specified version ({version}) is not recognized.")
        claims = read_access_token(authorization)
        if claims is None:
            raise KeyVaultError(401, "Unauthorized", "", "AKV10022: Invalid token: its signature is not accepted.")
        if claims.get("aud") != self._state.resources[Service.VAULT].audience:
            raise KeyVaultError(401, "Unauthorized", "", "AKV10022: Invalid audience.")
        end = claims.get("exp")
        if not isinstance(end, int) or end < min(time.time(), self._state.clock.now().timestamp()):
            raise KeyVaultError(401, "Unauthorized", "", "AKV10022: Invalid token: it has expired.")
        name = str(request.path_params.get("name", ""))
        inner = vault.refusal_code(request.method, request.url.path, name) or self._role_refusal(claims)
        if inner:
            raise KeyVaultError(403, "Forbidden", inner, _message(inner, claims, vault.settings.name))

    def _role_refusal(self, claims: Claims) -> str:
        if claims.get("appid") == self._state.world.operator.client_id and "scp" not in claims:
            return ""
        person = self._state.person_of(claims)
        return "" if person is not None and person.may_use_vault else "ForbiddenByRbac"

    def _refused(self, refusal: KeyVaultError, headers: dict[str, str]) -> Response:
        if refusal.status == 401:
            names, tenant = self._state.names, self._state.operator_tenant
            resource = self._state.resources[Service.VAULT].audience
            headers["WWW-Authenticate"] = (
                f'Bearer authorization="https://{names.login}/{tenant.id}", resource="{resource}"'
            )
        error: dict[str, object] = {"code": refusal.code, "message": refusal.message}
        if refusal.inner:
            error["innererror"] = {"code": refusal.inner}
        return JSONResponse({"error": error}, refusal.status, headers)

    def _list(self, vault: VaultState, request: Request, _body: Mapping[str, object]) -> Mapping[str, object]:
        """Return a page of secrets: the id of each has no version (protocol 11.8)."""
        names, start = vault.names(), int(request.query_params.get("$skiptoken", "0"))
        host = request.headers.get("host", "")
        query = f"api-version={request.query_params.get('api-version', '')}&$skiptoken={start + _PAGE}"
        return {
            "value": [
                {
                    **_secret_bundle(request, name, vault.history(name)[-1], with_value=False),
                    "id": f"https://{host}/secrets/{name}",
                }
                for name in names[start : start + _PAGE]
            ],
            "nextLink": f"https://{host}/secrets?{query}" if names[start + _PAGE :] else None,
        }

    def _list_versions(self, vault: VaultState, request: Request, _body: Mapping[str, object]) -> Mapping[str, object]:
        name, start = _name(request), int(request.query_params.get("$skiptoken", "0"))
        if not vault.history(name):
            raise _not_found(name)
        shown, rest = vault.history(name)[start : start + _PAGE], vault.history(name)[start + _PAGE :]
        query = f"api-version={request.query_params.get('api-version', '')}&$skiptoken={start + _PAGE}"
        link = f"https://{request.headers.get('host', '')}/secrets/{name}/versions?{query}"
        return {
            "value": [_secret_bundle(request, name, item, with_value=False) for item in shown],
            "nextLink": link if rest else None,
        }

    def _get(self, vault: VaultState, request: Request, _body: Mapping[str, object]) -> Mapping[str, object]:
        found = _version(vault, request)
        if not found.enabled:
            message = "Operation get is not allowed on a disabled secret."
            raise KeyVaultError(403, "Forbidden", "SecretDisabled", message)
        return _secret_bundle(request, _name(request), found)

    def _put(self, vault: VaultState, request: Request, body: Mapping[str, object]) -> Mapping[str, object]:
        name, value, tags = _name(request), body.get("value"), body.get("tags") or {}
        if vault.deleted_history(name):
            message = (
                f"Secret {name} is currently in a deleted but recoverable state, and its name cannot be reused; in "
                "this state, the secret can only be recovered or purged."
            )
            raise KeyVaultError(409, "Conflict", "ObjectIsDeletedButRecoverable", message)
        if not isinstance(value, str) or len(value.encode()) > _MAX_VALUE_BYTES:
            raise KeyVaultError(400, "BadParameter", "", "The secret's value is missing or longer than 25k bytes.")
        _check_tags(tags)
        now = int(self._state.clock.now().timestamp())
        made = Version(new_version(), value, now, now, content_type=str(body.get("contentType") or ""))
        if isinstance(tags, Mapping):
            made.tags = {str(key): str(tag) for key, tag in tags.items()}
        _set_attributes(made, body.get("attributes"))
        vault.put(name, made)
        return _secret_bundle(request, name, made)

    def _patch(self, vault: VaultState, request: Request, body: Mapping[str, object]) -> Mapping[str, object]:
        found = _version(vault, request)
        _set_attributes(found, body.get("attributes"))
        tags = body.get("tags")
        if isinstance(tags, Mapping):
            _check_tags(tags)
            found.tags = {str(key): str(tag) for key, tag in tags.items()}
        if body.get("contentType") is not None:
            found.content_type = str(body["contentType"])
        found.updated = int(self._state.clock.now().timestamp())
        return _secret_bundle(request, _name(request), found, with_value=False)

    def _delete(self, vault: VaultState, request: Request, _body: Mapping[str, object]) -> Mapping[str, object]:
        _version(vault, request)
        vault.delete(_name(request))
        return self._deleted_bundle(vault, request)

    def _get_deleted(self, vault: VaultState, request: Request, _body: Mapping[str, object]) -> Mapping[str, object]:
        if not vault.deleted_history(_name(request)):
            raise _not_found(_name(request))
        return self._deleted_bundle(vault, request)

    def _recover(self, vault: VaultState, request: Request, _body: Mapping[str, object]) -> Mapping[str, object]:
        name = _name(request)
        if not vault.deleted_history(name):
            raise _not_found(name)
        vault.recover(name)
        return _secret_bundle(request, name, vault.history(name)[-1], with_value=False)

    def _deleted_bundle(self, vault: VaultState, request: Request) -> Mapping[str, object]:
        name, now = _name(request), int(self._state.clock.now().timestamp())
        shown = dict(_secret_bundle(request, name, vault.deleted_history(name)[-1], with_value=False))
        host = request.headers.get("host", "")
        return shown | {
            "recoveryId": f"https://{host}/deletedsecrets/{name}",
            "deletedDate": now,
            "scheduledPurgeDate": now + _RETENTION_DAYS * 86_400,
        }


def _name(request: Request) -> str:
    return str(request.path_params["name"])


def _version(vault: VaultState, request: Request) -> Version:
    versions = vault.history(_name(request))
    wanted = request.path_params.get("version", "")
    for item in reversed(versions):
        if not wanted or item.version == wanted:
            return item
    raise _not_found(_name(request), str(wanted))


def _not_found(name: str, version: str = "") -> KeyVaultError:
    message = (
        f"A secret with (name/id) {name}{'/' + version if version else ''} was not found in this key vault. If you "
        "recently deleted this secret you may be able to recover it using the correct recovery command."
    )
    return KeyVaultError(404, "SecretNotFound", "", message)


def _message(inner: str, claims: Claims, vault: str) -> str:
    if inner == "ForbiddenByFirewall":
        return (
            "Client address is not authorized and caller is not a trusted service.\r\nClient address: 127.0.0.1\r\n"
            f"Caller: appid={claims.get('appid')};oid={claims.get('oid')}\r\nVault: {vault};location=westeurope"
        )
    return (
        "Caller is not authorized to perform action on resource.\r\nIf role assignments, deny assignments or role "
        "definitions were changed recently, please observe propagation time.\r\n"
        f"Caller: appid={claims.get('appid')};oid={claims.get('oid')}\r\nVault: {vault};location=westeurope"
    )


def _secret_bundle(request: Request, name: str, item: Version, with_value: bool = True) -> Mapping[str, object]:
    attributes: dict[str, object] = {
        "enabled": item.enabled,
        "created": item.created,
        "updated": item.updated,
        "recoveryLevel": "Recoverable+Purgeable",
        "recoverableDays": _RETENTION_DAYS,
    }
    attributes |= {key: moment for key, moment in (("nbf", item.nbf), ("exp", item.exp)) if moment is not None}
    body: dict[str, object] = {"id": f"https://{request.headers.get('host', '')}/secrets/{name}/{item.version}"}
    if with_value:
        body["value"] = item.value
    if item.content_type:
        body["contentType"] = item.content_type
    return body | {"attributes": attributes, "tags": dict(item.tags)}


def _set_attributes(item: Version, attributes: object) -> None:
    if not isinstance(attributes, Mapping):
        return
    for key in ("exp", "nbf"):
        moment = attributes.get(key)
        if isinstance(moment, int):
            setattr(item, key, moment)
        elif moment is not None:
            raise KeyVaultError(400, "BadParameter", "", f"The attribute {key} is not an integer.")
    if isinstance(attributes.get("enabled"), bool):
        item.enabled = attributes["enabled"]


def _check_tags(tags: object) -> None:
    short = isinstance(tags, Mapping) and all(len(str(text)) <= 256 for pair in tags.items() for text in pair)
    if not isinstance(tags, Mapping) or not short or len(tags) > 15:
        raise KeyVaultError(400, "BadParameter", "", "At most 15 tags of 256 characters each are allowed.")


def _read_body(raw: bytes) -> Mapping[str, object]:
    try:
        body = json.loads(raw) if raw else {}
    except ValueError:
        raise KeyVaultError(400, "BadParameter", "", "The request body is not JSON.") from None
    return body if isinstance(body, dict) else {}


def _headers(request: Request) -> dict[str, str]:
    return {
        "Cache-Control": "no-cache",
        "Pragma": "no-cache",
        "Expires": "-1",
        "x-ms-keyvault-region": "westeurope",
        "x-ms-client-request-id": request.headers.get("x-ms-client-request-id", ""),
        "x-ms-request-id": str(uuid.uuid4()),
        "x-ms-keyvault-service-version": "1.9.2000.1",
        "x-ms-keyvault-network-info": "conn_type=Ipv4;addr=127.0.0.1;act_addr_fam=InterNetwork;",
        "X-Content-Type-Options": "nosniff",
    }
