"""No text of the program recommends what is known not to help (protocol 11): rules, what they catch, and all texts.

A rule looks at a text as it is read at once: an entry of the catalogue with one of its causes, a paragraph, a string.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Final

import pytest

from tests.texts import ROOT, catalogue_texts, code_texts, page_texts, scene_texts, texts
from wizard.catalogue import Diagnosis, explain, explain_refusal
from wizard.catalogue.recipients import send_to
from wizard.core.errors import ServiceRefusal
from wizard.core.findings import Retry, Who
from wizard.explain import explain_text
from wizard.onboarding.steps.user import USER

_DEFAULTS: Final = r"security defaults|530035"
_REFUSAL: Final = (
    r"530035|security defaults[^.]{0,60}\b(refuse|block)\w*|(refuse|block)\w*[^.]{0,60}security defaults|"
    r"they (refuse|block) (that|the|a|every|any)[^.]{0,30}\b(flow|code)"
)
_SELF_HELP: Final = (
    r"mfasetup|security-info|\bregister\w*|\bexclu[ds]\w*|\bexempt\w*|Temporary Access Pass|Users > Exclude"
)


def found(pattern: str, text: str) -> bool:
    return re.search(pattern, text, re.IGNORECASE) is not None


def _names_defaults_without_their_refusal(text: str) -> bool:
    return found("security defaults", text) and not found(_REFUSAL, text)


def _helps_oneself_against_defaults(text: str) -> bool:
    """MFA that is registered, or an account that is excluded, against a refusal by security defaults."""
    is_about_them = found(r"^530035\b|^security defaults (refuse|block)", text)
    sentences = [text] if is_about_them else re.split(r"(?<=[.;?!])\s", text)
    return any(found(_DEFAULTS, each) and found(_SELF_HELP, each) for each in sentences)


def _says_minutes_of_an_authorization_code(text: str) -> bool:
    is_about_it = r"authorization[ _]code|code in the address|for tokens, once|54005|redirected URL|the sign-in's code"
    return found(r"^(about|within) (10|ten) minutes$", text) or (
        found(is_about_it, text) and found(r"\b(10|ten|five|5) minutes\b", text)
    )


def _takes_the_native_page_for_public(text: str) -> bool:
    is_about_it = r"nativeclient|native apps|page for mobile and desktop|belongs to the platform"
    return found(is_about_it, text) and found(r"without a secret|Mobile and desktop", text) and not found("Web", text)


RULES: Final[dict[str, str | Callable[[str], bool]]] = {
    "security defaults are named, and not that they refuse device codes": _names_defaults_without_their_refusal,
    "security defaults are to be switched off": (
        r"\b(switch|turn)\w*\s+off\s+(the\s+)?security defaults"
        r"|\b(switch|turn|set)\w*\s+(the\s+)?security defaults\s+(off|to disabled)"
        r"|\b(disabl|replac|remov|lift)\w*\s+(the\s+)?security defaults"
        r"|security defaults[^.;:]{0,40}\b(switched off|turned off|disabled|replaced|removed)"
        r"|manage security defaults"
    ),
    "MFA or an exclusion is to help against security defaults": _helps_oneself_against_defaults,
    "security defaults are called Conditional Access": (
        r"(conditional access|a policy)[^.]{0,30}\((AADSTS)?530035\)|530035: (the )?conditional access"
        r"|conditional access[^.]{0,40}\b(such as|like|namely) security defaults"
    ),
    "an Azure sign-in by device code is recommended": r"use-device-code|UseDeviceAuthentication\b",
    "a code is said to work everywhere": (
        r"\balways\b[^.]{0,40}\b(sign|log)\w* in (with|by) a (device )?code|\bcode\b[^.]{0,20}\balways works"
        r"|\bsigns? in (with|by) a (device )?code\b[^.]{0,20}\b(anywhere|in (any|every) tenant)"
    ),
    "an authorization code is said to live for minutes": _says_minutes_of_an_authorization_code,
    "MFA on App+User calls is dated to April": r"\bApril 2026\b(?!.*\bJune 2026\b)",
    "per-user MFA is said to have to be enforced": (
        r"per-user MFA[^.]{0,40}\b(set to|must be|has to be|needs to be)\b[^.]{0,12}\benforced\b"
    ),
    "the port of http://localhost is said to count under Web": (
        r"\bWeb\b[^.;]{0,20}\bthe port\b[^.;]{0,30}\b(exact|registered)|\bwith its port under Web\b"
    ),
    "the address is said to make a token public": _takes_the_native_page_for_public,
    "a customer's consent is said to want the Privileged Role Administrator": (
        r"(GDAP|applicationconsents|customer's tenant).*Privileged Role Administrator"
    ),
    "a retired module is recommended": (
        r"\bConnect-(Msol\w*|AzureAD)\b|\b(New|Get|Set)-(Msol|AzureAD)\w+|\bMSOnline\b(?! or AzureAD module is retired)"
    ),
}


def broken(text: str) -> list[str]:
    """The rules that a text breaks."""
    return [name for name, rule in RULES.items() if (found(rule, text) if isinstance(rule, str) else rule(text))]


WRONG: Final = {
    "security defaults are named, and not that they refuse device codes": (
        "Have MFA required for this account on every sign-in (Conditional Access, per-user MFA or security defaults).",
        "In real life a Conditional Access policy or security defaults must require MFA of this account.",
        "Conditional Access or security defaults ask for it anyway",
        "Switch on security defaults: they ask everybody for MFA.",
    ),
    "security defaults are to be switched off": (
        "If it is refused still, an administrator replaces security defaults by a Conditional Access policy.",
        "entra.microsoft.com > Entra ID > Overview > Properties > Manage security defaults",
        "Turn off security defaults, which refuse the device code, and sign in again.",
        "Set security defaults to disabled for a day.",
        "They refuse the device code: have security defaults switched off meanwhile.",
    ),
    "MFA or an exclusion is to help against security defaults": (
        "530035: Security defaults block the sign-in Register MFA at https://aka.ms/mfasetup and sign in again.",
        "530035: Security defaults refuse device codes. An administrator excludes the integration user.",
        "Security defaults refuse the code (AADSTS530035): exclude the account.",
        "Where security defaults block the code, hand out a Temporary Access Pass.",
    ),
    "security defaults are called Conditional Access": (
        "A Conditional Access policy refuses the code (AADSTS530035).",
        "530035: Conditional Access blocks az login, or the vault identity",
    ),
    "an Azure sign-in by device code is recommended": (
        "Run `az login` as the same user (over SSH `az login --use-device-code`), then check again.",
        "Connect-AzAccount -UseDeviceAuthentication",
    ),
    "a code is said to work everywhere": (
        "You can always choose to sign in with a code in step 4.",
        "You may always sign in by a device code.",
    ),
    "an authorization code is said to live for minutes": (
        "54005: The authorization code was used before Each serves a single time, and for about ten minutes.",
        "70008: The authorization code from the browser lives about ten minutes, and it was handed in later than that.",
        "The program exchanges the code in the address for tokens, once, within about 10 minutes.",
        "about 10 minutes",
        "If 10 minutes are over, or the code was used before (AADSTS54005), sign in again.",
    ),
    "MFA on App+User calls is dated to April": ("Partner Center refuses calls without MFA from 1 April 2026.",),
    "per-user MFA is said to have to be enforced": (
        'Check that MFA is really asked of this account (Policies, or Per-user MFA set to "Enforced").',
        "Per-user MFA of the account has to be enforced.",
    ),
    "the port of http://localhost is said to count under Web": (
        "Under the platform Web the port has to be registered exactly.",
        "For an app with a secret add the address with its port under Web.",
    ),
    "the address is said to make a token public": (
        "It came to the page for mobile and desktop apps: exchange it without a secret (AADSTS700025).",
        'The address belongs to the platform "Mobile and desktop applications" and is missing there.',
    ),
    "a customer's consent is said to want the Privileged Role Administrator": (
        "The user's group in GDAP has to hold Privileged Role Administrator.",
    ),
    "a retired module is recommended": ("Run Connect-AzureAD and New-AzureADServicePrincipal.",),
}
"""By rule, sentences that it must catch; most stood in the program."""

RIGHT: Final = (
    "Security defaults require MFA too, but refuse a sign-in by device code (AADSTS530035).",
    "Find out whether security defaults are on: they refuse the device code flow. If they are off, check the policies.",
    "Where security defaults ask for the MFA, a code is refused even then (AADSTS530035): it takes a browser.",
    "530035: Security defaults refuse sign-in by device code Sign in in a browser (authorization code).",
    "53003: An administrator excludes the integration user at Conditional Access > Policies > the policy > Users.",
    "50079: The integration user registers a method at https://aka.ms/mfasetup. Security defaults refuse the code.",
    "An authorization code lives about a minute.",
    "Then it can take ten minutes to work; check again meanwhile.",
    "The device code lives about 15 minutes and gives its tokens once.",
    "Run `az login` on a machine where a browser opens.",
    "Per-user MFA may stay “Disabled” where a policy asks.",
    "Entra ID ignores the port of http://localhost, but not its path, also under Web.",
    "Enforcement was announced for 1 April 2026 and began on 8 June 2026.",
    "Registered under Mobile and desktop, the exchange goes without a secret; under Web it wants the credential.",
    "Consent takes a Privileged Role Administrator, or a Cloud Application Administrator.",
    "In step 4 you can choose another one. Security defaults and some policies refuse “sign in with a code”.",
)


@pytest.mark.parametrize(
    ("rule", "sentence"), [(rule, each) for rule, sentences in WRONG.items() for each in sentences]
)
def test_a_rule_catches_what_it_is_for(rule: str, sentence: str) -> None:
    assert rule in broken(sentence)


def test_every_rule_has_sentences_that_it_must_catch() -> None:
    assert RULES.keys() == WRONG.keys()


@pytest.mark.parametrize("sentence", RIGHT)
def test_right_advice_breaks_no_rule(sentence: str) -> None:
    assert broken(sentence) == []


def test_no_text_of_the_program_recommends_what_does_not_help() -> None:
    wrong = {f"{text.place}: {rule}": text.words for text in texts() for rule in broken(text.words)}

    assert wrong == {}


def test_texts_are_looked_for_where_they_are() -> None:
    assert len(list(catalogue_texts(ROOT))) > 300
    assert len(list(page_texts(ROOT))) > 150
    assert len(list(scene_texts(ROOT))) > 80
    said = [text.words for text in code_texts(ROOT)]
    assert len(said) > 1_500
    assert any(words.startswith("Have a Conditional Access policy require MFA of this account on") for words in said)
    assert any("so nothing could be renewed later" in words for words in said)
    assert any("… signed in; … was expected. Nothing of this sign-in" in words for words in said)
    assert " ".join(USER.why.split()) in said, "pieces that stand one behind the other are one text"


# --- what is said of 530035, wherever it comes from -----------------------------------------------------------------

BY_THE_USER: Final = ("", "polling with the device_code", "after the sign-in")
RENEWALS: Final = ("grant_type=refresh_token", "partner-wizard check")
OF_THE_VAULT: Final = ("AzureCliCredential.get_token failed", "az login --tenant contoso.com", "DeviceCodeCredential")


def _of_530035(context: str) -> Diagnosis:
    return explain_refusal(ServiceRefusal("entra", "AADSTS530035", "invalid_grant", ""), context)


@pytest.mark.parametrize("context", [*BY_THE_USER, *RENEWALS])
def test_530035_is_answered_by_a_sign_in_in_a_browser_and_where_to_choose_it(context: str) -> None:
    diagnosis = _of_530035(context)

    assert re.search(r"[Ss]ign in (again )?in a browser \(authorization code\)", diagnosis.remedy)
    assert "partner-wizard's step 4" in diagnosis.remedy
    assert 'sign_in.flow = "browser"' in diagnosis.remedy
    assert diagnosis.retry is (Retry.NO if context in RENEWALS else Retry.AFTER_FIX)
    assert diagnosis.who[0] is Who.OPERATOR


@pytest.mark.parametrize("context", OF_THE_VAULT[:2])
def test_530035_of_the_vault_identity_is_answered_by_another_one(context: str) -> None:
    diagnosis = _of_530035(context)

    assert diagnosis.title == "Security defaults block the Azure identity's device code"
    for identity in ("az login", "the vault identity cli", "managed identity", "environment"):
        assert identity in diagnosis.remedy


@pytest.mark.parametrize("context", [*BY_THE_USER, *RENEWALS, *OF_THE_VAULT])
def test_530035_is_sent_to_nobody_who_looks_after_policies(context: str) -> None:
    assert not re.search(
        r"Conditional Access|Security Administrator|Global Administrator", send_to(_of_530035(context))
    )


def test_where_no_refresh_token_came_security_defaults_are_named_as_a_cause() -> None:
    assert "security defaults can be the cause" in explain("entra", "no_refresh_token").cause
    (said,) = (text.words for text in code_texts(ROOT) if text.words.startswith("If this was a sign-in with a code"))
    assert "sign in in a browser instead: security defaults refuse" in said


@pytest.mark.parametrize(
    "text",
    [
        "You don't have access to this\nTroubleshooting details\nError Code: 530035\nApp name: Contoso",
        "Access has been blocked by security defaults.",
        '{"error":"invalid_grant","error_description":"AADSTS530035: Refused.","error_codes":[530035]}',
    ],
)
def test_530035_is_known_from_the_page_from_its_words_and_from_a_body(text: str) -> None:
    (diagnosis,) = explain_text(text, datetime(2026, 11, 21, 10, tzinfo=UTC)).diagnoses

    assert diagnosis.title == "Security defaults block the device code flow"
