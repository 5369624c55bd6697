"""All formats, and the functions that read and write any of them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

from ..errors import EthogramError, FormatError, TrackError
from ..files import write_whole
from . import (
    behaviordepot,
    bento,
    boris,
    boris_aggregated,
    boris_tabular,
    bouts,
    caltech,
    deepethogram,
    deepethoprofile,
    deepethoprofile_results,
    dlcanalyzer,
    elan,
    frames,
    jabs,
    nwb,
    one_hot,
    simba,
)
from .fitting import fit_to
from .label_format import Format
from .labels import Labels, LossError
from .mapping import rename
from .options import ReadOptions, WriteOptions
from .text import Binary, Text, read_file
from .wording import counted

#: By name, the most particular first: the first that recognizes a file reads it.
FORMATS: Mapping[str, Format] = {
    module.FORMAT.name: module.FORMAT
    for module in (
        deepethoprofile_results,
        deepethoprofile,
        frames,
        boris,
        boris_tabular,
        boris_aggregated,
        bento,
        caltech,
        jabs,
        elan,
        behaviordepot,
        nwb,
        simba,
        dlcanalyzer,
        bouts,
        deepethogram,
        one_hot,
    )
}


def get_format(name: str) -> Format:
    """Return the format of this name, or raise `FormatError`."""
    try:
        return FORMATS[name.strip().casefold()]
    except KeyError:
        known = ", ".join(FORMATS)
        raise FormatError(f"There is no label format '{name}'; the formats are {known}.") from None


def sniff(path: Path | str) -> str:
    """Return the name of the format of a label file, from its beginning.

    Raises
    ------
    FormatError
        When the file cannot be read or no format recognizes it.
    """
    return _recognize(read_file(path, head_only=True)).name


def _recognize(file: Text | Binary) -> Format:
    is_binary = isinstance(file, Binary)
    for candidate in FORMATS.values():
        if candidate.binary == is_binary and candidate.sniff(file):
            return candidate
    if isinstance(file, Binary):
        raise FormatError(f"{file.path} is a binary file, in no format that is known here.")
    shown = file.head[0][:60].strip()
    raise file.error(
        f"is in no format that is known here (it begins '{shown}')",
        f"; if you know which of {', '.join(FORMATS)} it is, name it.",
    )


def read_all(path: Path | str, format: str | None = None, **options: Any) -> list[Labels]:  # noqa: A002
    """Read a label file: the labels of every annotator in it.

    Parameters
    ----------
    path
        The file.
    format
        Name of its format; found out when not given.
    **options
        Fields of `ReadOptions`, such as ``fps``, ``frames``, ``mapping``, ``gaps`` and ``annotator``.

    Returns
    -------
    list of Labels
        One item for most formats; bout tables may hold several annotators, and some several recordings. With
        ``frames``, every item has that many frames (`fit_to`); with ``mapping``, behaviors have the new names
        (`rename`).

    Raises
    ------
    FormatError
        One sentence that says what is wrong with the file or what only the caller knows.
    """
    given = ReadOptions.of(options)
    file = read_file(path)
    chosen = get_format(format) if format else _recognize(file)
    if chosen.binary != isinstance(file, Binary):
        kind = "a binary file" if isinstance(file, Binary) else "a text"
        raise file.error(f"is {kind}, not a file of the format {chosen.name} ({chosen.title}).")
    try:
        found = chosen.read(file, given)
    except (EthogramError, TrackError) as error:
        raise file.error(f"cannot be used: {error}") from error
    return [_finished(labels, given) for labels in found]


def _finished(labels: Labels, options: ReadOptions) -> Labels:
    if options.mapping:
        labels = rename(labels, options.mapping)
    if options.frames is not None:
        labels = fit_to(labels, options.frames, allow_mismatch=options.allow_mismatch)
    return labels


def read_labels(path: Path | str, format: str | None = None, **options: Any) -> Labels:  # noqa: A002
    """Read the labels of one annotator from a file.

    Parameters and errors are those of `read_all`. In a file of several annotators, ``annotator`` says whose
    labels to take; elsewhere it says who labeled.
    """
    found = read_all(path, format, **options)
    recordings = list(dict.fromkeys(labels.recording for labels in found))
    if len(recordings) > 1:
        more = f" and {len(recordings) - 5:,} more" if len(recordings) > 5 else ""
        raise FormatError(
            f"The label file {path} holds the recordings {', '.join(recordings[:5])}{more}; say which one "
            "(video=...)."
        )
    wanted = options.get("annotator")
    if wanted is not None:
        same = [labels for labels in found if (labels.annotator or "").casefold() == wanted.casefold()]
        if same:
            return same[0]
    if len(found) > 1:
        names = ", ".join(str(labels.annotator or "(nobody)") for labels in found)
        raise FormatError(
            f"The label file {path} holds the labels of {names}; say whose to take (annotator)."
        )
    labels = found[0]
    if wanted is None or not labels.annotator:
        return replace(labels, annotator=wanted or labels.annotator)
    said = f"The file says that {labels.annotator} labeled; the labels were taken for {wanted}."
    return replace(labels, annotator=wanted).reported(said)


def losses(labels: Labels, format: str, **options: Any) -> list[str]:  # noqa: A002
    """Return what a file of this format cannot hold of these labels and `options` leave open, as phrases."""
    return [str(loss) for loss in get_format(format).losses(labels, WriteOptions.of(options))]


def write_labels(
    path: Path | str,
    labels: Labels,
    format: str,  # noqa: A002
    *,
    overwrite: bool = False,
    **options: Any,
) -> list[str]:
    """Write labels to a file, whole or not at all.

    Parameters
    ----------
    path
        The file; its folder must exist.
    labels
        What to write.
    format
        Name of the format.
    overwrite
        Replace a file that is there.
    **options
        Fields of `WriteOptions`, such as ``unlabeled``, ``none``, ``overlaps`` and ``allow_loss``.

    Returns
    -------
    list of str
        What the file does not hold: what the caller chose to lose, and notes that the format has no place
        for.

    Raises
    ------
    LossError
        When the format cannot hold what the labels say and the options leave open what to do about it.
    FormatError
        When the file is there already or cannot be written.
    """
    target, chosen = Path(path), get_format(format)
    given = WriteOptions.of(options)
    given = replace(given, file_name=target.name)
    if target.exists() and not overwrite:
        raise FormatError(f"{target} is there already; choose another name, or allow it to be overwritten.")
    open_losses = chosen.losses(labels, given)
    if open_losses:
        listed = "; ".join(map(str, open_losses))
        raise LossError(f"A {chosen.name} file cannot hold these labels: {listed}.", open_losses)
    content = chosen.write(labels, given)
    try:
        write_whole(target, content)
    except OSError as error:
        raise FormatError(
            f"{target} could not be written ({error.strerror}); nothing was changed."
        ) from error
    return _left_out(labels, chosen, given)


def _left_out(labels: Labels, chosen: Format, options: WriteOptions) -> list[str]:
    """Return, as sentences, what was decided by the options and what has no place in the format."""
    undecided = options.undecided()
    report = []
    for loss in chosen.losses(labels, undecided):
        choice = options.choice(loss.kind, loss.choices) if loss.choices else None
        report.append(
            f"{loss.sentence}: written with {loss.kind}={choice}." if choice else f"{loss.sentence}."
        )
    notes = sum(bool(mark.note or mark.uncertain) for mark in labels.marks)
    if notes and not chosen.holds_notes:
        report.append(f"{counted(notes, 'remark', 'has', 'have')} no place in the file.")
    return report
