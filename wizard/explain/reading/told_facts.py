"""What a short text tells of the whole that it is about: the platform, the flow, the account, what was done already."""

from __future__ import annotations

import re
from typing import Final

from wizard.core.late_pattern import late_pattern

LONGEST: Final = 6_000
"""Characters of a text that is of one error: in a longer one, or in a log, a fact may be of another."""

_WINDOWS: Final = late_pattern(
    r"\bwindows[ -](?:\d|server)|\bPS [A-Z]:\\|(?<![\w/])[A-Z]:\\\w|\bwin32\b|\w\.exe\b",
    re.IGNORECASE,
    needs=("windows", ":\\", "win32", ".exe"),
)
_ANOTHER_PLATFORM: Final = late_pattern(
    r"\b(?:linux|ubuntu|debian|alpine|red hat|macos|mac os|darwin|wsl)\b|/(?:home|usr|Users|opt|root)/",
    re.IGNORECASE,
    needs=("linux", "ubuntu", "debian", "alpine", "red hat", "mac", "darwin", "wsl", "/"),
)
_ON_BEHALF_OF: Final = late_pattern(
    r"\bon[- ]behalf[- ]of\b|\bOBO\b|OnBehalfOf[A-Z]|grant-type:jwt-bearer",
    re.IGNORECASE,
    needs=("behalf", "obo", "onbehalfof", "jwt-bearer"),
)
_PERSONAL: Final = late_pattern(
    r"@(?:hotmail|outlook|live|msn|passport)\.[a-z]{2,3}\b|\bpersonal (?:microsoft )?account\b",
    re.IGNORECASE,
    needs=("@hotmail", "@outlook", "@live", "@msn", "@passport", "personal "),
)
_SNI: Final = late_pattern(
    r"\b(?:using|use|with|via) SN ?[+&/]? ?I\b|\bSN[+&/]I\b|subject name (?:and|/|&|\+) ?issuer",
    re.IGNORECASE,
    needs=("sn", "subject name"),
)
_AZ_LOGIN: Final = r"`?['\"]?az login['\"]?`?"
_SIGNED_IN: Final = late_pattern(
    rf"(?<!again )(?<!retry )\b(?:after|ran|did|done|used|executed|performed|have run) (?:[a-z]{{1,12}} ){{0,2}}"
    rf"{_AZ_LOGIN}(?! (?:fails|failed|again|does))"
    rf"|{_AZ_LOGIN} (?:successfully|works|worked|succeeds|succeeded|is fine|is done)"
    r"|\baz account (?:show|get-access-token)[`'\"]? (?:works|shows|succeeds|returns|gives|is fine)",
    re.IGNORECASE,
    needs=("az login", "az account"),
)


def tell_facts(text: str) -> str:
    """Return what a text tells, as marks such as "platform=windows" by which the catalogue's causes may ask for it.

    Args:
        text: of one error; "" is returned for one that is too long to be.
    """
    if len(text) > LONGEST:
        return ""
    facts = []
    if _WINDOWS.search(text) and not _ANOTHER_PLATFORM.search(text):
        facts.append("platform=windows")
    if _ON_BEHALF_OF.search(text):
        facts.append("flow=on-behalf-of")
    if _PERSONAL.search(text):
        facts.append("account=personal")
    if _SNI.search(text):
        facts.append("chain=sni")
    if _SIGNED_IN.search(text):
        facts.append("az-login=done")
    return " ".join(facts)
