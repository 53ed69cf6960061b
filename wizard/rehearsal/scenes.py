"""The scene table: every scene is a file of assets/scenes, laid over the world it starts from."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib import resources

from wizard.rehearsal.tables import SceneError
from wizard.rehearsal.world import World, read_world

_BASE = "world"
_FIRST = "all-holds-public"
_KEYS = {"order", "title", "watch", "about", "base", "ends", "world", "answers"}
_ENDS: dict[str, type] = {"check": str, "outcome": str, "code": str, "exit": int, "also": list, "seen": list}
_ANSWERS: dict[str, type] = {
    "tenant": str, "associated": bool, "client_id": str, "credential": dict, "public_client": bool, "vendor_app": bool,
    "integration_user": str, "consent": dict, "vault": dict, "profile": str, "sign_in": dict, "graph": dict,
}  # fmt: skip
_PARTS: dict[str, dict[str, type]] = {
    "consent": {"wait": int, "redirect_uri": str, "granted": bool},
    "vault": {"url": str, "secret": str, "replace": bool, "identity": str},
    "sign_in": {"flow": str, "wait": int, "redirect_uri": str},
    "graph": {"identity": str},
}
Table = Mapping[str, object]


@dataclass(frozen=True, slots=True)
class Ending:
    """What the unattended product reports in a scene.

    Args:
        check: id of the last failing check, or of the last one where all hold.
        outcome: holds, fails, warns or unknown.
        code: the service's code, or "".
        exit: the exit status.
        also: other findings worth testing, as (check, outcome).
        seen: texts that appear in the plain lines: what shows that the scene's deviation was met.
    """

    check: str
    outcome: str
    code: str
    exit: int
    also: tuple[tuple[str, str], ...] = ()
    seen: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Scene:
    """A rehearsal: a world, the operator's answers, and how it ends.

    Args:
        name: of its file.
        title: the question it answers.
        watch: what to look out for, and what to do about it in real life.
        about: id of the check it is about; "" where everything simply holds.
        base: the scene it differs from; "" for the first one.
        world: the world.
        answers: the form of an answers file; file names are relative to the cloud's folder.
        ends: how the unattended product ends.
    """

    name: str
    title: str
    watch: str
    about: str
    base: str
    world: World
    answers: Table
    ends: Ending


@cache
def scene_names() -> list[str]:
    """The names of all scenes, in the table's order."""
    tables = {name: _table(name) for name in _files() if name != _BASE}
    return sorted(tables, key=lambda name: _integer(tables[name].get("order"), f"{name}: order"))


def load_scene(name: str) -> Scene:
    """The scene of that name; raises `SceneError` where there is none or its file is wrong."""
    if name == _BASE or name not in _files():
        raise SceneError(f"there is no scene {name!r}; there are: {', '.join(scene_names())}")
    return _read_scene(name, _table(name))


def without_faults(scene: Scene) -> Scene:
    """The scene that `scene` differs from: the same journey with nothing in its way."""
    return load_scene(scene.base) if scene.base else scene


def _read_scene(name: str, table: Table) -> Scene:
    for key in table:
        if key not in _KEYS:
            raise SceneError(f"{name}: unknown key {key!r}; known are {', '.join(sorted(_KEYS))}")
    world, answers = _layers(name, table)
    _check_answers(name, answers)
    base = table.get("base", "")
    if not isinstance(base, str):
        raise SceneError(f"{name}: base: expected the name of a scene")
    title, watch = table.get("title"), table.get("watch")
    if not isinstance(title, str) or not isinstance(watch, str):
        raise SceneError(f"{name}: title and watch are sentences")
    ends = _ending(name, table.get("ends"))
    about = table.get("about", ends.check if ends.exit else "")
    if not isinstance(about, str):
        raise SceneError(f"{name}: about: expected the id of a check")
    return Scene(name, title, watch, about, base, read_world(world, name), answers, ends)


def _layers(name: str, table: Table) -> tuple[Table, Table]:
    base = table.get("base", "")
    if name == _FIRST:
        below = _table(_BASE)
        world, answers = below["world"], below["answers"]
    elif isinstance(base, str) and base in _files() and base not in (name, _BASE):
        world, answers = _layers(base, _table(base))
    else:
        raise SceneError(f"{name}: base: expected the name of another scene, not {base!r}")
    return _laid_over(world, table.get("world", {}), name), _laid_over(answers, table.get("answers", {}), name)


def _laid_over(below: object, above: object, where: str) -> Table:
    """Tables are merged key by key; lists, values and a credential are replaced; in answers "" leaves a key out."""
    if not isinstance(below, Mapping) or not isinstance(above, Mapping):
        raise SceneError(f"{where}: expected a table")
    merged = dict(below)
    for key, value in above.items():
        if isinstance(value, Mapping) and isinstance(merged.get(key), Mapping) and key != "credential":
            merged[key] = _laid_over(merged[key], value, f"{where}.{key}")
        else:
            merged[key] = value
    return merged


def _check_answers(name: str, answers: Table) -> None:
    for key, value in answers.items():
        _check_value(f"{name}: answers", key, value, _ANSWERS)
        if key in _PARTS and isinstance(value, Mapping):
            for part, inner in value.items():
                _check_value(f"{name}: answers.{key}", part, inner, _PARTS[key])


def _check_value(where: str, key: str, value: object, known: Mapping[str, type]) -> None:
    if key not in known:
        raise SceneError(f"{where}: unknown key {key!r}; known are {', '.join(known)}")
    if type(value) is not known[key]:
        raise SceneError(f"{where}.{key}: expected {known[key].__name__}, not {value!r}")


def _ending(name: str, table: object) -> Ending:
    if not isinstance(table, Mapping):
        raise SceneError(f"{name}: lacks [ends]")
    for key, value in table.items():
        _check_value(f"{name}: ends", key, value, _ENDS)
    for key in ("check", "outcome", "code", "exit"):
        if key not in table:
            raise SceneError(f"{name}: ends lacks {key!r}")
    also = tuple((str(check), str(outcome)) for check, outcome in table.get("also", []))
    seen = tuple(str(text) for text in table.get("seen", []))
    return Ending(str(table["check"]), str(table["outcome"]), str(table["code"]), int(table["exit"]), also, seen)


def _integer(value: object, where: str) -> int:
    if not isinstance(value, int):
        raise SceneError(f"{where}: expected a number")
    return value


@cache
def _files() -> tuple[str, ...]:
    folder = resources.files("assets").joinpath("scenes")
    return tuple(item.name.removesuffix(".toml") for item in folder.iterdir() if item.name.endswith(".toml"))


@cache
def _table(name: str) -> Table:
    text = resources.files("assets").joinpath("scenes", f"{name}.toml").read_text(encoding="utf-8")
    try:
        return tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise SceneError(f"{name}: is not TOML: {error}") from None
