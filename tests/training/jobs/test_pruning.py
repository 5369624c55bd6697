"""Old trainings are removed on request, and only those that nobody needs."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from made_jobs import made_job
from napari_ethoprofile.annotation.edits import Edit
from napari_ethoprofile.annotation.errors import LearnError
from napari_ethoprofile.annotation.project import Project
from napari_ethoprofile.annotation.project.queries import NewQuery
from napari_ethoprofile.training.jobs.freshness import fresh_clips
from napari_ethoprofile.training.jobs.job import list_jobs
from napari_ethoprofile.training.jobs.pruning import old_jobs, remove_jobs, size_of, size_text
from napari_ethoprofile.training.jobs.standing import JobState, standing_of, write_standing
from proposing_project import proposing_project


@pytest.fixture
def project(tmp_path: Path) -> Iterator[Project]:
    project = proposing_project(tmp_path / "desk", 40, real=False)
    yield project
    project.close()


def ids(jobs: list) -> list[int]:
    return [int(getattr(job, "job", job).id[6:8]) for job in jobs]


def test_what_nobody_needs_is_old_and_nothing_else(project: Project) -> None:
    made_job(project, 1, JobState.DONE, adopted=True)
    made_job(project, 2, JobState.DONE)  # not taken over
    made_job(project, 3, JobState.FAILED)
    made_job(project, 4, JobState.FAILED, days=3)  # not long ago
    made_job(project, 5, JobState.RUNNING)
    made_job(project, 6, JobState.STOPPED)
    only_copy = made_job(project, 7, JobState.DONE, adopted=True)
    (only_copy.result / "model").mkdir()  # and models/ has none
    made_job(project, 8, JobState.PREPARED)
    made_job(project, 9, JobState.FAILED)  # the newest
    old = old_jobs(project)
    assert ids(old) == [1, 3, 6, 8]
    assert [item.why for item in old] == [
        "its model was taken over",
        "it failed",
        "it was stopped",
        "it never began",
    ]
    assert all(item.size == size_of(item.job.folder) > 100 for item in old)
    assert ids(old_jobs(project, days=1)) == [1, 3, 4, 6, 8]
    assert ids(old_jobs(project, days=365)) == []


def test_an_answered_stretch_is_fresh_until_its_clip_is(project: Project) -> None:
    made_job(project, 1, JobState.DONE, days=0)
    fresh = fresh_clips(project)
    clip = project.clips()[1]
    project.add_queries([NewQuery(clip.video, clip.start, clip.start + 20, clip.id)], "Ada")
    record = project.start_pass(clip.id, "Ada")
    with project.edit(record.id, "Ada") as editor:
        editor.commit(Edit.paint(editor.track, 0, 20, 1))
    assert fresh_clips(project) == fresh  # nobody has noted yet that it is answered
    project.end_answered_queries("Ada")
    assert fresh_clips(project) == fresh + 1
    with project.edit(record.id, "Ada") as editor:
        editor.submit()
    assert fresh_clips(project) == fresh + 1


def test_removing_leaves_models_and_what_runs_again(project: Project) -> None:
    for number in (1, 2, 3):
        made_job(project, number, JobState.FAILED)
    models = sorted((project.folder / "models").rglob("*"))
    fresh, old = fresh_clips(project), old_jobs(project)
    running = made_job(project, 4, JobState.RUNNING, days=0)
    write_standing(old[1].job, standing_of(running))  # somebody resumed it meanwhile
    removed = remove_jobs(project, old)
    assert ids(removed) == [1]
    assert ids(list_jobs(project)) == [2, 3, 4]
    assert sorted((project.folder / "models").rglob("*")) == models
    assert fresh_clips(project) == fresh
    assert not list((project.folder / "jobs").glob(".*"))


def test_what_was_cut_off_is_no_training_any_more_and_goes_the_next_time(
    project: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    for number in (1, 2, 3):
        made_job(project, number, JobState.FAILED)

    def refuse(*_: object) -> None:
        raise PermissionError(13, "Permission denied")

    with monkeypatch.context() as patch:
        patch.setattr(shutil, "rmtree", refuse)
        with pytest.raises(LearnError, match=r"Permission denied; what is left of it goes the next time"):
            remove_jobs(project, old_jobs(project)[:1])
    assert ids(list_jobs(project)) == [2, 3]
    assert ids(remove_jobs(project, old_jobs(project))) == [2]
    assert [path.name[6:8] for path in (project.folder / "jobs").iterdir()] == ["03"]


def test_a_project_that_is_only_read_keeps_everything(project: Project) -> None:
    made_job(project, 1, JobState.FAILED)
    made_job(project, 2, JobState.FAILED)
    with Project.open(project.folder, read_only=True) as read:
        old = old_jobs(read)
        assert ids(old) == [1]
        with pytest.raises(LearnError, match="reading only"):
            remove_jobs(read, old)


def test_sizes_are_told_as_disks_count_them() -> None:
    sizes = (0, 999, 1_234_567, 999_499, 2_500_000_000)
    assert [size_text(size) for size in sizes] == ["0 bytes", "999 bytes", "1.2 MB", "999 kB", "2.5 GB"]
