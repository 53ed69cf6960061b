"""The table of the pages. What a page needs is loaded when it is first shown."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from screens.messages import DONE
from screens.pages.page import Page, PageContext

WELCOME: Final = "welcome"


def _welcome(context: PageContext) -> Page:
    if context.kept.entries and context.scene is None:
        from screens.pages.onboardings import OnboardingsPage

        return OnboardingsPage(context)
    from screens.pages.welcome import WelcomePage

    return WelcomePage(context)


def _done(context: PageContext) -> Page:
    from screens.pages.done import DonePage

    return DonePage(context)


def _step(context: PageContext, step_id: str) -> Page:
    from screens.pages.step_page import StepPage

    return StepPage(context, context.profile.step(step_id))


PAGES: Final[dict[str, Callable[[PageContext], Page]]] = {WELCOME: _welcome, DONE: _done}
"""Every page that is no step's, by its id; each id is the name of its help, too."""


def make_page(page_id: str, context: PageContext) -> Page:
    """Return the page of this id, which may be a step's; raise KeyError where there is none."""
    return PAGES[page_id](context) if page_id in PAGES else _step(context, page_id)


def page_before(page_id: str, context: PageContext) -> str:
    """Return the id of the page that Back leads to: of one that is no part of the journey the first; "" from there."""
    pages = [WELCOME, *(each.id for each in context.profile.steps if not each.not_needed or each.id == page_id), DONE]
    if page_id not in pages:
        return WELCOME
    at = pages.index(page_id)
    return pages[at - 1] if at else ""
