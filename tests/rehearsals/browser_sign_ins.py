"""Scenes whose integration user signs in in a browser, as tests need them."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from tests.harness import in_world
from wizard.rehearsal import Scene, load_scene
from wizard.rehearsal.choices import BrowserLocation, BrowserResult

NATIVE = "https://login.microsoftonline.com/common/oauth2/nativeclient"


def in_a_browser(scene: str = "all-holds-public", redirect_uri: str = "", **app: Any) -> Scene:
    """Return a scene whose integration user signs in in a browser.

    Args:
        scene: the scene it is made from.
        redirect_uri: the one that the answers name, "" for the wizard's choice.
        app: what the app's registration has otherwise.
    """
    known = load_scene(scene)
    known = in_world(known, app=replace(known.world.app, **app))
    sign_in = {"flow": "browser", **({"redirect_uri": redirect_uri} if redirect_uri else {})}
    return replace(known, answers={**known.answers, "sign_in": sign_in})


def behaving(scene: Scene, **behaviour: Any) -> Scene:
    """Return a scene whose people behave differently."""
    return in_world(scene, behaviour=replace(scene.world.behaviour, **behaviour))


def pasting(*results: BrowserResult) -> Scene:
    """Return a scene whose browser is elsewhere and brings these results, and then the right one."""
    scene = in_a_browser(redirect_uri=NATIVE, public_redirect_uris=(NATIVE, "http://localhost"))
    return behaving(scene, browser=BrowserLocation.ELSEWHERE, browser_results=(*results, BrowserResult.RIGHT))
