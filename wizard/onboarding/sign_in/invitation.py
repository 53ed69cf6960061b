"""The message with which somebody elsewhere is asked to sign in as the integration user."""

from __future__ import annotations

from wizard.core.answers import Answers
from wizard.core.events import BrowserPrompt, DeviceCodePrompt
from wizard.core.facts import Facts
from wizard.core.timestamps import utc_time


def invitation(prompt: BrowserPrompt | DeviceCodePrompt, answers: Answers, facts: Facts) -> str:
    """Return the text to send to whoever signs in.

    Args:
        prompt: the link, or the page and the code.
        answers: name tenant and app.
        facts: name the app as people do, if that is known.
    """
    app = f"{facts.app_name} ({answers.client_id})" if facts.app_name else answers.client_id
    of_whom = f" of {answers.home_tenant}" if answers.home_tenant else ""
    begin = (
        f"Please sign in as {prompt.account}, with MFA, for the app {app}{of_whom}.\n"
        "Do so only if you expect this message from us: if in doubt, ask us first, by a number that you know.\n\n"
    )
    until = utc_time(prompt.expires_at)
    if isinstance(prompt, DeviceCodePrompt):
        return (
            f"{begin}Open this page in a private window, and enter the code below it before {until}:\n\n"
            f"{prompt.verification_uri}\n\n{prompt.user_code}\n\n"
            "The page names the app; go on only if it is the one above. That is all: nothing has to be sent back."
        )
    return (
        f"{begin}Do it while we talk: what comes of it is good for one minute.\n\n"
        f"Open this link in a private window before {until}:\n\n{prompt.url}\n\n"
        "The browser ends on a page that cannot be loaded; that is as it should be. Send us the whole address of that "
        "page at once."
    )
