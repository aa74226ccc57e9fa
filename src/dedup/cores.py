"""what the system grants -> how many cores a process may keep busy."""

import os
from math import ceil
from pathlib import Path

GROUPS = Path("/sys/fs/cgroup")
OWN = Path("/proc/self/cgroup")


def cores() -> int:
    """Return how many cores this process may use, and its control group pays for."""
    allowed = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    paid = quota(GROUPS, OWN)
    return allowed if paid is None else min(allowed, max(1, ceil(paid)))


def quota(groups: Path, own: Path) -> float | None:
    """Return the cores that the control group named in the file `own`, or one it is in, may use; None for any number.

    `groups` is where the system shows its groups: those of version 2, or of version 1 below `cpu`.
    """
    found = [_share(each) for line in _read(own).splitlines() for each in _folders(groups, line)]
    return min((share for share in found if share is not None), default=None)


def _folders(groups: Path, line: str) -> list[Path]:
    """Return the folders of a group and of those it is in, the topmost included: a container sees only that."""
    _, controllers, name = [*line.split(":", 2), "", ""][:3]
    if controllers and "cpu" not in controllers.split(","):
        return []
    top = groups / "cpu" if controllers else groups
    folder = top / name.lstrip("/")
    return [top, *(each for each in (folder, *folder.parents) if top in each.parents)]


def _share(folder: Path) -> float | None:
    words = _read(folder / "cpu.max").split() or [
        _read(folder / f"cpu.cfs_{name}_us").strip() for name in ("quota", "period")
    ]
    return int(words[0]) / int(words[1]) if len(words) == 2 and all(map(str.isdigit, words)) and int(words[1]) else None


def _read(path: Path) -> str:
    try:
        return path.read_text()
    except OSError:
        return ""
