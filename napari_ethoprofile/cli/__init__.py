"""The `ethoprofile` command: what the window can do, on the same functions.

Exit status 0 on success, 2 on wrong usage, 1 with one sentence on standard error for everything else.
"""

from __future__ import annotations

import io
import os
import sys

#: What typer leaves with after Ctrl+C.
_INTERRUPTED = 130


def main() -> None:
    """Run the command line and leave with its exit status."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):  # names that the console's code page lacks stop nothing
            stream.reconfigure(errors="backslashreplace")
    sys.exit(run(sys.argv[1:]))


def run(arguments: list[str]) -> int:
    """Run the command line in this process and return its exit status.

    Parameters
    ----------
    arguments
        As they would be typed after ``ethoprofile``.
    """
    import typer

    from ..annotation.errors import EthoprofileError
    from .app import app

    try:
        # Not in its own way, which draws a box around what is wrong: our docks show that as one sentence.
        status = app(arguments, prog_name="ethoprofile", standalone_mode=False)
    except typer.TyperException as error:
        why = error.format_message().removeprefix("Invalid value: ")
        sys.stderr.write(f"ethoprofile: {why}\n" if why else "")  # called with nothing it has shown its help
        return error.exit_code
    except KeyboardInterrupt:
        return _stopped()
    except EthoprofileError as error:
        sys.stderr.write(f"ethoprofile: {error}\n")
        return 1
    except BrokenPipeError:  # the reader of our output went away, as in `ethoprofile status ... | head`
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0
    except OSError as error:
        sys.stderr.write(f"ethoprofile: {_sentence(error)}\n")
        return 1
    return _stopped() if status == _INTERRUPTED else int(status or 0)


def _stopped() -> int:
    sys.stderr.write("ethoprofile: Stopped; what was kept until then is used when it is run again.\n")
    return 1


def _sentence(error: OSError) -> str:
    where = f" ({error.filename})" if error.filename else ""
    return f"The system refused: {error.strerror or error}{where}."
