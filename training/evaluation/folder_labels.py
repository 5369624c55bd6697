"""The labels beside a recording of a database: which count, which are new, and which cannot be read."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import replace
from functools import partial
from pathlib import Path

import numpy as np

from ...annotation.beside import Candidate, find_beside, import_beside
from ...annotation.errors import EthoprofileError
from ...annotation.exchange import prepare_import
from ...annotation.formats import Companion
from ...annotation.project import Kind, PassRecord, Project
from ...annotation.recordings import parse_name

#: Who the labels of a database are said to be of.
ANNOTATOR = "database"
_LABELS = (".csv", ".tsv", ".txt")
#: What a project remembers of the file that a pass was made of: the hash of its content.
_CONTENT = "database/content/{pass_id}"


def renew_labels(project: Project, video: str, path: Path, *, single: bool) -> list[str]:
    """Import the labels of a recording that are new or have changed, and return what is odd about all.

    Labels of which the last word cannot be read are left out: what it corrected does not count in its place.
    Passes of labels that do not count any more are discarded, and can be restored.

    Parameters
    ----------
    project
        The open project.
    video
        Id of the recording.
    path
        The recording.
    single
        Whether the label file of its name counts alone, and not those that DeepEthoProfile names after it.
    """
    find = partial(_candidates, project, video, path, single=single)
    candidates, unread = _divide(find())
    outdated = _outdated(project, video, candidates, unread)
    if outdated:
        for record in reversed(outdated):
            project.discard_pass(record.id, record.annotator)
        candidates, unread = _divide(find())
    files = {candidate.path.name: candidate.path for candidate in candidates}
    for imported in import_beside(project, candidates):
        _remember(project, imported.record.id, files[imported.record.source])
    offset = _first_frame(path)
    sentences = [f"{path.name} was left out: {_unread_text(found)}" for found in unread]
    for candidate in candidates:
        if candidate.problem:
            sentences.append(f"{_reason(candidate)}; its labels were left out.")
        else:
            sentences += [f"{candidate.path.name}: {each}" for each in _report(candidate, offset)]
    if not candidates and not unread:
        wanted = f"no label file {path.stem}{{{','.join(_LABELS)}}} lies" if single else "no labels lie"
        sentences.append(f"{path.name} was left out: {wanted} beside it.")
    return sentences


def label_file(path: Path) -> Path | None:
    """Return the label file of the same name, if there is one."""
    return next((file for ending in _LABELS if (file := path.with_suffix(ending)).is_file()), None)


def _candidates(project: Project, video: str, path: Path, *, single: bool) -> list[Candidate]:
    """Return the labels of people that lie beside a recording."""
    if not single:
        found = find_beside(project, video, ANNOTATOR, map_old=True)
        return [candidate for candidate in found if candidate.kind is not Kind.MODEL]
    file = label_file(path)
    if file is None:
        return []
    alone = Candidate(Companion(file, "plain", "first", ""), video, ANNOTATOR, Kind.FIRST, counts=True)
    known = next((record.id for record in project.passes(video=video) if record.source == file.name), "")
    try:
        return [replace(alone, prepared=prepare_import(project, file, video, ANNOTATOR), known=known)]
    except (EthoprofileError, OSError) as error:
        return [alone.refused(error)]


def _divide(found: list[Candidate]) -> tuple[list[Candidate], list[list[Candidate]]]:
    """Return the labels that count, and clip by clip those of which the last word cannot be read."""
    places: dict[str, list[Candidate]] = {}
    for candidate in found:
        places.setdefault(candidate.companion.place, []).append(candidate)
    read: list[Candidate] = []
    unread = []
    for clip in places.values():
        if any(candidate.counts and candidate.problem for candidate in clip):
            unread.append([candidate for candidate in clip if candidate.problem])
        else:
            read += clip
    return read, unread


def _outdated(
    project: Project, video: str, candidates: Sequence[Candidate], unread: Sequence[Sequence[Candidate]]
) -> list[PassRecord]:
    """Return the passes whose label file has changed or counts no more, and the reviews of them."""
    current = {candidate.known for candidate in candidates if _is_current(project, candidate)}
    sources = {candidate.path.name for clip in (candidates, *unread) for candidate in clip}
    gone: dict[str, PassRecord] = {}
    for record in project.passes(video=video):
        imported = record.source in sources or project.settings.get(_CONTENT.format(pass_id=record.id))
        if record.based_on in gone or (imported and record.id not in current):
            gone[record.id] = record
    return list(gone.values())


def _is_current(project: Project, candidate: Candidate) -> bool:
    """Return whether the pass of a label file holds what the file says now."""
    if not candidate.known or candidate.prepared is None:
        return False
    content = project.settings.get(_CONTENT.format(pass_id=candidate.known))
    if content is not None:
        return bool(content == _hash_of(candidate.path))
    # An earlier version did not remember the content.
    codes = project.door.labels(candidate.known, candidate.annotator).codes
    same = np.array_equal(codes, candidate.prepared.track.codes)
    if same:
        _remember(project, candidate.known, candidate.path)
    return same


def _remember(project: Project, pass_id: str, file: Path) -> None:
    project.settings.set(_CONTENT.format(pass_id=pass_id), _hash_of(file))


def _hash_of(file: Path) -> str:
    return hashlib.sha256(file.read_bytes()).hexdigest()


def _unread_text(found: Sequence[Candidate]) -> str:
    """Say which label files of a clip cannot be read, why, and what to do."""
    why = "; ".join(map(_reason, found))
    review = any(candidate.kind is Kind.REVIEW for candidate in found)
    other = ", or move it away if what it reviews shall count" if review else ""
    return f"{why}; mend the file{other}, and evaluate again."


def _reason(candidate: Candidate) -> str:
    """Return the name of a label file and why it cannot be read, without a full stop."""
    path = candidate.path
    return f"{path.name}: {candidate.problem.removeprefix(f'The label file {path} ').removesuffix('.')}"


def _first_frame(path: Path) -> int:
    name = parse_name(path)
    return name.start_frame if name is not None else 0


def _report(candidate: Candidate, offset: int) -> list[str]:
    """Return what is odd about a label file; a frame column that begins where its name says is not."""
    if candidate.prepared is None:
        return []
    start = candidate.prepared.place.start
    usual = tuple(f"The frame column begins at {frame};" for frame in (start, offset, offset + start))
    return [sentence for sentence in candidate.prepared.report if not sentence.startswith(usual)]
