"""Everything that lies beside a recording: which label file would become which pass, and importing them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path

from .errors import EthoprofileError, FormatError
from .exchange import Imported, Prepared, import_prepared, prepare_import
from .formats import Companion, companions, effective, named_companions
from .project import Kind, Project
from .project.clips import clip_id

#: What only label files of people are called, after the name of their recording.
_PEOPLES = ("map", "map_new", "map_new_v2")
_UNRECOGNIZED = "is empty or in no format that is known here"


@dataclass(frozen=True)
class Candidate:
    """A label file beside a recording, and the pass that it would become.

    Attributes
    ----------
    companion
        The file and what its name says.
    video
        Id of the recording.
    annotator
        Whose labels they are taken for.
    kind
        Kind of the pass.
    counts
        Whether its labels are the last word on their frames: the last review, or else the last labels.
    prepared
        The file's labels, fitted to the recording; None where there is a problem.
    known
        Id of the pass that the file has become earlier; empty when it was not imported yet.
    problem
        Why it cannot be imported, in one sentence; empty when it can.
    advice
        How that sentence goes on for whoever imports labels.
    """

    companion: Companion
    video: str
    annotator: str
    kind: Kind
    counts: bool = False
    prepared: Prepared | None = None
    known: str = ""
    problem: str = ""
    advice: str = ""

    @property
    def path(self) -> Path:
        """The label file."""
        return self.companion.path

    @property
    def ready(self) -> bool:
        """Whether importing would make a pass of it."""
        return not self.known and not self.problem

    @property
    def sentence(self) -> str:
        """What becomes of the file."""
        if self.problem:
            return self.problem + self.advice
        if self.known:
            return f"is in the project already, as the pass {self.known}"
        base = self.companion.based_on
        review = f" of {base.name}" if base is not None and self.kind is Kind.REVIEW else ""
        last = "; its labels count" if self.counts else ""
        return f"becomes the {self.kind} pass{review} of {self.annotator}{last}"

    def refused(self, error: EthoprofileError | OSError) -> Candidate:
        """Return the candidate with why its file cannot be read."""
        problem = error.problem if isinstance(error, FormatError) else str(error)
        return replace(self, problem=problem, advice=str(error).removeprefix(problem))


def find_beside(
    project: Project,
    video: str,
    annotator: str,
    *,
    by: Mapping[str, str] | None = None,
    map_old: bool = False,
) -> list[Candidate]:
    """Return the label files that lie beside a recording, and what each would become; nothing is written.

    Originals become first passes, reviews become reviews that know their base, predictions passes of a model.
    Files of a cut clip that is a recording of the project itself are left to that one. A file that is named
    as an original or a review and is in no known format is there with its problem: it may be the last word.

    Parameters
    ----------
    project
        The open project.
    video
        Id of the recording.
    annotator
        Whose labels those are whose file does not say it.
    by
        Whose labels they are, by the ending of the file's name (``map``, ``ann``, ``plain`` for none).
    map_old
        Read the old classes of DeepEthoProfile as today's.

    Raises
    ------
    FormatError
        When the recording's folder is gone.
    """
    name = project.video_path(video)
    found = [c for c in companions(name) if not _belongs_to_another(project, video, c)]
    last = {place: effective([c for c in found if c.place == place]) for place in {c.place for c in found}}
    candidates: list[Candidate] = []
    for companion in _by_weight(found):
        given = (by or {}).get(companion.role)
        who = given or _known_as(project, companion, annotator)
        candidate = Candidate(companion, video, who, Kind(companion.kind), companion is last[companion.place])
        candidates.append(_prepare(project, candidate, candidates, map_old=map_old))
    candidates.sort(key=lambda candidate: found.index(candidate.companion))
    unknown = [c for c in _unrecognized(name, found) if not _belongs_to_another(project, video, c)]
    return candidates + [
        Candidate(c, video, annotator, Kind(c.kind), counts=True, problem=_UNRECOGNIZED) for c in unknown
    ]


def import_beside(project: Project, candidates: list[Candidate]) -> list[Imported]:
    """Make passes of the candidates that are ready, bases before their reviews.

    Raises
    ------
    ProjectError
        When the project has changed since the candidates were found; what was imported until then stays.
    """
    ids = {candidate.path: candidate.known for candidate in candidates if candidate.known}
    made = []
    for candidate in candidates:
        if candidate.prepared is None or not candidate.ready:
            continue
        base = candidate.companion.based_on
        based_on = ids.get(base) if base is not None and candidate.kind is Kind.REVIEW else None
        imported = import_prepared(project, candidate.prepared, candidate.annotator, candidate.kind, based_on)
        ids[candidate.path] = imported.record.id
        made.append(imported)
    return made


def _unrecognized(video: Path, found: list[Companion]) -> list[Companion]:
    """Return the files that are named as labels of people and that no format recognizes."""
    recognized = {companion.path for companion in found}
    named = named_companions(video)
    return [c for c in named if c.role in _PEOPLES and c.path not in recognized]


def _belongs_to_another(project: Project, video: str, companion: Companion) -> bool:
    """Return whether the file is that of a cut clip which the project has as a recording of its own."""
    stems = {Path(record.path).stem for record in project.videos() if record.id != video}
    return bool(companion.place) and any(
        companion.path.stem == stem or companion.path.stem.startswith(f"{stem}_")
        for stem in stems
        if companion.place in stem
    )


def _by_weight(found: list[Companion]) -> list[Companion]:
    """Return first labels before what builds on them; of one person's first labels the last ones win."""
    first = [companion for companion in found if companion.kind == Kind.FIRST]
    return first[::-1] + [companion for companion in found if companion.kind != Kind.FIRST]


def _known_as(project: Project, companion: Companion, annotator: str) -> str:
    """Return whose labels a file holds: of the person with the initials in its name, or of `annotator`."""
    if companion.annotator is None:
        return annotator
    people = project.annotators()
    same = (p.name for p in people if p.initials.casefold() == companion.annotator.casefold())
    return next(same, companion.annotator)


def _prepare(project: Project, candidate: Candidate, earlier: list[Candidate], *, map_old: bool) -> Candidate:
    """Read a candidate's file, and tell what stands in its way."""
    try:
        prepared = prepare_import(
            project, candidate.path, candidate.video, candidate.annotator, map_old=map_old
        )
    except (EthoprofileError, OSError) as error:
        return candidate.refused(error)
    there = project.passes(clip=clip_id(prepared.place))
    known = [record.id for record in there if record.source == candidate.path.name]
    if known:
        return replace(candidate, prepared=prepared, known=known[0])
    base = next((c for c in earlier if c.path == candidate.companion.based_on), None)
    if candidate.kind is Kind.REVIEW and base is None:
        candidate = replace(candidate, kind=Kind.FIRST)  # what it reviewed is gone
    problem, advice = "", ""
    if base is not None and base.problem:
        problem = f"reviews {base.path.name}, which cannot be imported"
    elif candidate.kind is Kind.FIRST:
        problem = _clash(project, candidate, prepared, earlier)
        advice = "; say whose labels these are instead" if problem else ""
    return replace(candidate, prepared=prepared, problem=problem, advice=advice)


def _clash(project: Project, candidate: Candidate, prepared: Prepared, earlier: list[Candidate]) -> str:
    """Say when a first pass of the same person lies on the same frames already; empty when none does."""
    who, place = candidate.annotator, prepared.place
    clips = {clip.id: clip for clip in project.clips(place.video)}
    taken = [
        (clips[p.clip].start, clips[p.clip].stop, p.source or f"the pass {p.id}")
        for p in project.passes(video=place.video, annotator=who)
        if p.kind is Kind.FIRST
    ]
    taken += [
        (c.prepared.place.start, c.prepared.place.stop, c.path.name)
        for c in earlier
        if c.ready and c.prepared and c.kind is Kind.FIRST and c.annotator.casefold() == who.casefold()
    ]
    other = next((name for start, stop, name in taken if start < place.stop and place.start < stop), None)
    if other is None:
        return ""
    return f"{who} has a first pass on these frames already ({other})"
