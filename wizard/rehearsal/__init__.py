"""The rehearsal cloud: a local stand-in for Microsoft's services that knows nothing of the product it tests."""

from wizard.rehearsal.clock import RehearsalClock
from wizard.rehearsal.cloud import RehearsalCloud
from wizard.rehearsal.front import Exchange
from wizard.rehearsal.scenes import Ending, Scene, load_scene, scene_names
from wizard.rehearsal.tables import SceneError

__all__ = ["Ending", "Exchange", "RehearsalClock", "RehearsalCloud", "Scene", "SceneError", "load_scene", "scene_names"]
