"""What `--help` says of each command: one sentence, examples, the variables of the environment, the exit codes.

Loaded for `--help`, so it imports nothing.
"""

from __future__ import annotations

VARIABLES: dict[str, str] = {
    "NO_COLOR": "no colour, whatever its value",
    "TERM": "the kind of terminal; dumb: nothing is drawn",
    "TEXTUAL_THEME": "the colours to draw with",
    "COLUMNS": "the width to write in, in place of the terminal's",
    "XDG_STATE_HOME": "the folder above the journeys; else ~/.local/state",
    "HTTPS_PROXY": "the proxy on the way to the services",
    "NO_PROXY": "hosts that are reached without it",
    "REQUESTS_CA_BUNDLE": "a PEM file of certificate authorities to trust",
    "AZURE_CLIENT_ID": "with AZURE_TENANT_ID and a credential: who opens the vault",
}
"""What a variable of the environment does."""

_DRAWING = ("NO_COLOR", "TERM", "TEXTUAL_THEME")
_WRITING = ("NO_COLOR", "COLUMNS")
_SERVICES = ("HTTPS_PROXY", "NO_PROXY", "REQUESTS_CA_BUNDLE", "AZURE_CLIENT_ID")
_JOURNEY = ("XDG_STATE_HOME",)

READS: dict[str, tuple[str, ...]] = {
    "": (*_DRAWING, *_JOURNEY, *_SERVICES),
    "run": (*_WRITING, *_JOURNEY, *_SERVICES),
    "rehearse": (*_DRAWING, "COLUMNS"),
    "status": _JOURNEY,
    "check": (*_WRITING, *_JOURNEY, *_SERVICES),
    "renew": (*_WRITING, *_JOURNEY, *_SERVICES),
    "alerts": (*_JOURNEY, *_SERVICES),
    "token": (*_WRITING, *_JOURNEY, *_SERVICES),
    "customers": (*_WRITING, *_JOURNEY, *_SERVICES),
    "revoke": (*_WRITING, *_JOURNEY, *_SERVICES),
    "explain": ("COLUMNS",),
    "report": _JOURNEY,
    "support-bundle": _JOURNEY,
    "help": _WRITING,
    "completion": (),
}
"""Which variables of the environment a command reads, "" for the wizard."""

SENTENCES: dict[str, str] = {
    "": "Partner Center onboarding under the Secure Application Model, each step proven before the next one opens.",
    "run": "The same journey in plain lines: on a terminal it asks for what the answers file leaves out, elsewhere it "
    "asks nobody.",
    "rehearse": "The wizard, or the plain run, on a rehearsal cloud on this machine: nothing that you do is real.",
    "status": "Every onboarding of this machine in a line: where it stands, when its token expires, what to do next; "
    "nobody is asked.",
    "check": "Every check that can be made of what is stored, without a person and without writing anything: for cron "
    "and monitoring.",
    "renew": "A new token in the place of the stored one if it is due: proven first, then written and read back; older "
    "versions are disabled last; with --credential, the app's own secret or certificate.",
    "alerts": "What check and renew tell by mail, chat or web hook: send a test, list what was told, mute a cause "
    "until a day.",
    "token": "A short-lived access token out of what is stored, as JSON in the form of az account get-access-token, to "
    "the program that reads it.",
    "customers": "Customers' tenants: a list of all of them, what the app is granted there, the roles that are held, "
    "and tokens; what would be changed is shown first.",
    "revoke": "The end of an onboarding: what is revoked and what breaks is shown first, made once you agree, and "
    "proven by a redemption that fails.",
    "explain": "What an error, a code, a service's answer, an address or a token means, what to do, and who can; "
    "nothing leaves this machine.",
    "report": "What the saved journey has proven, when it ends, and how to use it: Markdown, or JSON.",
    "support-bundle": "One archive of the saved journey for a colleague or for support, without any secret.",
    "help": "How something works: steps, checks, scenes, clouds, identities, or a command.",
    "completion": "A script that lets your shell complete commands, options, scenes and files.",
}
"""What a command does."""

EXAMPLES: dict[str, tuple[str, ...]] = {
    "": (
        "partner-wizard",
        "partner-wizard rehearse",
        "partner-wizard --tenant contoso.com --port 8400",
    ),
    "run": (
        "partner-wizard run",
        "partner-wizard run --answers contoso.toml",
        "partner-wizard run --answers contoso.toml --json",
    ),
    "rehearse": (
        "partner-wizard rehearse",
        "partner-wizard rehearse wrong-secret",
        "partner-wizard rehearse all-holds-public --unattended",
    ),
    "status": (
        "partner-wizard status",
        "partner-wizard status --json",
    ),
    "check": (
        "partner-wizard check",
        "partner-wizard check contoso.com",
        "partner-wizard check --answers health.toml --json",
    ),
    "renew": (
        "partner-wizard renew",
        "partner-wizard renew contoso.com --answers renew.toml",
        "partner-wizard renew --credential --answers renew.toml",
    ),
    "alerts": (
        "partner-wizard alerts test --answers health.toml",
        "partner-wizard alerts list --answers health.toml",
        "partner-wizard alerts mute 3f9a1c2b-77e0 --until 2026-12-31 --answers a.toml",
    ),
    "token": (
        "partner-wizard token --resource partner-center | your-program",
        "partner-wizard token --resource graph --customer fabrikam.com | your-program",
        "partner-wizard token --serve /run/user/1000/partner-wizard.sock",
    ),
    "customers": (
        "partner-wizard customers list",
        "partner-wizard customers consent --all --dry-run",
        "partner-wizard customers token fabrikam.com --resource graph | your-program",
    ),
    "revoke": (
        "partner-wizard revoke contoso.com",
        "partner-wizard revoke contoso.com --answers health.toml --yes",
    ),
    "explain": (
        "partner-wizard explain AADSTS7000215",
        "partner-wizard explain error.log --message",
        "your-program 2>&1 | partner-wizard explain -",
    ),
    "report": (
        "partner-wizard report contoso.com > contoso.md",
        "partner-wizard report --json",
        "partner-wizard report --all --csv > onboardings.csv",
    ),
    "support-bundle": (
        "partner-wizard support-bundle",
        "partner-wizard support-bundle contoso.zip --tenant contoso.com",
    ),
    "help": (
        "partner-wizard help",
        "partner-wizard help identities",
        "partner-wizard help rehearse",
    ),
    "completion": (
        'eval "$(partner-wizard completion bash)"',
        "partner-wizard completion zsh > ~/.zfunc/_partner-wizard",
        "partner-wizard completion fish | source",
    ),
}
"""What to type."""

_PROVEN = """exit codes: 0 proven · 1 a check fails or something is still provisional · 2 wrong usage or bad input ·
3 a service could not be reached · 129, 130, 131, 143 hung up, interrupted, quit, terminated"""
_ENDS: dict[str, str] = {
    "token": "exit codes: 0 the token is written · 1 there is none, and the JSON says why: its code is sign_in_again, "
    "asked_too_often or another of partner-wizard help programs · 2 wrong usage or bad input · 3 a service could not "
    "be reached",
    "customers": "exit codes: 0 every customer that was asked is as it is to be · 1 one is not, or the list lacks some "
    "· 2 wrong usage or bad input · 3 a service could not be reached · 129, 130, 131, 143 hung up, interrupted, quit, "
    "terminated",
    "alerts": "exit codes: 0 every address took it, or it is listed or muted · 2 wrong usage or bad input · 3 an "
    "address did not take it",
    "revoke": "exit codes: 0 revoked and proven, or only shown · 1 something is left, or the end is not proven · 2 "
    "wrong usage or bad input",
    "explain": "exit codes: 0 something was explained · 2 nothing in it could be explained, or wrong usage",
    "support-bundle": "exit codes: 0 the bundle is written · 2 there is no journey, or the bundle cannot be written "
    "there",
    "status": "exit codes: 0 shown · 2 wrong usage",
    "help": "exit codes: 0 shown · 2 there is no such topic or command",
    "completion": "exit codes: 0 the script is written · 2 wrong usage",
}


def exit_codes(command: str) -> str:
    """Return the sentence on how a command can end."""
    return _ENDS.get(command, _PROVEN)


def epilog(command: str) -> str:
    """Return what stands below the options of a command."""
    parts = ["examples:\n" + "\n".join(f"  {example}" for example in EXAMPLES[command])]
    if names := READS[command]:
        longest = max(map(len, names))
        lines = [f"  {name:{longest}}  {VARIABLES[name]}" for name in names]
        parts.append("\n".join(["environment (all of it: partner-wizard help environment):", *lines]))
    return "\n\n".join([*parts, exit_codes(command)])
