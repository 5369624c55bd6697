"""``python -m napari_ethoprofile.training JOB`` runs a job: JSON lines out, ``stop`` in."""

from __future__ import annotations

import sys

from .jobs.politeness import be_polite


def main(arguments: list[str]) -> int:
    """Run a job in this process and return its exit status: 0 done, 1 failed, 2 wrong usage, 3 stopped."""
    if len(arguments) != 1:
        sys.stderr.write("usage: python -m napari_ethoprofile.training JOB\n")
        return 2
    threads = be_polite()
    from .jobs.process import run_here

    return run_here(arguments[0], threads)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
