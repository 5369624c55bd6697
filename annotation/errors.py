"""Errors that a user meets: each message is one sentence that says what is wrong, where, and what to do."""


class EthoprofileError(Exception):
    """Base of every error whose message is written for the user."""


class EthogramError(EthoprofileError):
    """An ethogram is malformed or contradicts itself."""


class TrackError(EthoprofileError):
    """Labels do not fit the track they are written to."""


class VideoError(EthoprofileError):
    """A recording cannot be opened, or cannot be shown frame-exactly."""


class ProjectError(EthoprofileError):
    """A project folder or its database cannot be used as asked."""


class BlindError(ProjectError):
    """The acting annotator may not see this yet: a blind pass of theirs is open on the same frames."""


class FormatError(EthoprofileError):
    """A label file cannot be read, does not fit, or cannot hold what should be written.

    Attributes
    ----------
    problem
        The message without the advice at its end, which not everybody can follow who reads label files.
    """

    def __init__(self, problem: str, advice: str = "") -> None:
        super().__init__(problem + advice)
        self.problem = problem


class GapsError(FormatError):
    """A label file holds only bouts, and nobody has said what the frames between them are."""


class AgreementError(EthoprofileError):
    """Labels of two or more raters cannot be compared as asked."""


class MissingExtraError(EthoprofileError):
    """A part was asked for whose optional dependency is not installed."""


class LearnError(EthoprofileError):
    """Labels, a split, a model or a run of training cannot be used as asked."""


def reason_of(error: OSError | UnicodeDecodeError) -> str:
    """Return why a text file cannot be read, without error numbers and a second mention of its path."""
    if isinstance(error, UnicodeDecodeError):
        return "it is not a text file in UTF-8"
    return error.strerror or str(error)
