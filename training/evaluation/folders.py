"""Published databases as they lie in a folder, made into a project so that they can be evaluated."""

from __future__ import annotations

from pathlib import Path

from ...annotation.beside import find_beside, import_beside
from ...annotation.errors import EthoprofileError, LearnError
from ...annotation.ethogram import Ethogram, make_ethogram, preset
from ...annotation.exchange import import_labels
from ...annotation.formats import read_labels
from ...annotation.project import Project
from ..fitting import Cancelled, Progress

#: Who the labels of a database are said to be of.
ANNOTATOR = "database"
LAYOUTS = ("deepethoprofile", "jhuang")
_VIDEOS = (".avi", ".mkv", ".mp4", ".mov", ".mpg", ".wmv")
_LABELS = (".csv", ".tsv", ".txt")


def project_of_folder(
    folder: Path,
    layout: str,
    target: Path,
    on_progress: Progress | None = None,
    cancelled: Cancelled | None = None,
) -> tuple[Path, tuple[str, ...]]:
    """Make a project of a database, or go on with the one that lies there.

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
        When the folder holds no recording with labels.
    """
    if layout not in LAYOUTS:
        raise LearnError(f"There is no layout '{layout}'; the layouts are {', '.join(LAYOUTS)}.")
    videos = sorted(path for path in folder.rglob("*") if path.suffix.lower() in _VIDEOS)
    if not videos:
        raise LearnError(f"The folder {folder} holds no recordings ({', '.join(_VIDEOS)}).")
    sentences: list[str] = []
    if not target.exists():
        Project.create(target, _ethogram(videos, layout)).close()
    with Project.open(target) as project:
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


def _add(project: Project, path: Path, layout: str) -> list[str]:
    video = project.add_video(path)
    if project.passes(video=video.id):
        return []
    if not video.frames:
        project.index_video(video.id)
    if layout == "jhuang":
        if not video.subject:
            project.set_video(video.id, subject=path.stem)  # a recording an animal
        imported = import_labels(project, _labels_beside(path), video.id, ANNOTATOR)
        return [f"{path.name}: {sentence}" for sentence in imported.report]
    candidates = find_beside(project, video.id, ANNOTATOR, map_old=True)
    if not any(candidate.ready for candidate in candidates):
        why = "; ".join(candidate.sentence for candidate in candidates) or "no labels lie beside it"
        return [f"{path.name} was left out: {why}."]
    return [
        f"{path.name}: {sentence}"
        for imported in import_beside(project, candidates)
        for sentence in imported.report
    ]


def _labels_beside(path: Path) -> Path:
    """Return the label file of the same name, or raise `LearnError`."""
    for ending in _LABELS:
        if path.with_suffix(ending).is_file():
            return path.with_suffix(ending)
    raise LearnError(f"no label file {path.stem}{{{','.join(_LABELS)}}} lies beside it")


def _ethogram(videos: list[Path], layout: str) -> Ethogram:
    """Return the home-cage ethogram, or one of the names in the first label file."""
    if layout == "deepethoprofile":
        return preset("home-cage")
    for path in videos:
        try:
            labels = read_labels(_labels_beside(path))
        except EthoprofileError:
            continue
        return make_ethogram([behavior.name for behavior in labels.ethogram.behaviors], "jhuang")
    raise LearnError("None of the recordings has a label file of its name in a format that can be read.")
