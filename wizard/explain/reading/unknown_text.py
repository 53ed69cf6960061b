"""Says of a text in which nothing is explained what looks like its error, what it names, and what would help."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import islice
from typing import Final

from wizard.core.late_pattern import late_pattern
from wizard.core.shapes import GUID_PATTERN
from wizard.core.text import clean_line
from wizard.explain.reading.json_objects import unescape
from wizard.explain.reading.support_ids import find_ids
from wizard.redaction.secret_patterns import redact_patterns

_PART: Final = 20_000
"""Characters at the beginning and at the end, each, that are read."""
_LONGEST_QUOTE: Final = 240
_LONGEST_LINE: Final = 600
_MOST_OF_A_KIND: Final = 3
_MASK: Final = "•••"

_ERROR = late_pattern(
    r"\b(?:error|exception|failed|failure|fails|denied|refused|forbidden|unauthori[sz]ed|invalid|expired|rejected"
    r"|blocked|disabled|missing|cannot|can't|could not|couldn't|unable to|timed out|aborted|not (?:found|allowed"
    r"|supported|permitted|valid|authori[sz]ed|available|recogni[sz]ed)|do(?:es)?(?:n't| not) (?:have|exist|match))\b",
    re.IGNORECASE,
)
_OF_A_PIPELINE: Final = "##[error]"
_SAYS_MORE = late_pattern(r"\b(?:error|exception|fatal|message)\w{0,20}[\"']?\]? ?[:=-]", re.IGNORECASE)
_LABELLED = late_pattern(r"\s{0,40}(?:[A-Za-z][\w.]{0,80}(?:Error|Exception)|Message)\s?:\s{1,20}\S")
"""A message behind the name of its exception, or behind its label."""
_NO_MESSAGE = late_pattern(
    r"\s*(?:at [\w.<>]|in [\w.<>]{3,}|File \"|\+ |~|\^|>>>|\||---|PS [A-Z]:|At (?:line|C:)|Traceback"
    r"|During handling|CategoryInfo|FullyQualifiedErrorId"
    r"|DEBUG\b|VERBOSE\b|INFO\b|import |from |using |def |function |if |try|catch|\$)"
)
_MEMBER = late_pattern(
    r"\"(?:error|message|error_description|error_message|detail|details|title|msg)\"\s{0,4}:\s{0,4}"
    r"\"((?:[^\"\\]|\\.){12,400})",
    re.IGNORECASE,
    needs=('"error', '"message"', '"detail', '"title"', '"msg"'),
)
_CODE = late_pattern(
    r"\b(?:error ?code|errorcode|statuscode|status code|code|hresult)[\"']?\]?\s{0,3}[:=]\s{0,3}[\"']?"
    r"((?=[\w.-]{0,60}[A-Z0-9_])[A-Za-z][\w.-]{3,60}|0x[0-9A-Fa-f]{8}|-?[0-9]{3,12})(?![\w/])",
    re.IGNORECASE,
    needs=("code", "hresult"),
)
_EXCEPTION = late_pattern(r"(?<!\w)([A-Z][A-Za-z0-9]{2,60}(?:Exception|Error))\b", needs=("Exception", "Error"))
_CMDLET = late_pattern(
    r"\b((?:Get|Set|New|Add|Remove|Connect|Invoke|Update|Test|Start|Import|Grant|Resolve)-[A-Z][A-Za-z]{2,40})\b",
    needs=("-",),
)
_OF_PARTNER_CENTER = late_pattern(r"\bPartner(?:PS)?Exception\b|\w-Partner[A-Z]", needs=("Partner",))
_OF_JAVA = late_pattern(r"\.java:[0-9]|\bjava\.lang\.", needs=(".java:", "java.lang."))
_PROGRAM = late_pattern(
    r"(?<![\w./\\-])(azd|az|terraform|kubectl|helm|pac|m365)(?:\.cmd|\.exe)?"
    r" ((?:[a-z][a-z-]{1,20} ){0,2}[a-z][a-z-]{1,20})\b",
    needs=("az", "terraform", "kubectl", "helm", "pac ", "m365"),
)
_HOST = late_pattern(r"https?://([A-Za-z0-9][A-Za-z0-9.-]{3,100})", re.IGNORECASE, needs=("://",))
_APP = late_pattern(rf"\b(?:app(?:lication)?|client)[ _-]?(?:id)?[\"' :=()]{{1,4}}({GUID_PATTERN})", re.IGNORECASE)
_PLAIN = late_pattern(rf"{GUID_PATTERN}|0x[0-9A-Fa-f]{{1,16}}|[A-Za-z_.'’:/-]+|[0-9.,:/-]+")
_BETWEEN_WORDS = late_pattern(r"[\"'`“”()\[\]{}<>,;!?\\]{1,9}|[.:](?:$|(?=[\"'\\]))")
# What a log puts in front of its lines: a file and a time, a thread, the name of a class.
_OF_A_LOG = late_pattern(
    r"(?:[A-Za-z_-]{1,40}\.(?:log|txt|out|err):)?[0-9]{4}-[0-9]{2}-[0-9]{2}(?:T[0-9:.,]{5,18}(?:Z|[+-][0-9:]{4,5})?)?"
    r"|\[[A-Z][A-Za-z]{1,40}-[0-9]{1,6}\]|(?:[a-z]{2,20}\.){2,8}[A-Z][A-Za-z]{0,30}[0-9]{0,3}[A-Z]?[a-z]{1,30}"
)
_NARRATES = late_pattern(
    r"\b(?:return|get|got|getting|receiv|giv|show|throw|see|say|fail|result|encounter|fac)\w{0,3} "
    r"(?:me |us |with |back |in )?(?:the |this |an? |following |below ){1,2}(?:following |below )?"
    r"(?:error|message|exception)\b",
    re.IGNORECASE,
    needs=("error", "message", "exception"),
)
"""A sentence of whoever reports an error; the error itself stands in another line."""
_OF_A_PERSON = late_pattern(
    r"\b(?:I|I'm|I've|we|[Mm]y|[Oo]ur|[Rr]ecently|[Ss]ince then|[Aa]nybody|[Aa]nyone|[Hh]ello|[Tt]hanks|[Tt]rying to)\b"
)
_QUOTED = late_pattern(r"\s*[\"“'‘>`]\s?[A-Z][^\n]{8,400}[\"”'’`]?\s*")
_LOCAL = late_pattern(
    r"\b(?:javax?\.(?:crypto|io)|Crypto\w{0,20}(?:Exception|Error)|FileNotFound\w{0,10}|PermissionError|IOException"
    r"|NullPointerException|NullReferenceException|KeyError|TypeError|AttributeError|ImportError|ModuleNotFoundError"
    r"|ClassNotFoundException|decrypt\w{0,4}|keyring|keychain|disk)\b",
    re.IGNORECASE,
)
_OF_A_SERVICE = late_pattern(r"https?://|\bHTTP\b|\bstatus\b|\b[45][0-9]{2}\b|AADSTS", re.IGNORECASE)
_OF_A_PAGE = late_pattern(r"\b(?:browser|redirect\w{0,5}|callback|web ?page|link|URL|sign-?in page)\b", re.IGNORECASE)

_HELPS: Final = {
    "az": "the same command with --debug",
    "azd": "the same command with --debug",
    "terraform": "the same command with TF_LOG=DEBUG",
    "kubectl": "what kubectl describe says of the pod, and the log of the part that failed",
    "helm": "the same command with --debug",
}


def describe_unknown(text: str) -> tuple[str, ...]:
    """Return sentences about a text that holds an error, or () where nothing looks like one.

    The quoted words are those of the likeliest line; whatever may be a secret in them is masked.

    Args:
        text: in which nothing was found that can be explained.
    """
    part = text if len(text) <= 2 * _PART else f"{text[:_PART]}\n{text[-_PART:]}"
    words = _likeliest_message(part)
    if not words and not _EXCEPTION.search(part):
        return ()
    named = list(_names(part))
    ids = [f"{name.replace('_', ' ')} {value}" for name, value in _ids_of_the_error(part).items()]
    notes = [
        f"It looks like this error, which is not known here: “{words}”"
        if words
        else "It looks like an error whose own message is missing."
    ]
    if named or ids:
        notes.append(f"It names {'; '.join((*named, *ids))}.")
    return (*notes, f"What would help: {_what_helps(part, has_ids=bool(ids))}.")


def quote_line(text: str) -> str:
    """Return the first words of an error as they may be shown, without the name of the command in front."""
    return _quote(" ".join(text.strip()[:_LONGEST_LINE].split()).partition(" At ")[0])


def _likeliest_message(text: str) -> str:
    """Return the words of the line that most looks like the error's own, "" if none does."""
    best, most = "", 0
    for said, is_member in _candidates(text):
        if _NARRATES.search(said) and not best:
            best = said
            continue
        points = (
            2 * is_member
            + 2 * bool(_QUOTED.fullmatch(said))
            + 2 * bool(_LABELLED.match(said))
            + 3 * (_OF_A_PIPELINE in said)
            + bool(_SAYS_MORE.search(said))
            - 2 * (not is_member and _OF_A_PERSON.search(said) is not None)
            + len(set(islice(_matches(said), _MOST_OF_A_KIND)))
        )
        has_words = len(said.split()) >= 3
        if points > most and has_words and (is_member or points > 1 or _ERROR.search(said)):
            best, most = said, points
        elif not best and has_words and points <= 0 and _ERROR.search(said):
            best = said  # somebody's own account, where nothing else is told
    return _quote(best)


def _ids_of_the_error(text: str) -> dict[str, str]:
    """Return the ids that a text names; of several of a kind the one in a line with an error, be it not the first."""
    lines = (line[:_LONGEST_LINE] for line in text.splitlines() if "-" in line)
    told = (find_ids(line).present() for line in lines if _OF_A_PIPELINE in line or _ERROR.search(line))
    return {**find_ids(text).present(), **next(filter(None, told), {})}


def _candidates(text: str) -> Iterator[tuple[str, bool]]:
    """Yield each line that may be a message, or the members of JSON in it that are one, and whether it is a member."""
    for line in text.splitlines():
        if line.strip() and not _NO_MESSAGE.match(line[:80]):
            members = _MEMBER.findall(line[:_LONGEST_LINE])
            yield from [(unescape(member), True) for member in members] or [(line[:_LONGEST_LINE], False)]


def _matches(text: str) -> Iterator[str]:
    return (found.group().lower() for found in _ERROR.finditer(text))


def _quote(line: str) -> str:
    """Return a line as it may be shown: short, and with a mask for what may be a secret."""
    line = clean_line(line).strip("*_#>` ")  # Markdown's marks are nobody's words
    words = [_without_secret(word) for word in redact_patterns(line).split()]
    quote = ""
    for word in words:
        if len(quote) + len(word) > _LONGEST_QUOTE:
            return f"{quote} …"
        quote = f"{quote} {word}".strip()
    return quote


def _without_secret(word: str) -> str:
    """Return a word, or a mask if it mixes letters and digits as a secret does, and is neither an id nor a number."""
    if _OF_A_LOG.fullmatch(word):
        return word
    parts = _BETWEEN_WORDS.split(word)
    return (
        word if all(len(part) < 8 or _PLAIN.fullmatch(part) or part.startswith("AADSTS") for part in parts) else _MASK
    )


def _names(text: str) -> Iterator[str]:
    told = set[str]()
    for what, pattern in (("code", _CODE), ("", _EXCEPTION), ("", _CMDLET), ("host", _HOST), ("app", _APP)):
        found = dict.fromkeys(clean_line(each[1]) for each in islice(pattern.finditer(text), 200))
        new = [name for name in found if name not in told]
        shown = [name for name in new if what == "host" or _without_secret(name) == name][:_MOST_OF_A_KIND]
        told.update(shown)
        if shown:
            yield f"{what} {', '.join(shown)}".strip()
    if program := _PROGRAM.search(text):
        yield f"{program[1]} {program[2]}"


def _what_helps(text: str, *, has_ids: bool) -> str:
    """Return what to paste besides, by the program that printed the text."""
    helps = []
    if program := _PROGRAM.search(text):
        helps.append(_HELPS.get(program[1], "the same command with its debug output"))
    elif _OF_PARTNER_CENTER.search(text) and not _OF_JAVA.search(text):
        helps.append("what `Resolve-PartnerError` prints right after it, or the same command with -Debug")
    elif _CMDLET.search(text):
        helps.append("what `$Error[0] | Format-List * -Force` prints right after it, with the inner exception")
    elif _EXCEPTION.search(text):
        helps.append("the whole exception with its inner ones, out of the program's log")
        if _LOCAL.search(text) and not _OF_A_SERVICE.search(text):
            return f"{helps[0]}; what the program did just before it (it failed on this machine, so there is no ID)"
    elif _HOST.search(text):
        helps.append("the status and the body of the answer, with its headers")
    elif _OF_A_PAGE.search(text):
        helps.append("the whole address of the page, in which error= may stand; which program or page it is of")
    else:
        helps.append("the lines before it, and which program or page it is of")
    if not has_ids:
        helps.append("the correlation or request ID, and the time")
    return "; ".join(helps)
