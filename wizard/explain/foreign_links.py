"""Which addresses of a pasted text may be shown: Microsoft's own, and those that lead nowhere else."""

from __future__ import annotations

import re
from typing import Final
from urllib.parse import urlsplit

from wizard.core.text import is_link_to

# No domain under which customers get names of their own for pages, such as blob.core.windows.net or cloudapp.azure.com.
_DOMAINS: Final = (
    *("microsoft.com", "microsoft.us", "microsoft.cn", "microsoftonline.com", "microsoftonline.us"),
    *("microsoftonline.cn", "microsoftgraph.chinacloudapi.cn", "login.chinacloudapi.cn", "login.usgovcloudapi.net"),
    *("portal.azure.com", "portal.azure.us", "portal.azure.cn", "management.azure.com", "aka.ms"),
    *("vault.azure.net", "vault.azure.cn", "vault.usgovcloudapi.net"),
    *("login.windows.net", "sts.windows.net", "graph.windows.net"),
)
# RFC 6761: these names are never anybody's on the net.
_NOBODYS: Final = ("localhost", "test", "example", "127.0.0.1")
_ADDRESS: Final = re.compile(r"\b(?:https?|ftp|file|javascript|data)://?[^\s`<>\"”]+", re.IGNORECASE)
LEFT_OUT: Final = "(an address that is not Microsoft's)"


def is_microsoft_address(url: str) -> bool:
    """Return whether `url` is a plain https address on one of Microsoft's own domains, fit to be shown as a link."""
    try:
        host = urlsplit(url).hostname or ""
    except ValueError:
        return False
    return is_link_to(url, [host]) and any(host == domain or host.endswith(f".{domain}") for domain in _DOMAINS)


def remove_foreign_links(text: str) -> str:
    """Return `text` without the addresses that are neither Microsoft's nor this machine's."""
    return _ADDRESS.sub(lambda found: found[0] if _may_stay(found[0]) else LEFT_OUT, text)


def _may_stay(address: str) -> bool:
    url = address.rstrip(".,;:!?)]}'’")
    try:
        host = urlsplit(url).hostname or ""
    except ValueError:
        return False
    is_here = any(host == name or host.endswith(f".{name}") for name in _NOBODYS)
    return is_microsoft_address(url) or (is_here and "@" not in url)
