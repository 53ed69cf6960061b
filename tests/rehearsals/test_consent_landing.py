"""An administrator who has answered sees a page that says so, though the wizard listens no longer than it must."""

from __future__ import annotations

import pytest

from tests.harness import Rehearsed, in_world, rehearsed
from tests.microsoft.redirects import get
from wizard.core.events import Waiting
from wizard.core.findings import Outcome
from wizard.microsoft import loopback
from wizard.microsoft.landing import Landing
from wizard.microsoft.loopback import RedirectListener
from wizard.rehearsal.choices import AdminAction
from wizard.rehearsal.world import Behaviour


class Administrator:
    """Answers once, as soon as it is waited for; the browser loads the page it is sent to when `look` is called."""

    def __init__(self, here: Rehearsed, says: str) -> None:
        self.here, self.says = here, says
        self.listener: RedirectListener | None = None
        self.sent_to = ""
        here.cloud.clock.subscribe(self.answer)

    def answer(self) -> None:
        onboarding = self.here.journey.onboarding
        is_waited_for = any("consent page" in each.what for each in self.here.emitted(Waiting))
        if is_waited_for and not self.listener:
            self.listener = onboarding.memory.consent_listener
            assert self.listener
            query = f"{self.says}&tenant={onboarding.facts.tenant_id}&state={onboarding.facts.consent_state}"
            self.sent_to = get(f"{self.listener.uri}/?{query}").headers["Location"]

    def look(self) -> str:
        assert self.listener
        page = get(self.listener.uri + self.sent_to)
        self.listener.close()
        return page.text


@pytest.mark.parametrize(
    ("says", "outcome", "landing", "words"),
    [
        ("admin_consent=True", Outcome.HOLDS, Landing.CONSENTED, "Your consent has arrived"),
        ("error=access_denied&admin_consent=True", Outcome.FAILS, Landing.CONSENT_REFUSED, "Consent was not given"),
    ],
    ids=["yes", "no"],
)
def test_the_page_is_there_after_the_check_has_read_the_answer(
    says: str, outcome: Outcome, landing: Landing, words: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(loopback, "SEEN_LIMIT", 60.0)
    with rehearsed(in_world("all-holds-public", behaviour=Behaviour(admin=AdminAction.NOBODY)), monkeypatch) as here:
        administrator = Administrator(here, says)
        while here.journey.open_step.id != "consent":
            here.journey.run(here.journey.open_step.id)
        here.journey.run("consent")

        assert here.journey.outcome("consent.answer") is outcome
        assert here.journey.onboarding.memory.consent_listener is None
        assert administrator.sent_to == landing.path
        assert words in administrator.look()
