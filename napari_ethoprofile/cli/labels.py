"""Commands on label files: import, export, convert."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import typer

from ..annotation.errors import FormatError, ProjectError
from .common import (
    KINDS,
    Columns,
    Mapping,
    ProjectFolder,
    ReadOptions,
    WriteOptions,
    counted,
    mapping_of,
    must_not_exist,
    note,
    one_of,
    opened,
    read_options,
    say,
    write_options,
)

Unlabeled = Annotated[
    str | None, typer.Option(metavar="none", help="Write unlabeled frames as none where they cannot be held.")
]
NoneAs = Annotated[str | None, typer.Option("--none", metavar="8", help="Write none as this code.")]
AllowLoss = Annotated[
    bool, typer.Option("--allow-loss", help="Write what the format can hold and leave out the rest.")
]
Gaps = Annotated[
    str | None,
    typer.Option(metavar="none|unlabeled", help="What the frames between the bouts of a file are."),
]
Background = Annotated[
    str | None,
    typer.Option(
        metavar="none|unlabeled", help="What frames of a one-hot table are on which nothing is set."
    ),
]
MapOld = Annotated[
    bool,
    typer.Option(
        "--map-old-classes",
        help="Read DeepEthoProfile's old classes as today's: groom back as groom, mm+ as unlabeled.",
    ),
]
Mismatch = Annotated[
    bool, typer.Option("--allow-mismatch", help="Accept labels much longer or shorter than the recording.")
]


def register(app: typer.Typer) -> None:
    """Add the commands of this file to the tree."""
    app.command("import")(import_)
    app.command()(export)
    app.command()(convert)


def import_(
    project: ProjectFolder,
    annotator: Annotated[str, typer.Option(metavar="NAME", help="Whose labels they are.")],
    file: Annotated[
        Path | None, typer.Argument(metavar="[FILE]", help="Label file; none with --beside.")
    ] = None,
    video: Annotated[
        str,
        typer.Option(
            metavar="ID",
            help="Recording that was labeled, as 'status' shows it; with --beside all when not given.",
        ),
    ] = "",
    beside: Annotated[
        bool, typer.Option("--beside", help="Import every label file that lies beside the recordings.")
    ] = False,
    by: Annotated[
        list[str] | None,
        typer.Option(
            "--by",
            metavar="ENDING=NAME",
            help="With --beside: whose labels files with this ending (plain for none) are; several times.",
        ),
    ] = None,
    preview: Annotated[
        bool, typer.Option("--preview", help="With --beside: show what would become what; import nothing.")
    ] = False,
    map_old: MapOld = False,
    kind: Annotated[
        str | None,
        typer.Option(
            metavar="|".join(KINDS),
            help="Kind of the pass; first, or review for X_map_new.csv when X_map.csv was imported.",
        ),
    ] = None,
    based_on: Annotated[
        str | None, typer.Option("--based-on", metavar="PASS", help="The pass that a review began from.")
    ] = None,
    format_name: Annotated[
        str | None,
        typer.Option("--format", metavar="F", help="Format of the file; found out when not given."),
    ] = None,
    mapping: Mapping = None,
    gaps: Gaps = None,
    background: Background = None,
    allow_mismatch: Mismatch = False,
    read: ReadOptions = None,
    column: Columns = None,
) -> None:
    """Read a label file, or everything that lies beside the recordings, into new passes.

    Example: ethoprofile import my-project --beside --annotator Ada
    """
    from ..annotation.exchange import import_labels

    if beside:
        if file or kind or based_on or format_name or mapping or read or column:
            raise typer.BadParameter(
                "--beside reads files as their names say; import a single one otherwise."
            )
        _import_beside(project, video, annotator, mapping_of(by), map_old=map_old, preview=preview)
        return
    if file is None or not video:
        raise typer.BadParameter("say FILE and --video, or --beside for all that lies beside the recordings.")
    if kind is not None:
        one_of("--kind", kind, KINDS)
    reading = read_options(read, column)
    with opened(project) as store:
        made = import_labels(
            store,
            file,
            video,
            annotator,
            kind,
            based_on=based_on,
            format_name=format_name,
            mapping=mapping_of(mapping),
            map_old=map_old,
            allow_mismatch=allow_mismatch,
            **_given(gaps=gaps, background=background),
            **reading,
        )
    for sentence in made.report:
        note(sentence)
    say(f"Imported {file} as the {made.record.kind} pass {made.record.id} over clip {made.record.clip}.")


def _import_beside(
    project: Path, video: str, annotator: str, by: dict[str, str], *, map_old: bool, preview: bool
) -> None:
    from ..annotation.beside import find_beside, import_beside

    with opened(project, read_only=preview) as store:
        videos = [store.get_video(video).id] if video else [record.id for record in store.videos()]
        found = [
            candidate
            for name in videos
            for candidate in find_beside(store, name, annotator, by=by, map_old=map_old)
        ]
        if not found:
            raise ProjectError("There is no label file beside the recordings that any format recognizes.")
        made = {} if preview else {item.record.source: item for item in import_beside(store, found)}
    for candidate in found:
        imported = made.get(candidate.path.name)
        which = f" ({imported.record.id})" if imported else ""
        (note if candidate.problem else say)(f"{candidate.path.name}: {candidate.sentence}{which}")
        for sentence in imported.report if imported else ():
            note(sentence)
    left = sum(bool(candidate.problem) for candidate in found)
    if left and not preview:
        raise FormatError(f"{counted(left, 'file')} could not be imported; the reasons are listed above.")


def export(
    project: ProjectFolder,
    out: Annotated[Path, typer.Option(metavar="DIR", help="Folder for the files.")],
    format_name: Annotated[str, typer.Option("--format", metavar="F", help="Format of the files.")] = "bouts",
    annotator: Annotated[str | None, typer.Option(metavar="NAME", help="Only passes of this person.")] = None,
    clip: Annotated[str | None, typer.Option(metavar="ID", help="Only passes over this clip.")] = None,
    acting: Annotated[
        str | None, typer.Option("--as", metavar="NAME", help="Who asks: blind work of theirs stays blind.")
    ] = None,
    unlabeled: Unlabeled = None,
    none: NoneAs = None,
    allow_loss: AllowLoss = False,
    write: WriteOptions = None,
) -> None:
    """Write labels into files; existing files are never replaced.

    Example: ethoprofile export my-project --out labels --format deepethoprofile
    """
    from ..annotation.exchange import export_passes

    writing = write_options(write)
    with opened(project, read_only=True) as store:
        written = export_passes(
            store,
            out,
            format_name,
            annotator=annotator,
            clip=clip,
            acting=acting,
            tell=note,
            **_given(unlabeled=unlabeled, none=none, allow_loss=allow_loss or None),
            **writing,
        )
    for path in written:
        say(str(path))


def convert(
    source: Annotated[Path, typer.Argument(metavar="IN", help="Label file.")],
    out: Annotated[Path, typer.Argument(metavar="OUT", help="New label file.")],
    to: Annotated[str, typer.Option("--to", metavar="F", help="Format of the new file.")],
    from_: Annotated[
        str | None, typer.Option("--from", metavar="F", help="Format of the label file.")
    ] = None,
    fps: Annotated[float | None, typer.Option(help="Frames per second of the recording.")] = None,
    frames: Annotated[int | None, typer.Option(min=1, help="Number of frames of the recording.")] = None,
    mapping: Mapping = None,
    map_old: MapOld = False,
    gaps: Gaps = None,
    background: Background = None,
    allow_mismatch: Mismatch = False,
    unlabeled: Unlabeled = None,
    none: NoneAs = None,
    allow_loss: AllowLoss = False,
    read: ReadOptions = None,
    column: Columns = None,
    write: WriteOptions = None,
) -> None:
    """Convert a label file into another format.

    Example: ethoprofile convert 01_map.csv 01_labels.csv --to deepethogram
    """
    from ..annotation.formats import old_classes, read_labels, rename, write_labels

    reading, writing = read_options(read, column), write_options(write)
    must_not_exist(out)
    labels = read_labels(
        source,
        from_,
        fps=fps,
        frames=frames,
        mapping=mapping_of(mapping),
        allow_mismatch=allow_mismatch,
        **_given(gaps=gaps, background=background),
        **reading,
    )
    if map_old:
        labels = rename(labels, old_classes(labels))
    for sentence in labels.report:
        note(sentence)
    options = _given(unlabeled=unlabeled, none=none, allow_loss=allow_loss or None, fps=fps)
    for sentence in write_labels(out, labels, to, **options, **writing):
        note(sentence)
    say(f"Wrote {labels.frames} frames to {out}.")


def _given(**options: Any) -> dict[str, Any]:
    """Return the options that the user gave."""
    return {name: value for name, value in options.items() if value is not None}
