"""Every state of every screen, each brought about the same way every time."""

from __future__ import annotations

from tests.screens.gallery import browser, dialogs, pages
from tests.screens.gallery.state import BOTH, GALLERY, NORMAL, State, brought

__all__ = ["BOTH", "GALLERY", "NORMAL", "State", "brought", "browser", "dialogs", "pages"]
