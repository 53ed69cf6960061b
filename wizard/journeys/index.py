"""The index of the saved journeys: what `status` and the first page show, without reading each of them.

It is a cache and nothing else. The files decide: every one is looked at, and is read again if the time of its last
change is not the one that the index knows. That is the file system's own time (ctime), which nobody sets: it tells of
an edit in place as well, and of a backup that was restored with its old time. A file that was changing in the moment in
which it was read is read again the next time. A missing or torn index, or that of another version, is not used. It is
written in one stroke, by one process at a time; where it cannot be written, all that is lost is time.

Below its head four parts, an empty line between two: what was seen of each file, in the order of the folder, so that it
is compared as one text; the lines that `status` prints, but for what follows from the day; all that is known of each
onboarding, its words between tabs; how many there are. Each is decoded and cut only by who wants it. Loaded by
`partner-wizard status`, which is to answer at once: what reads a journey is imported only where one has changed.
"""

from __future__ import annotations

import os

from wizard import __version__
from wizard.core.own_files import AS_FOLDER, CLOSED_IN_OTHERS, changed_at, is_own, lock_file, open_own
from wizard.journeys.state_folder import state_folder

TYPE_CHECKING = False
if TYPE_CHECKING:
    Rows = dict[str, list[str]]
    """By the place of a file below the state folder, the words of its line."""
    Parts = tuple[bytes, bytes, bytes]
    """What was seen of the files, the lines of `status`, and the rows."""

HEAD = f"onboardings of this machine, form 2, partner-wizard {__version__}".encode()
"""The first line; an index that has another one is not read."""
FOLDER = "journeys"
"""Below the state folder: a file for each onboarding."""
OLD_FORM = "journey.json"
"""The name of the one journey that earlier versions kept, and of its file."""
INDEX = "index.txt"
LARGEST = 50_000_000
"""Bytes of an index."""
LONGEST_WAIT = 2.0
"""Seconds until another process has written it."""
A_TICK = 0.01
"""Seconds in which the time of a file system moves on."""
BETWEEN = b"\n\n"
"""Between two parts."""
WORDS = 13
"""Of a row behind its place: the members of an `Entry` without its path."""
UNSETTLED = "?"
"""In the place of what was seen of a file that was just changing."""
NOTHING = (BETWEEN, b"", b"")
"""The parts of no index: no folder looks like that."""
ENCODING = ("utf-8", "surrogateescape")
"""Of the index: a name that is no UTF-8 is kept as it is."""


class Index:
    """What is known of every onboarding below a state folder.

    Args:
        state: the folder; it need not exist.
    """

    def __init__(self, state: str) -> None:
        self._state = state
        self.is_unsettled = False
        """Whether a file was just changing when it was last read, so that it is to be read again."""

    def rows(self) -> Rows:
        """Return what is known of each onboarding, by the place of its file; that of an earlier version is last."""
        return _rows_of(self._parts()[2])

    def lines(self) -> list[str]:
        """Return the headings and a line for each onboarding, as `status_lines` writes them."""
        return self._parts()[1].decode(*ENCODING).split("\n")

    def path(self, place: str) -> str:
        """Return the path of a file."""
        return f"{self._state}/{place}"

    def _parts(self) -> Parts:
        seen, parts = self._seen(), self._read()
        return parts if parts[0] == seen else self._renew()

    # --- what is there ----------------------------------------------------------------------------------------------

    def _seen(self) -> bytes:
        """Return when each file last changed: that of old form, then those of the folder, each behind its name.

        A slash is between two of these words, since no name has one.
        """
        try:
            old = str(changed_at(os.lstat(self.path(OLD_FORM))))
        except FileNotFoundError:
            old = ""
        handle = None
        try:
            if AS_FOLDER:
                handle = os.open(self.path(FOLDER), os.O_RDONLY | AS_FOLDER | CLOSED_IN_OTHERS)
            # by its handle: the path is not looked up again for every file
            with os.scandir(self.path(FOLDER) if handle is None else handle) as found:
                files = [_seen_at(each) for each in found if each.name[-5:] == ".json"]
        except FileNotFoundError:
            return old.encode()
        finally:
            if handle is not None:
                os.close(handle)
        return "".join([old, *files]).encode(*ENCODING)

    # --- the index itself -------------------------------------------------------------------------------------------

    def _read(self) -> Parts:
        """Return the parts of the index, `NOTHING` where it is missing, torn or of another version."""
        try:
            handle = open_own(self.path(INDEX), os.O_RDONLY)
            try:
                status = os.fstat(handle)
                text = os.read(handle, min(status.st_size, LARGEST)) if is_own(status) else b""
            finally:
                os.close(handle)
            head, seen, lines, rows, count = text.split(BETWEEN)
        except (OSError, ValueError):
            return NOTHING
        of_rows, of_lines = (b"%d" % (part.count(b"\t") // words) for part, words in ((rows, WORDS), (lines, 2)))
        is_whole = count == of_rows == of_lines and rows.count(b"\t") % WORDS == 0 and b"\0" not in text
        return (seen, lines, rows) if head == HEAD and is_whole else NOTHING

    def _renew(self) -> Parts:
        """Read what has changed, write the index, and return its parts."""
        lock = self._lock()
        new = self._open_new() if lock is not None else None
        try:
            known, seen = self._read(), self._seen()
            known_files, known_rows, files = _files_of(known[0]), _rows_of(known[2]), _files_of(seen)
            rows: Rows = {}
            for place in sorted(filter(_is_listed, files), key=lambda each: (each == OLD_FORM, each)):
                if place in known_rows and known_files.get(place) == files[place]:
                    rows[place] = known_rows[place]
                elif words := self._words(place):
                    rows[place] = list(words)
            if new is not None:
                files = _settled(files, changed_at(os.fstat(new)))
                seen, self.is_unsettled = _seen_of(files), UNSETTLED in files.values()
            text = "\n".join("\t".join((place, *words)) for place, words in rows.items())
            parts = (seen, _lines_of(rows), text.encode(*ENCODING))
            if new is not None and parts != known:
                written, new = new, None
                self._write(written, BETWEEN.join((HEAD, *parts, b"%d" % len(rows))))
        finally:
            if new is not None:
                self._drop(new)
            if lock is not None:
                os.close(lock)
        return parts

    def _words(self, place: str) -> tuple[str, ...]:
        """Return what is to be known of a file, nothing where it is gone."""
        from wizard.journeys.standing import entry_of

        name = OLD_FORM if place == OLD_FORM else os.path.basename(place).removesuffix(".json")
        entry = entry_of(self.path(place), name)
        return entry[1:] if entry else ()

    def _open_new(self) -> int | None:
        """Return a new file that may become the index, None where none can be made."""
        try:
            return open_own(self._new, os.O_WRONLY | os.O_CREAT | os.O_TRUNC)
        except OSError:
            return None

    def _write(self, new: int, text: bytes) -> None:
        """Write the index in one stroke. It is not synced: a torn one is not used."""
        try:
            with open(new, "wb") as file:
                file.write(text)
            os.replace(self._new, self.path(INDEX))  # closed before: Windows renames no open file
        except OSError:
            pass  # what is lost is time
        finally:
            self._remove_new()

    def _drop(self, new: int) -> None:
        """Leave no new file behind that has not become the index."""
        os.close(new)
        self._remove_new()

    def _remove_new(self) -> None:
        if os.path.lexists(self._new):
            os.unlink(self._new)

    @property
    def _new(self) -> str:
        return self.path(f".{INDEX}.{os.getpid()}")

    def _lock(self) -> int | None:
        """Return the lock of the index once no other process has it; None where it cannot be had."""
        import time

        try:
            handle = open_own(self.path("index.lock"), os.O_RDWR | os.O_CREAT)
        except OSError:  # no folder yet, or one that may not be written to
            return None
        ends = time.monotonic() + LONGEST_WAIT
        while time.monotonic() < ends:
            try:
                lock_file(handle)
            except OSError:
                time.sleep(0.01)
            else:
                return handle
        os.close(handle)
        return None


def refresh_index() -> None:
    """Bring the index up to what was just saved, so that `status` need not; where it cannot, time is lost alone."""
    import time

    index = Index(state_folder(os.environ))
    try:
        index.rows()
        if index.is_unsettled:
            time.sleep(A_TICK)
            index.rows()
    except OSError:
        pass


def _seen_at(file: os.DirEntry[str]) -> str:
    """Return what is seen of a file of the folder, nothing where it went while the folder was listed."""
    try:
        return f"/{file.name}/{changed_at(file.stat(follow_symlinks=False))}"
    except FileNotFoundError:
        return ""


def _is_listed(place: str) -> bool:
    """Return whether a file has a name that the program may have given it: printable, and ASCII."""
    return place.isascii() and place.isprintable() and not place.startswith(f"{FOLDER}/.")


def _settled(files: dict[str, str], moment: int) -> dict[str, str]:
    """Return what was seen of the files as it may be known.

    Args:
        files: by their places.
        moment: in the time of the file system, before they were seen. What changed then or later may change once more
            within the same tick of that clock, and look the same.
    """
    return {place: now if int(now) < moment else UNSETTLED for place, now in files.items()}


def _files_of(seen: bytes) -> dict[str, str]:
    """Return what was seen of each file, by its place; the opposite of `_seen_of`."""
    old, *found = seen.decode(*ENCODING).split("/")
    files = {OLD_FORM: old} if old else {}
    return files | {f"{FOLDER}/{name}": now for name, now in zip(found[::2], found[1::2], strict=False)}


def _seen_of(files: dict[str, str]) -> bytes:
    old = files.get(OLD_FORM, "")
    found = [f"/{place.partition('/')[2]}/{now}" for place, now in files.items() if place != OLD_FORM]
    return "".join([old, *found]).encode(*ENCODING)


def _rows_of(text: bytes) -> Rows:
    lines = text.decode(*ENCODING).split("\n") if text else []
    return {(words := line.split("\t")).pop(0): words for line in lines}


def _lines_of(rows: Rows) -> bytes:
    from wizard.journeys.status_lines import status_lines

    return "\n".join(status_lines(list(rows.values()))).encode(*ENCODING)
