"""Every state of every screen, each brought about the same way every time."""

from __future__ import annotations

from tests.screens.gallery import dialogs, pages
from tests.screens.gallery.state import GALLERY, SIZES, State, brought

__all__ = ["GALLERY", "SIZES", "State", "brought", "dialogs", "pages"]
