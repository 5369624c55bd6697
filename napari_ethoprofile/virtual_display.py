"""Run a command again on a virtual X display where there is no screen."""

from __future__ import annotations

import contextlib
import os
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator

from .annotation.errors import EthoprofileError


def has_display() -> bool:
    """Return whether a window can be shown here."""
    if sys.platform.startswith("linux"):
        return bool(os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY"))
    return True


@contextlib.contextmanager
def virtual_display(width: int = 1366, height: int = 768) -> Iterator[dict[str, str]]:
    """Start a virtual display with a window manager and yield the environment to run a command in.

    Yields
    ------
    dict
        A copy of this process's environment that points at the new display.

    Raises
    ------
    EthoprofileError
        Where no virtual display can be made.
    """
    server = shutil.which("Xvfb")
    if server is None:
        raise EthoprofileError(
            "There is no screen and no Xvfb to make a virtual one; install it "
            "(Debian: apt-get install xvfb openbox)."
        )
    reader, writer = os.pipe()
    process = subprocess.Popen(
        [server, "-displayfd", str(writer), "-screen", "0", f"{width}x{height}x24", "-nolisten", "tcp"],
        pass_fds=(writer,),
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    os.close(writer)
    manager = None
    try:
        with os.fdopen(reader) as answer:
            number = answer.readline().strip()
        if not number:
            raise EthoprofileError("The virtual display could not be started; is /tmp writable?")
        environment = {**os.environ, "DISPLAY": f":{number}", "QT_QPA_PLATFORM": "xcb"}
        environment.pop("WAYLAND_DISPLAY", None)
        if (name := shutil.which("openbox") or shutil.which("herbstluftwm")) is not None:
            manager = subprocess.Popen(
                [name], env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
            )
            time.sleep(0.3)  # the first window must find the manager running
        yield environment
    finally:
        for child in (manager, process):
            if child is not None:
                child.terminate()
                child.wait(timeout=10)
