"""Published databases as they lie in a folder, made into a project so that they can be evaluated."""

from __future__ import annotations

from pathlib import Path

from ...annotation.errors import EthoprofileError, LearnError
from ...annotation.ethogram import Ethogram, preset
from ...annotation.formats import read_labels
from ...annotation.project import Project
from ...annotation.recordings import VIDEO_ENDINGS, find_videos
from ..fitting import Cancelled, Progress
from .folder_labels import ANNOTATOR, label_file, renew_labels

LAYOUTS = ("deepethoprofile", "jhuang")
#: What a project remembers of the database that it was made of.
_MADE_OF = "database/made_of"
#: Names of behaviors are the same at any frame rate, and files that count in seconds ask for one.
_ANY_RATE = 25.0


def recordings_in(folder: Path, layout: str) -> list[Path]:
    """Return the recordings of a database.

    Raises
    ------
    LearnError
        When there is no such layout or folder, or it holds no recordings.
    """
    if layout not in LAYOUTS:
        raise LearnError(f"There is no layout '{layout}'; the layouts are {', '.join(LAYOUTS)}.")
    if not folder.exists():
        raise LearnError(f"There is no folder {folder}; check the path of the database.")
    if not folder.is_dir():
        raise LearnError(f"{folder} is a file; give the folder that holds the recordings of the database.")
    videos = find_videos(folder)
    if not videos:
        raise LearnError(f"The folder {folder} holds no recordings ({', '.join(VIDEO_ENDINGS)}).")
    return videos


def project_of_folder(
    folder: Path,
    layout: str,
    target: Path,
    on_progress: Progress | None = None,
    cancelled: Cancelled | None = None,
) -> tuple[Path, tuple[str, ...]]:
    """Make a project of a database, or go on with the one that was made of it.

    Label files that were added or changed since are imported, too.

    Parameters
    ----------
    folder
        For ``deepethoprofile``: clips ``NN_YYYYMMDD_HHMM_sSTART_nCOUNT`` with ``_map.csv``, ``_map_new.csv``
        and ``_map_new_v2.csv`` beside them; the last review counts, and code 8 is none. For ``jhuang``: a
        recording an animal, each with a label file of the same name in any format that can be read; how
        the label files of that database are laid out is not known here.
    layout
        One of `LAYOUTS`.
    target
        Folder of the project; recordings stay where they are.
    on_progress, cancelled
        Told and asked for every recording.

    Returns
    -------
    path, sentences
        The project, and what was left out or odd.

    Raises
    ------
    LearnError
        When the folder holds no recording with labels, or the project was made of something else.
    """
    videos = recordings_in(folder, layout)
    sentences: list[str] = []
    with _opened(target, folder, layout, videos) as project:
        for number, path in enumerate(videos):
            if cancelled is not None and cancelled():
                break
            if on_progress is not None:
                on_progress(number, len(videos))
            try:
                sentences += _add(project, path, layout)
            except EthoprofileError as error:
                sentences.append(f"{path.name} was left out: {error}")
        if not project.passes():
            raise LearnError(
                f"No recording in {folder} has labels beside it that can be read. {' '.join(sentences)}"
            )
    return target, tuple(sentences)


def is_new(target: Path) -> bool:
    """Return whether a project is yet to be made in a folder: it is not there, or empty."""
    return not target.exists() or (target.is_dir() and not any(target.iterdir()))


def _opened(target: Path, folder: Path, layout: str, videos: list[Path]) -> Project:
    """Return the project of a database, new or with the behaviors that its label files have by now."""
    made_of = {"folder": folder.resolve().as_posix(), "layout": layout}
    if is_new(target):
        project = Project.create(target, _ethogram(videos, layout, Ethogram((), layout)))
        project.settings.set(_MADE_OF, made_of)
        return project
    project = Project.open(target)
    try:
        _check_made_of(project, folder, made_of)
        wanted = _ethogram(videos, layout, project.ethogram)
        if wanted != project.ethogram:
            project.change_ethogram(wanted, ANNOTATOR)
    except BaseException:
        project.close()
        raise
    return project


def _check_made_of(project: Project, folder: Path, made_of: dict[str, str]) -> None:
    """See that a project was made of this database."""
    known = project.settings.get(_MADE_OF)
    if known == made_of:
        return
    paths = [project.video_path(video.id).resolve() for video in project.videos()]
    if known is None and paths and all(path.is_relative_to(folder.resolve()) for path in paths):
        project.settings.set(_MADE_OF, made_of)  # an earlier version did not remember it
        return
    of = f", but of {known['folder']} ({known['layout']})" if known else ""
    raise LearnError(
        f"The project {project.folder} was not made of {folder} ({made_of['layout']}){of}; keep the project "
        "of this database in another folder (--into)."
    )


def _add(project: Project, path: Path, layout: str) -> list[str]:
    """Add a recording and its labels, and return what is odd about them."""
    video = project.add_video(path)
    if not video.frames:
        project.index_video(video.id)
    single = layout == "jhuang"
    if single and not video.subject:
        project.set_video(video.id, subject=path.stem)  # a recording an animal
    return renew_labels(project, video.id, path, single=single)


def _ethogram(videos: list[Path], layout: str, known: Ethogram) -> Ethogram:
    """Return the home-cage ethogram, or the known one with the names of all label files."""
    if layout == "deepethoprofile":
        return known if known.behaviors else preset("home-cage")
    names: dict[str, str] = {}
    for file in filter(None, map(label_file, videos)):
        try:
            labels = read_labels(file, fps=_ANY_RATE)
        except EthoprofileError:
            continue  # told where its recording is added
        for behavior in labels.ethogram.behaviors:
            names.setdefault(behavior.name.casefold(), behavior.name)
    plain = known.to_dict()
    new = [name for name in names.values() if known.by_name(name) is None]
    found = Ethogram.from_dict(plain | {"behaviors": [*plain["behaviors"], *new]})
    if not found.behaviors:
        raise LearnError("None of the recordings has a label file of its name in a format that can be read.")
    return found
