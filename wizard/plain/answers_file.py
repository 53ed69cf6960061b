"""Reads the answers file: TOML in, `Answers` out. Unknown keys, wrong types and secrets in it are refused by name."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any, Final

from wizard.core.answers import OUTSIDE_TOKENS, Answers, tenant_error
from wizard.core.errors import BadInput
from wizard.core.files import read_file
from wizard.core.secret import Secret
from wizard.onboarding.token_place import PLACE_CHOICES
from wizard.plain.misplaced import NOT_REPEATED, is_path, is_variable, is_word, kind_of, looks_secret, toml_mistake

KEYS: Final[dict[str, tuple[str, type]]] = {
    "cloud": ("cloud", str),
    "profile": ("profile", str),
    "tenant": ("tenant", str),
    "associated": ("associated", bool),
    "account": ("account", str),
    "client_id": ("client_id", str),
    "public_client": ("public_client", bool),
    "home_tenant": ("home_tenant", str),
    "integration_user": ("integration_user", str),
    "account_progress": ("account_progress", str),
    "consent.wait": ("consent_wait", int),
    "consent.redirect_uri": ("consent_redirect_uri", str),
    "consent.granted": ("consent_granted", bool),
    "sign_in.flow": ("sign_in_flow", str),
    "sign_in.rules": ("sign_in_rules", str),
    "sign_in.wait": ("sign_in_wait", int),
    "sign_in.redirect_uri": ("sign_in_redirect_uri", str),
    "stored_token.layout": ("token_layout", str),
    "stored_token.mark": ("token_mark", bool),
    "vault.url": ("vault_url", str),
    "vault.secret": ("vault_secret", str),
    "vault.replace": ("vault_replace", bool),
    "vault.identity": ("vault_identity", str),
    "vault.reader": ("vault_reader", str),
    "graph.identity": ("graph_identity", str),
    "renew.after_days": ("renew_after_days", int),
    "renew.before_days": ("renew_before_days", int),
    "renew.keep": ("renew_keep", int),
    "token.resources": ("token_resources", list),
}
"""Keys of the file, the answers they give, and their types; `credential` and `TOKEN_KEY` are apart."""

TOKEN_KEY: Final = "stored_token.value"
"""The key of a token that lies in no vault."""
ALERTS: Final = "alerts"
"""The table that says where alerts go; `alert_settings` reads it."""
TABLES: Final = {"consent", "sign_in", "stored_token", "vault", "graph", "renew", "token"}
CREDENTIAL_ATTRIBUTES: Final = (
    "credential",
    "client_secret",
    "certificate",
    "passphrase",
    "credential_name",
    "certificate_create",
    "managed_identity",
    "assertion_file",
)
"""The answers that the key `credential` gives."""
CREDENTIAL_KEYS: Final = {
    "env",
    "file",
    "certificate",
    "passphrase",
    "prompt",
    "none",
    "vault_secret",
    "vault_certificate",
    "federated",
    "client_id",
    "create",
}
CREDENTIAL_DETAILS: Final = {"passphrase", "client_id", "create"}
"""Keys that only go with another one."""
NO_SECRETS: Final = (
    "a secret does not belong in the answers file, where it would be stored unencrypted; "
    'name where it is: credential = { env = "NAME" }, { file = "…" } or { prompt = true }'
)
NO_TOKENS: Final = (
    "a token does not belong in the answers file, where it would be stored unencrypted; "
    'name where it is: value = { env = "NAME" } or { file = "…" }'
)
LARGEST: Final = 100_000
"""Bytes of a file."""
LONGEST_WAIT: Final = 86_400
"""Seconds."""
NUMBERS: Final = {
    "renew.after_days": (1, 89, "a number of days"),
    "renew.before_days": (1, 89, "a number of days"),
    "renew.keep": (1, 100, "a number of versions"),
}
"""The keys whose number is no time to wait: least, most, and what it is. A token lives for 90 idle days."""


def _layout_error(value: str) -> str:
    names = [name for name, _ in PLACE_CHOICES]
    return "" if value in names else f"expected one of {', '.join(names)}"


EVEN_IF_NOT_ASKED: Final[dict[str, Callable[[str], str]]] = {"home_tenant": tenant_error, "token_layout": _layout_error}
"""What says what is wrong with an answer that not every journey asks for, and that is saved all the same."""


def key_of(attribute: str) -> str:
    """Return the key of the file that gives an answer, for messages."""
    names = {attribute_name: key for key, (attribute_name, _) in KEYS.items()} | {"stored_token": TOKEN_KEY}
    return names.get(attribute, "credential" if attribute in CREDENTIAL_ATTRIBUTES else attribute)


def read_answers(path: Path, environ: Mapping[str, str]) -> tuple[Answers, set[str]]:
    """Return the answers of a file, and the names of those it gives; "prompt" among them: ask for the secret.

    Args:
        path: of the file; relative paths in it start at its folder.
        environ: the environment's variables, for `{ env = "NAME" }`.

    Raises:
        BadInput: the file cannot be read, is not TOML, has an unknown key, a wrong type, or a secret in it.
    """
    return parse_answers(read_tables(path), path.parent, environ)


def read_tables(path: Path) -> dict[str, Any]:
    """Return a file as TOML's parser gives it; raise `BadInput` where it cannot be read, or is not TOML."""
    try:
        return tomllib.loads(read_file(path, LARGEST).decode("utf-8-sig"))
    except OSError as error:
        raise BadInput("--answers", f"{path} cannot be read: {error.strerror}") from None
    except (tomllib.TOMLDecodeError, UnicodeDecodeError, RecursionError) as error:
        raise BadInput("--answers", f"{path} is not TOML{toml_mistake(error)}") from None


def parse_answers(tables: Mapping[str, Any], folder: Path, environ: Mapping[str, str]) -> tuple[Answers, set[str]]:
    """Return what `read_answers` returns, from parsed TOML.

    Args:
        tables: the file as TOML's parser gives it.
        folder: where relative paths start.
        environ: the environment's variables, for `{ env = "NAME" }`.

    Raises:
        BadInput: an unknown key, a value of a wrong type or out of its range, or a secret in it.
    """
    values: dict[str, Any] = {}
    credential = None
    if ALERTS in tables:
        from wizard.plain.alert_settings import parse_alerts

        parse_alerts(tables[ALERTS], folder)  # whoever sends alerts reads them; a mistake is told to everybody
    for key, value in _flat({key: value for key, value in tables.items() if key != ALERTS}):
        if looks_secret(key):
            raise BadInput("answers", NO_SECRETS)
        if looks_secret(value):
            raise BadInput(key, NO_TOKENS if key == TOKEN_KEY else NO_SECRETS)
        if key == "credential":
            credential = value
            continue
        if key == TOKEN_KEY:
            if isinstance(value, str):
                raise BadInput(key, NO_TOKENS)
            values["stored_token"] = read_secret(key, value, folder, environ)
            continue
        if key not in KEYS:
            raise _unknown_key("", key)
        attribute, kind = KEYS[key]
        if type(value) is not kind:
            raise BadInput(key, f"expected {_words(kind)}, found {kind_of(value)}")
        if isinstance(value, int) and (mistake := _number_error(key, value)):
            raise BadInput(key, mistake)
        if isinstance(value, list):
            values[attribute] = _resources(key, value)
            continue
        values[attribute] = value.strip() if isinstance(value, str) else value
    for name, check in EVEN_IF_NOT_ASKED.items():
        if values.get(name) and (mistake := check(values[name])):
            raise BadInput(key_of(name), mistake)
    answers, given = Answers(**values), set(values)
    if credential is not None:
        parts = _credential(credential, folder, environ)
        given |= {"credential", *parts}
        parts.pop("prompt", None)
        answers = replace(answers, **parts)
    return answers, given


def _number_error(key: str, value: int) -> str:
    """Return what is wrong with a number, "" where it fits its key."""
    least, most, what = NUMBERS.get(key, (0, LONGEST_WAIT, "a number of seconds"))
    return "" if least <= value <= most else f"expected {what} from {least} to {most}"


def _flat(tables: Mapping[str, Any]) -> list[tuple[str, Any]]:
    pairs: list[tuple[str, Any]] = []
    for key, value in tables.items():
        if key in TABLES:
            if not isinstance(value, dict):
                raise BadInput(key, f"expected a table [{key}]")
            pairs += [(f"{key}.{inner}", each) for inner, each in value.items()]
        else:
            pairs.append((key, value))
    return pairs


def _unknown_key(table: str, name: str) -> BadInput:
    """Return the mistake of a key that no answers file has; it is repeated if it is like a word."""
    key = f"{table}{name}"
    if not is_word(name):
        why = f"has a key that is none of an answers file; {NOT_REPEATED}; known are credential, {', '.join(KEYS)}"
        return BadInput(table.rstrip(".") or "answers", why)
    if re.search(r"secret|password|passphrase|token|key", key.rpartition(".")[2]):
        return BadInput(key, NO_SECRETS)
    return BadInput(key, f"is not a key of an answers file; known are credential, {', '.join(KEYS)}")


def _words(kind: type) -> str:
    return {str: "text", bool: "true or false", int: "a whole number", list: "a list"}[kind]


def _resources(key: str, items: list[object]) -> tuple[str, ...]:
    """Return a list of application id URIs, such as "https://contoso.sharepoint.com" or "api://contoso"."""
    for each in items:
        if not isinstance(each, str) or not re.fullmatch(r"(https|api)://[!-~]{1,250}", each):
            raise BadInput(key, 'expected a list of application id URIs, such as "https://contoso.sharepoint.com"')
    return tuple(map(str, items))


def _credential(value: object, folder: Path, environ: Mapping[str, str]) -> dict[str, Any]:
    if isinstance(value, str):
        raise BadInput("credential", NO_SECRETS)
    if not isinstance(value, dict):
        raise BadInput("credential", 'expected a table such as { env = "NAME" }')
    if unknown := set(value) - CREDENTIAL_KEYS:
        raise _unknown_key("credential.", min(unknown))
    if "federated" in value:
        return _federated(value, folder)
    if "client_id" in value:
        raise BadInput("credential.client_id", 'goes with federated = "managed" alone')
    kinds = sorted(set(value) - CREDENTIAL_DETAILS)
    if len(kinds) != 1:
        names = ", ".join(sorted(CREDENTIAL_KEYS - CREDENTIAL_DETAILS))
        raise BadInput("credential", f"expected exactly one of {names}")
    kind, where = kinds[0], value[kinds[0]]
    if "create" in value and (kind not in {"certificate", "vault_certificate"} or value["create"] is not True):
        raise BadInput("credential.create", "expected true, beside certificate or vault_certificate")
    create = {"certificate_create": True} if "create" in value else {}
    if kind in {"prompt", "none"}:
        if where is not True:
            raise BadInput(f"credential.{kind}", "expected true")
        return {"credential": "none"} if kind == "none" else {"credential": "secret", "prompt": True}
    if not isinstance(where, str) or not where:
        raise BadInput(f"credential.{kind}", "expected text")
    if kind == "certificate":
        parts: dict[str, Any] = {
            "credential": "certificate",
            "certificate": str(_path_to_tell("credential.certificate", folder, where)),
        }
        if "passphrase" in value:
            parts["passphrase"] = read_secret("credential.passphrase", value["passphrase"], folder, environ)
        return parts | create
    if kind in {"vault_secret", "vault_certificate"}:
        return {"credential": kind, "credential_name": where, **create}
    return {"credential": "secret", "client_secret": read_secret("credential", {kind: where}, folder, environ)}


def _federated(value: Mapping[str, Any], folder: Path) -> dict[str, Any]:
    """Return the answers of `{ federated = "managed" | "workload" | "file" }`, with what belongs to each."""
    kinds = {source: kind for kind, source in OUTSIDE_TOKENS.items()}
    source = value["federated"]
    if not isinstance(source, str) or source not in kinds:
        raise BadInput("credential.federated", f"expected one of {', '.join(kinds)}")
    parts: dict[str, Any] = {"credential": kinds[source]}
    also = {"managed": "client_id", "file": "file"}.get(source, "")
    if unknown := sorted(set(value) - {"federated", also}):
        raise BadInput(f"credential.{unknown[0]}", f'does not go with federated = "{source}"')
    where = value.get(also, "")
    if not isinstance(where, str) or (source == "file" and not where):
        raise BadInput(f"credential.{also}", "expected text")
    if source == "file":
        return parts | {"assertion_file": str(_path_to_tell("credential.file", folder, where))}
    return parts | ({"managed_identity": where} if where else {})


def read_secret(key: str, where: object, folder: Path, environ: Mapping[str, str]) -> Secret:
    """Return the secret that `{ env = … }` or `{ file = … }` names, without white space around it in a file.

    Raises:
        BadInput: it is not there, or is no single line of text.
    """
    if not isinstance(where, dict) or len(where) != 1 or not set(where) <= {"env", "file"}:
        raise BadInput(key, NO_SECRETS if isinstance(where, str) else 'expected { env = "NAME" } or { file = "…" }')
    kind, name = next(iter(where.items()))
    if not isinstance(name, str) or not name:
        raise BadInput(f"{key}.{kind}", "expected text")
    if kind == "env":
        if not environ.get(name):
            told = name if is_variable(name) else f"of that name; {NOT_REPEATED}"
            raise BadInput(f"{key}.env", f"the environment has no variable {told}")
        return Secret(environ[name])
    path = _path_to_tell(f"{key}.file", folder, name)
    try:
        text = read_file(path, LARGEST).decode("utf-8-sig")
    except OSError as error:
        raise BadInput(f"{key}.file", f"{path} cannot be read: {error.strerror}") from None
    except UnicodeDecodeError:
        text = ""
    if not text.strip() or len(text.splitlines()) > 1:
        raise BadInput(f"{key}.file", f"{path} does not hold one line of text")
    return Secret(text.strip())


def _path_to_tell(key: str, folder: Path, name: str) -> Path:
    """Return what `read_path` returns; raise `BadInput` for what is neither there nor like the name of a file."""
    path = read_path(key, folder, name)
    if not is_path(name) and not path.exists():
        raise BadInput(key, f"there is no such file; {NOT_REPEATED}")
    return path


def read_path(key: str, folder: Path, name: str) -> Path:
    """Return the path `name`, below `folder` if it is relative; raise `BadInput` for what cannot be one."""
    if not name.isprintable():
        raise BadInput(key, "expected the path of a file")
    try:
        return folder / Path(name).expanduser()
    except RuntimeError:
        raise BadInput(key, f"there is no home folder for {name}") from None
