"""Where a problem lies: one file, or a folder with a table for each of its lists."""

from pathlib import Path

from broadcast.problem.lists import problem_lists, read_lists
from broadcast.problem.model import Problem
from broadcast.problem.reading import read_problem
from broadcast.problem.writing import problem_bytes
from jetkiz.errors import JetkizError
from jetkiz.i18n import N_
from jetkiz.storage.whole_files import make_folder, write_whole


def open_problem(place: Path) -> Problem:
    """Read a problem from a file, or from the tables in a folder."""
    try:
        if place.is_dir():
            files = {one.name: one.read_bytes() for one in sorted(place.glob("*.csv"))}
            return read_lists(files, str(place))
        return read_problem(place.read_bytes(), place.name)
    except OSError as error:
        raise JetkizError(
            N_("The file {file} cannot be read: {reason}."),
            N_("Check its name. It is written by: jetkiz timetable problem WEEK --into FILE."),
            file=place,
            reason=error.strerror,
        ) from error


def put_problem(problem: Problem, place: Path) -> list[Path]:
    """Write a problem into a file whose name ends in .json, otherwise as tables into a folder."""
    if place.suffix.lower() == ".json":
        write_whole(place, problem_bytes(problem))
        return [place]
    make_folder(place)
    files = problem_lists(problem)
    for name, content in files.items():
        write_whole(place / name, content)
    return [place / name for name in files]
