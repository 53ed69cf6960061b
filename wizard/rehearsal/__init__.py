"""The rehearsal cloud: a local stand-in for Microsoft's services that knows nothing of the product it tests."""

from wizard.rehearsal.clock import RehearsalClock
from wizard.rehearsal.cloud import RehearsalCloud
from wizard.rehearsal.scene_files import Scene, load_scene, scene_names
from wizard.rehearsal.tables import SceneError

__all__ = ["RehearsalClock", "RehearsalCloud", "Scene", "SceneError", "load_scene", "scene_names"]
