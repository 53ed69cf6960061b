"""Reads what to do out of a service's own sentence, where its code is not known, or known by its name alone."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from typing import Final

from wizard.catalogue.diagnosis import Diagnosis
from wizard.core.findings import Retry, Who

_MOST: Final = 600
"""Characters of the sentence that are read."""


@dataclass(frozen=True, slots=True)
class SentenceReading:
    """What a sentence says, by words in it.

    Args:
        when: a pattern, found in any case of letters.
        says: goes on after "Its own sentence says".
        act: what to do first.
        who: can do it.
        retry: what is known of trying again.
        administrator: which one, where an administrator is needed.
        is_of_entra: whether settings of the app, and whoever runs the program, are meant only where Entra said it.
        then: what to do if that does not help; "" where looking up the code is.
    """

    when: str
    says: str
    act: str
    who: tuple[Who, ...]
    retry: Retry
    administrator: str = ""
    is_of_entra: bool = False
    then: str = ""


_OPERATOR: Final = (Who.OPERATOR,)
_GO_BY_IT: Final = "Go by its own sentence: it names what was not accepted, and whose that is"
# Of a tenant, an account or a device the same words say another thing than of what a request consists of.
_OF_THE_REQUEST: Final = (
    r"^(?!(?s:.){0,600}\b(tenants?|director(y|ies)|organi[sz]ations?|users?|accounts?|devices?|principals?|subscriptions?"
    r"|polic(y|ies)|licen[sc]es?|sessions?|groups?|roles?|guests?|domains?|locations?|machines?|factors?|methods?)\b)"
    r"(?s:.){0,600}?"
)
# A value that stands in quotation marks, or a field by name, of what was sent.
_OF_A_VALUE: Final = (
    r"\bvalue\b( of| for)? ?['\"][^'\"\n]{0,80}['\"][^.\n]{0,60}\b(not|invalid|unknown|unsupported)\b"
    r"|\b(field|property|attribute|member|element)\b ?['\"]?[^.\n]{0,60}\b(is|was|are|must|has|cannot)\b[^.\n]{0,30}"
    r"\b(required|missing|invalid|null|empty|valid|set|provided|supported|allowed|read-?only)\b"
    r"|['\"][^'\"\n]{1,60}['\"] (field |property |value )?(is|was) (required|missing|not (a )?(valid|supported))\b"
    r"|\b(invalid|unsupported|missing|unexpected) (value|input)\b|\bcould not be (parsed|converted) \b"
    r"|\berror converting value\b"
)
_READINGS: Final = (
    SentenceReading(
        r"\b(missing|lacks|has no|without) (the |a |its )?service principal\b"
        r"|\bservice principal [^.]{0,90}\b(is missing|(is|was) not found)\b[^.]{0,20} (tenant|directory)\b",
        "that an application has no service principal in a tenant",
        "Create it in that tenant, as an administrator of it: `az ad sp create --id <app id>`",
        (Who.ADMIN,),
        Retry.AFTER_FIX,
        "applications",
    ),
    SentenceReading(
        r"\b(application|app|software|program)('s)? (vendor|developer|publisher|author|owner|maker)s?\b"
        r"|\b(vendor|developer|publisher|owner) of (the|this|your) (app|application|program)\b",
        "that the program has to be changed, and by whom",
        "Update the program; if that does not help, send the sentence to whoever makes it",
        (Who.OPERATOR, Who.ADMIN),
        Retry.AFTER_FIX,
        "maker",
    ),
    SentenceReading(
        r"\b(contact|ask|consult|see|tell|notify|by) (your|an?|the|their) (\w+ )?(admin|administrator)s?\b"
        r"|\b(admin|administrator)s? (has|have|needs?|must|should|can|may) ",
        "that an administrator has to act",
        "Show the sentence to an administrator of the tenant that it names",
        (Who.ADMIN, Who.OPERATOR),
        Retry.AFTER_FIX,
        "tenant",
    ),
    SentenceReading(
        r"\blicen[sc]e\b",
        "that a license is missing",
        "Look which license the tenant and the account have for what the sentence names",
        (Who.OPERATOR, Who.ADMIN),
        Retry.AFTER_FIX,
        "tenant",
    ),
    SentenceReading(
        r"\b(insufficient|missing|lacks?|without) (the |any )?(required )?(privileges?|permissions?|rights?|roles?)\b"
        r"|\b(do|does|did)(es)?( not|n't) have (the |any |a )?(required |necessary |sufficient |appropriate |valid )?"
        r"(privileges?|permissions?|rights?|roles?|access|authorization)\b|\bnot (authorized|permitted) to\b",
        "that a permission or a role is missing",
        "Give the caller that the sentence names the permission or role for the operation that it names",
        (Who.ADMIN, Who.OPERATOR),
        Retry.AFTER_FIX,
        "tenant",
    ),
    SentenceReading(
        r"\b(sign|log)(ing)?[ -]?in again\b|\bre-?authenticat|\binteractive (authorization|authentication|sign)"
        r"|\b(session|token|grant|cookie|artifact)\b[^.]{0,60}\b(expired|revoked|no longer valid|too old)\b",
        "that the session or token is not valid any more",
        "Sign in again, and use the new token in place of the old one",
        (Who.INTEGRATION_USER, Who.OPERATOR),
        Retry.NO,
    ),
    SentenceReading(
        r"^(?!.*\b(check|verify|make sure|ensure|correct)\b).*\b(try|retry) (the request |it )?(again|later)\b"
        r"|\b(temporar(y|ily)|transient|timed out|time-?out)\b"
        r"|\b(internal|unexpected) (server )?error\b|\b(service|server) (is )?(unavailable|busy|issue)\b"
        r"|\bissue with our\b|\bservice (error|failure)\b",
        "that the service failed, which may pass",
        "Wait some minutes, then send the same request again",
        (Who.OPERATOR, Who.MICROSOFT),
        Retry.WAIT,
    ),
    SentenceReading(
        _OF_THE_REQUEST + r"("
        r"\b(is|are) (required|missing|empty|not (present|provided|specified|included))\b"
        r"|\bmust (contain|include|have)\b(?![^.]{0,60}\b(less|more|fewer|shorter|longer|greater|equal|between|maximum"
        r"|minimum|at (most|least))\b)"
        r"|\b(missing|lacks?|without) (the |a |an )?(required )?(\w+ )?(parameter|field|claim|header|value)\b"
        r"|\b(did|does) not (contain|include|provide|specify)\b|\bwas not (provided|specified|found in the request)\b"
        r")",
        "what the request lacks",
        "Send what the sentence names: look whether the program's setting for it is empty",
        _OPERATOR,
        Retry.AFTER_FIX,
    ),
    SentenceReading(
        _OF_A_VALUE,
        "which value of the request is not accepted",
        "Correct that value where the program takes it from: its setting, its input, or the code of the request",
        (Who.OPERATOR, Who.ADMIN),
        Retry.AFTER_FIX,
        "maker",
        then="If a module or a ready-made program fills it in by itself, update it, or send the sentence to its maker",
    ),
    SentenceReading(
        _OF_THE_REQUEST + r"("
        r"\b(not|isn't) (valid|supported|allowed|permitted|accepted|configured|enabled|registered|found|assigned"
        r"|recogni[sz]ed|expected|a valid)\b"
        r"|\b(value|parameter)\b[^.]{0,40} must be\b|\bmust be (a|an) (valid|absolute)\b|\bmust have\b"
        r"|\b(invalid|unsupported|malformed|disabled|mismatch(es)?|incorrect|wrong|exceeds?|too long)\b"
        r"|\b(does|do|did) not (exist|match|support|allow|recogni[sz]e|know)\b"
        r"|\b(cannot|can't|unable to) (find|be found|be used|use)\b"
        r")",
        "what of the request or the settings is not accepted",
        "Compare what the sentence names with the program's settings and with the app registration",
        _OPERATOR,
        Retry.AFTER_FIX,
        is_of_entra=True,
    ),
)


def read_sentence(sentence: str) -> SentenceReading | None:
    """Return what a service's own sentence says to do, None if it says nothing of that kind."""
    return next((each for each in _READINGS if re.search(each.when, sentence[:_MOST], re.IGNORECASE)), None)


def tell_by_sentence(diagnosis: Diagnosis, sentence: str) -> Diagnosis:
    """Return what is said of a code without guidance, with what its own sentence says to do.

    Args:
        diagnosis: that says that there is no guidance.
        sentence: the service's own, cleaned; "" for none.
    """
    if not sentence:
        return diagnosis
    read = read_sentence(sentence)
    if read is None or Who.ADMIN in diagnosis.who:  # whose the policy is, is known by the number
        return diagnosis
    if read.is_of_entra and diagnosis.service != "entra":
        return replace(diagnosis, actions=(f"{_GO_BY_IT}.", *diagnosis.actions))
    title, cause = diagnosis.title, diagnosis.cause.replace(" Read the text that came with it.", "")
    if not diagnosis.code:
        title = title.replace("refused without a code", "refused, and its own sentence says why")
    support = diagnosis.actions[-1:] if Who.MICROSOFT in read.who else ()
    following = (f"{read.then}.",) if read.then else diagnosis.actions[:1] if diagnosis.code else ()
    return replace(
        diagnosis,
        title=title,
        cause=f"{cause} Its own sentence says {read.says}.",
        actions=(f"{read.act}.", *following, *support),
        who=read.who,
        retry=read.retry,
        administrator=read.administrator,
    )
