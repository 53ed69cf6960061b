"""Where a text names one of the services, by a host, a product's name, a cmdlet or a header."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterable, Iterator
from functools import cached_property, lru_cache
from typing import Final

OTHER_SERVICE: Final = "other"
"""A service that is not Microsoft's, and uses the same names of errors."""
_CMDLETS: Final = ("get", "set", "new", "add", "remove", "connect", "test", "resolve", "update", "submit")
_NAMES: Final[dict[str, dict[str, tuple[str, ...]]]] = {
    "resource_manager": {
        "management.": (r"management\.(?:azure|core\.windows|usgovcloudapi|chinacloudapi)",),
        "/subscriptions/": (r"scope '?/subscriptions/",),
        # A vault is a resource, and its provider's namespace stands in Resource Manager's paths. What a vault's own
        # refusals call an action on secrets begins with the same words.
        "microsoft.keyvault": (r"microsoft\.keyvault(?!/vaults/(?:secrets|keys|certificates)/)",),
        "keyvault": tuple(rf"{verb}-az(?:urerm)?keyvault\b" for verb in ("new", "get", "remove", "update", "undo")),
        "az ": (
            r"az keyvault (?:check-name|create|delete|list|list-deleted|network-rule|private-endpoint-connection"
            r"|private-link-resource|purge|recover|show|show-deleted|update|wait)\b",
            r"az role assignment",
        ),
    },
    "key_vault": {
        "vault": (
            r"vault\.(?:azure|usgovcloudapi|microsoftazure)",
            # "We keep it in our key vault" says where something lies, and not who answered.
            r"key[ -]?vault(?<!command_modules[/\\]keyvault)(?<!\b(?:in|to) our key.vault)(?<!\b(?:in|to) my key.vault)"
            r"(?<!\b(?:in|to) a key.vault)(?<!\b(?:in|to) an azure key.vault)(?<!\binto our key.vault)",
            r"x-ms-keyvault",
        ),
        "akv": (r"akv\d{5}",),
    },
    "partner_center": {
        "partner": (
            # A sentence that says where to look, "in Partner Center", is no answer of it.
            r"partner(?:-?center| center(?:(?= (?:api|rest|sdk)\b)|(?<!\b(?:in|on)\s.{14})(?<!\b(?:open|into)\s.{14})"
            r"(?<!\bin the .{14})))",
            r"partner\.microsoft\.com",
            r"partner exception",
        ),
        "ms-correlationid": (r"m(?<!x-m)s-correlationid",),
        "partnerfd": (r"partnerfd",),
        "manage.devcenter.": (r"manage\.devcenter\.",),
        "msstore.": (r"msstore\.",),
        "appsource": (r"appsource",),
        # What the pipeline's task says while it publishes to the store.
        "app information": (r"obtaining app information",),
        "app resource": (r"getting app resource from id",),
        "windows store - ": (r"windows store - (?:publish|package)",),
        "ingestion": (r"ingestion ?(?:api|httpclient)\b(?!\.psm?1)",),
        "-p": tuple(rf"{verb}-(?:partner|pc)[a-z]{{2,60}}" for verb in _CMDLETS),
    },
    "graph": {
        "graph": (
            r"graph\.microsoft",
            r"microsoftgraph\.",
            r"microsoft[ .]?graph\b",
            r"graphrbac\b",
            r"graph\.windows\.net(?=[/:'\"])",
        ),
        "x-ms-ags-diagnostic": (r"x-ms-ags-diagnostic",),
        "-mg": tuple(rf"{verb}-mg[a-z]{{2,60}}" for verb in _CMDLETS),
        "-azuread": tuple(rf"{verb}-azuread[a-z]{{2,60}}" for verb in _CMDLETS),
    },
    OTHER_SERVICE: {
        "google": (r"accounts\.google\.com[\w./-]{0,60}", r"googleapis\.com[\w./-]{0,60}", r"google\.auth\b"),
        "github.com": (r"api\.github\.com", r"github\.com(?=/login|/?(?:[\s\"',:;)]|$))"),
        "amazonaws.com": (r"amazonaws\.com",),
        "s3:": (r"s3:",),
        "identity": (r"metadata/identity/oauth2/token[^\s'\"]{0,300}",),
        "msi/token": (r"msi/token[^\s'\"]{0,300}",),
        "bucket": (r"bucket\b",),
        "odbc": (r"odbc (?:sql server )?driver",),
        "sqlstate": (r"sqlstate",),
        "vault": (r"hashicorp[ /-]?vault", r"springframework\.vault", r"bettercloud\.vault", r"vault kv "),
        "vault_addr": (r"vault_addr",),
        "io.kubernetes.client": (r"io\.kubernetes\.client",),
    },
    "entra": {
        "login.": (r"login\.(?:microsoft|windows|partner\.microsoft|chinacloud)",),
        "sts.windows": (r"sts\.windows",),
        "oauth2/": (r"oauth2/",),
        "x-ms-ests": (r"x-ms-ests",),
    },
}
"""In small letters, what stands in a text that names a service, and how it is named.

Each name begins with a letter, or the search for them takes ten times as long.
"""


def patterns_of_names() -> Iterator[str]:
    """Yield the pattern of each name."""
    for words in _NAMES.values():
        for names in words.values():
            yield from names


def pattern_of(names: Iterable[str]) -> str:
    """Return the pattern by which names are looked for, a group for each."""
    return "|".join(f"{name[0]}({name[1:]})" for name in names)


@lru_cache(100)
def _compiled(names: tuple[str, ...]) -> re.Pattern[str]:
    return re.compile(pattern_of(names))


class ServiceMentions:
    """Where a text names which service; found once, and only if it is asked for."""

    def __init__(self, text: str) -> None:
        self._text = text

    @property
    def is_any(self) -> bool:
        """Whether it names one at all."""
        return bool(self._found)

    def near(self, spans: Iterable[tuple[int, int]], after: tuple[int, int]) -> str:
        """Return the service named last in the first of `spans` that names one, else first in `after`; "" if none is.

        A span is where it begins and ends in the text.
        """
        if not self._found:
            return ""
        for start, end in spans:
            at = bisect_left(self._found, (end,)) - 1
            while at >= 0 and self._found[at][0] >= start:
                if self._found[at][1] <= end:
                    return self._found[at][2]
                at -= 1
        at = bisect_left(self._found, (after[0],))
        is_in = at < len(self._found) and self._found[at][1] <= after[1]
        return self._found[at][2] if is_in else ""

    @cached_property
    def _found(self) -> list[tuple[int, int, str]]:
        """Start, end and service of each name."""
        lowered = self._text.lower()
        text = lowered if len(lowered) == len(self._text) else self._text
        # The search for all names takes ten times as long as that for the few that can be in the text.
        names: list[str] = []
        services: list[str] = []
        for service, words in _NAMES.items():
            for word, named in words.items():
                if word in text:
                    names += named
                    services += [service] * len(named)
        found = _compiled(tuple(names)).finditer(text) if names else ()
        return [(each.start(), each.end(), services[(each.lastindex or 1) - 1]) for each in found]
