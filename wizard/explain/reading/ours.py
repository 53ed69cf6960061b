"""Reads partner-wizard's own output, pasted back: lines of a run, JSON Lines, the report. It says what they said."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from functools import cache, partial
from itertools import chain, islice
from typing import Final

from wizard.catalogue.codes import explain, known
from wizard.catalogue.diagnosis import Diagnosis, Sighting, diagnosis_of
from wizard.catalogue.links import is_microsofts, without_foreign_links
from wizard.catalogue.members import as_list, as_name, as_object, as_text
from wizard.catalogue.places import question_of, service_of, step_titles
from wizard.core.findings import Finding, Outcome, Retry, SupportIds, Who
from wizard.core.text import clean_line
from wizard.redaction.secret_patterns import redact_patterns

NOTE: Final = "Words of partner-wizard's own output are repeated as they stand in the paste; they were not checked."
"""To be said beside what is read here: a paste can be made up."""

MOST: Final = 500
"""Findings that are read out of one text."""

_LONGEST_OBJECT: Final = 40_000
_MOST_OBJECTS: Final = 2_000
_MOST_EVIDENCE: Final = 30
_SIGNS: Final = {"✗": Outcome.FAILS, "!": Outcome.WARNS, "?": Outcome.UNKNOWN}
_OBJECT: Final = re.compile(r'\{\s{0,40}"type"\s{0,8}:\s{0,8}"(finding|consent_link|sign_in|summary)"')
_WHO: Final = r"(?: \(([a-z_, ]{1,80})\))?"
# Lines that go with a finding: of a run, and of a report.
_FIELD: Final = re.compile(rf"(?P<name>to do|What to do|send to|Send this to){_WHO}: ?(?P<value>.*)", re.DOTALL)
_ID: Final = re.compile(r"\b(correlation_id|trace_id|request_id) ([A-Za-z0-9._:-]{1,120})")
_TIME: Final = re.compile(r"\btimestamp ([^·]{1,60})")
_CODE: Final = re.compile(
    r"(?!(?:correlation_id|trace_id|request_id|timestamp) )(?![a-z]+(?:$|[., ]))([A-Za-z0-9_.-]{2,120})(?=$|, | · )"
)
_OTHER_LINES: Final = re.compile(
    r"(?:proven|provisional|failed|unreachable|cancelled): |token: |hosts asked: |Waiting for |Sign in (?:as|with) "
    r"|An administrator has to open |The code shown before |partner-wizard: |[✗!?✓·▸] |\{|[$#] |```|[-*•◦] |#"
)
# What a run and a report say besides findings: people's links and codes, waits, the end, what would end a token.
_CHATTER: Final = re.compile(
    r"(?:^|[>:\]|] )(?:"
    r"· [a-z]{3,10}\.[a-z_]{2,40}: "
    r"|(?:proven|provisional|failed|unreachable|cancelled): [a-z]+ [a-z_]+, "
    r"|token: https://|hosts asked: |Waiting for .{1,300} UTC\.|The code shown before is over: "
    r"|Sign in (?:as|with) .{1,300}:$|  (?:address|code|until)  "
    r"|- At once, when |- On \d{4}-\d\d-\d\d |- When the app's "
    r"|(?P<link>An administrator has to open this address and accept:))"
)
_MEMBERS: Final = {
    "finding": {"step", "check", "outcome", "message"},
    "consent_link": {"url"},
    "sign_in": {"user_code", "verification_uri", "for"},
    "summary": {"outcome", "steps", "hosts"},
}
"""What a line of JSON of ours has, by its type."""
_UNREACHED: Final = re.compile(r"\s{0,4}\S{1,255}\s{1,9}could\s{1,9}not\s{1,9}be\s{1,9}used:")
_LINE_END: Final = re.compile(r"\r?\n")
_NOT_A_LINE_END: Final = re.compile(r"[^\r\n]")
_SEPARATE: Final = 79
"""Columns from which a terminal may have broken a line in the middle of a word; mail breaks earlier, between words."""


@dataclass(slots=True)
class _Record:
    """A finding as it is being read: whose check, how it ended, and the texts that stand below it, by name."""

    check: str
    outcome: Outcome
    question: str
    start: int
    end: int
    texts: dict[str, str] = field(default_factory=dict)
    who: tuple[Who, ...] = ()


@dataclass(frozen=True, slots=True)
class _Own:
    """A piece of our own output: where it stands, and what reads it; None where nothing is to be done about it."""

    start: int
    end: int
    read: Callable[[], Diagnosis] | None
    is_open: bool


@dataclass(frozen=True, slots=True)
class _Line:
    text: str
    start: int
    end: int


def find_own_findings(text: str) -> list[Sighting]:
    """Give each finding that does not hold in partner-wizard's own output, in the order of the text.

    It says what the output said: message, remedy, who, code and ids are those that stand there, cleaned and without
    what looks like a secret; an address that is not Microsoft's is left out.

    Args:
        text: lines of `run`, `check` or `rehearse`, JSON Lines or the report, as they are or quoted, indented, behind
            the prefix of a log, or broken into lines by a terminal or a mail program.
    """
    if not _may_be_ours(text):
        return []
    found = chain(_in_json(text), _in_lines(_lines(text)))
    wanting = islice(((each, each.read) for each in found if each.read), MOST)
    own = [Sighting(read(), each.start, each.end, each.is_open) for each, read in wanting]
    return sorted(own, key=lambda sighting: sighting.start)


def without_own_chatter(text: str) -> str:
    """Give `text` with blanks, as many, for what our own output says besides findings that want something done.

    Such as what holds, the links and codes it showed, its waits and its last lines: they name codes and addresses
    that are no errors. A text without our output stays as it is.
    """
    if not _may_be_ours(text):
        return text
    lines = _lines(text)
    own = [*_in_json(text), *_in_lines(lines)]
    if not own:
        return text
    spans = [(each.start, each.end) for each in own if each.read is None]
    for number, line in enumerate(lines):
        if chatter := _CHATTER.search(line.text):
            last = _end_of_link(lines, number) if chatter["link"] else number
            spans.append((line.start, lines[last].end))
    parts, place = [], 0
    for start, end in sorted(spans):
        if end > place:
            begin = max(start, place)
            parts += [text[place:begin], _NOT_A_LINE_END.sub(" ", text[begin:end])]
            place = end
    return "".join([*parts, text[place:]])


def _may_be_ours(text: str) -> bool:
    """Whether a finding begins anywhere, at a glance: to look at each line of a long log takes seconds."""
    return any(pattern.search(text) for pattern in (_OBJECT, *_heads()))


def _end_of_link(lines: list[_Line], at: int) -> int:
    """Give the number of the last line of an address that stands below line `at`, broken into lines or not."""
    last = min(at + 1, len(lines) - 1)
    while last + 1 < len(lines) and len(lines[last + 1].text.strip("> |").split()) == 1 and last - at < 20:
        last += 1
    return last


# --- JSON -----------------------------------------------------------------------------------------------------------


def _in_json(text: str) -> Iterator[_Own]:
    decoder = json.JSONDecoder()
    at = 0
    for number, begins in enumerate(_OBJECT.finditer(text)):
        if number >= _MOST_OBJECTS:
            return
        if begins.start() < at:
            continue
        value, length = _decoded(decoder, text[begins.start() : begins.start() + _LONGEST_OBJECT])
        members = as_object(value)
        is_finding = begins[1] == "finding"
        if not members.keys() >= _MEMBERS[begins[1]] or (is_finding and not _is_check(as_name(members["check"]))):
            continue
        at = begins.start() + length
        outcome = _outcome(members) if is_finding else Outcome.HOLDS
        wants = _wants_something(outcome, as_text(members.get("remedy")))
        yield _Own(
            begins.start(), at, partial(_read_object, members) if wants else None, is_open=outcome is not Outcome.FAILS
        )


def _decoded(decoder: json.JSONDecoder, text: str) -> tuple[object, int]:
    """Give the value that `text` begins with, and its length there; a terminal may have broken its line anywhere."""
    try:
        return decoder.raw_decode(text)
    except (ValueError, RecursionError):
        parts = _LINE_END.split(text)
    if len(parts) == 1:
        return None, 0
    try:
        value, length = decoder.raw_decode("".join(parts))
    except (ValueError, RecursionError):
        return None, 0
    at = 0
    for end in _LINE_END.finditer(text):
        if end.start() - at >= length:
            break
        at += len(end[0])
    return value, length + at


def _outcome(members: Mapping[str, object]) -> Outcome:
    return next((each for each in Outcome if each.value == members.get("outcome")), Outcome.HOLDS)


def _read_object(members: Mapping[str, object]) -> Diagnosis:
    check = as_name(members.get("check"))
    outcome = _outcome(members)
    ids = as_object(members.get("ids"))
    retry = next((each for each in Retry if each.value == members.get("retry")), None)
    link = as_text(members.get("link"))
    evidence = {
        as_name(name): _said(as_text(value)) if isinstance(value, str) else value
        for name, value in [*as_object(members.get("evidence")).items()][:_MOST_EVIDENCE]
        if isinstance(value, (str, int))
    }
    finding = Finding(
        check,
        outcome,
        _said(as_text(members.get("message"))),
        evidence,
        _said(as_text(members.get("remedy"))),
        _who(tuple(as_name(each) for each in as_list(members.get("who")))),
        _code(as_name(members.get("code"))),
        SupportIds(**{name: as_name(ids.get(name)) for name in ("correlation_id", "trace_id", "request_id")}),
        title=_said(as_text(members.get("title"))),
        retry=retry,
        link=link if is_microsofts(link) else "",
        unreachable=_is_unreachable(outcome, _said(as_text(members.get("message")))),
    )
    finding = replace(finding, ids=replace(finding.ids, timestamp=as_name(ids.get("timestamp"))))
    if "title" not in members:  # of a version before these were told
        finding = _with_catalogue(finding)
    return diagnosis_of(finding, question_of(check) or check)


def _is_unreachable(outcome: Outcome, message: str) -> bool:
    """Whether a check could not tell because a host was not reached: its words are `not_reached`'s."""
    return outcome is Outcome.UNKNOWN and _UNREACHED.match(message) is not None


def _wants_something(outcome: Outcome, remedy: str) -> bool:
    """Whether somebody has something to do: a check that a later one settles by itself asks for nothing."""
    return outcome is Outcome.FAILS or (outcome is not Outcome.HOLDS and bool(remedy.strip()))


# --- lines ----------------------------------------------------------------------------------------------------------


def _in_lines(lines: list[_Line]) -> Iterator[_Own]:
    width = max((len(line.text) for line in lines), default=0)
    at = 0
    while at < len(lines):
        line = lines[at]
        at += 1
        opened = _opened(line)
        if opened is None:
            continue
        record, prefix = opened
        at = _follow(record, lines, at, prefix, width)
        wants = _wants_something(record.outcome, record.texts.get("remedy", ""))
        read = partial(_diagnosis, record) if wants else None
        yield _Own(record.start, record.end, read, is_open=record.outcome is not Outcome.FAILS)


def _lines(text: str) -> list[_Line]:
    lines, at = [], 0
    for each in text.split("\n"):
        lines.append(_Line(each.rstrip("\r"), at, at + len(each)))
        at += len(each) + 1
    return lines


@cache
def _heads() -> tuple[re.Pattern[str], re.Pattern[str]]:
    """How a finding begins: in a run, and in the report."""
    check = rf"(?:{'|'.join(map(re.escape, step_titles()))})\.[a-z][a-z_]{{1,40}}"
    return (
        re.compile(rf"([✗!?✓])[ \t]{{1,3}}({check}):[ \t]?(.*)"),
        re.compile(rf"([✗!?✓]) (?:fails|warns|could not tell|holds|settled later): (.{{1,200}}?) \(`?({check})`?\)"),
    )


def _is_check(check: str) -> bool:
    """Whether a text can be the id of a check."""
    return _heads()[0].fullmatch(f"✗ {check}:") is not None


def _opened(line: _Line) -> tuple[_Record, str] | None:
    """Give the finding that begins in a line, and what stands before it there."""
    if not any(sign in line.text for sign in "✗!?✓"):
        return None
    in_run, in_report = _heads()
    if found := in_run.search(line.text):
        sign, check, message = found.groups()
        record = _Record(check, _SIGNS.get(sign, Outcome.HOLDS), question_of(check), line.start, line.end)
        record.texts["message"] = message
    elif found := in_report.search(line.text):
        sign, question, check = found.groups()
        record = _Record(check, _SIGNS.get(sign, Outcome.HOLDS), question, line.start, line.end)
    else:
        return None
    return record, line.text[: found.start()].rstrip("-*•◦ ")


def _follow(record: _Record, lines: list[_Line], at: int, prefix: str, width: int) -> int:
    """Read the lines that go with a finding; gives the number of the first that does not."""
    current = "message"
    while at < len(lines):
        line = lines[at]
        body = _without_prefix(line.text, prefix)
        stripped = body.strip()
        if not stripped or _opened(line):
            return at
        is_below = body.startswith("  ")
        content = body.lstrip("-*•◦ \t")  # a blank at the end may be where a terminal broke the line
        if is_below and (found := _FIELD.match(content)):
            current = "remedy" if "do" in found["name"] else "send_to"
            record.texts[current] = found["value"]
            record.who = _who(tuple((found[2] or "").split(","))) or record.who
        elif is_below and content.startswith("in an answers file: "):
            current = "hint"
            record.texts[current] = content
        elif is_below and (_ID.match(content) or _TIME.match(content) or _CODE.match(content)):
            current = "ids"
            record.texts[current] = content
        elif is_below and "message" not in record.texts:
            current = "message"
            record.texts[current] = content
        elif (is_below and not stripped.startswith(("-", "*", "•", "◦"))) or _goes_on(lines[at - 1], line, body, width):
            record.texts[current] = _joined(record.texts.get(current, ""), body, lines[at - 1], width)
        else:
            return at
        record.end = line.end
        at += 1
    return at


def _without_prefix(line: str, prefix: str) -> str:
    """Give a line without the quote marks, or the stamp of a log, that stand before every line."""
    if not prefix:
        return line
    if line.startswith(prefix):
        return _unindented(line[len(prefix) :], prefix)
    is_stamp = len(line) > len(prefix) and any(each.isdigit() for each in prefix)
    return _unindented(line[len(prefix) :], prefix) if is_stamp else line


def _unindented(rest: str, prefix: str) -> str:
    """Take the one blank that parts a prefix from its line; the prefix was kept without it."""
    return rest[1:] if prefix.strip() and rest.startswith(" ") else rest


def _goes_on(before: _Line, line: _Line, body: str, width: int) -> bool:
    """Whether a line was broken off the one before: its first word had no room there."""
    if _OTHER_LINES.match(body) or body.startswith("  "):
        return False
    return len(before.text) + 1 + len(body.split(maxsplit=1)[0]) + (len(line.text) - len(body)) > width


def _joined(text: str, body: str, before: _Line, width: int) -> str:
    if len(text) > _LONGEST_OBJECT:
        return text
    is_in_a_word = len(before.text) == width >= _SEPARATE and not body.startswith("  ")
    return f"{text}{body}" if is_in_a_word else f"{text} {body.strip()}"


def _diagnosis(record: _Record) -> Diagnosis:
    texts = record.texts
    named = texts.get("ids", "")
    code = _CODE.match(named)
    ids = dict(_ID.findall(clean_line(named)))
    time = _TIME.search(clean_line(named))
    finding = Finding(
        record.check,
        record.outcome,
        _said(texts.get("message", "")),
        {},
        _said(texts.get("remedy", "")),
        record.who,
        _code(code[1]) if code else "",
        SupportIds(**ids, timestamp=time[1].strip() if time else ""),
        unreachable=_is_unreachable(record.outcome, texts.get("message", "")),
    )
    question = _said(record.question) or record.check
    return replace(diagnosis_of(_with_catalogue(finding), question), send_to=_said(texts.get("send_to", "")))


def _with_catalogue(finding: Finding) -> Finding:
    """Give a finding with what lines do not tell of its code: where the title ends, Microsoft's page, and retry."""
    if not finding.code:
        return finding
    likeliest = service_of(finding.check, finding.code)
    services = (likeliest, "entra", "key_vault", "partner_center", "graph")
    entry = explain(next((each for each in services if known(each, finding.code)), likeliest), finding.code)
    title, parted, _ = finding.message.partition(". ")
    if not parted and not finding.message.startswith(entry.title):
        return finding
    if finding.message.startswith(f"{entry.title}. "):
        title = entry.title
    return replace(finding, title=title if parted else "", link=entry.link, retry=entry.retry)


# --- words of the paste ---------------------------------------------------------------------------------------------


def _said(text: str) -> str:
    """A text of the paste as it may be shown."""
    return without_foreign_links(redact_patterns(clean_line(text)))


def _who(words: tuple[str, ...]) -> tuple[Who, ...]:
    """The people that are named by words we know; others are left out."""
    known = {who.value: who for who in Who}
    named = (known.get(word.strip().replace(" ", "_")) for word in words)
    return tuple(dict.fromkeys(who for who in named if who))


def _code(text: str) -> str:
    """A code, "" for what has not the form of one."""
    return text if _CODE.fullmatch(text) and redact_patterns(text) == text else ""
