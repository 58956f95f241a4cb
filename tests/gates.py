"""What decides beside the tests: missing tools, and files that must be wholly covered."""

import io
import os
from collections import Counter
from collections.abc import Generator

import coverage
import pytest

from tools import system_tools

# A mistake here reaches every child or falsifies the ledger: each branch is proved.
WHOLLY_COVERED = ("scheduler/rules/*", "jetkiz/delivery/*", "jetkiz/codes.py")
LEFT_OUT = "left out, missing: "

_uncovered = pytest.StashKey[str]()


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--whole",
        action="store_true",
        help="the whole suite runs: also demand full coverage where a mistake is worst",
    )


def pytest_runtest_setup(item: pytest.Item) -> None:
    """Leave a test out when its tool is missing; with CI=true that is a failure."""
    wanted = [str(name) for mark in item.iter_markers("needs") for name in mark.args]
    missing = [name for name in wanted if system_tools.find(name) is None]
    if missing:
        leave_out(", ".join(missing))


def leave_out(missing: str) -> None:
    """Skip the running test for a missing tool, or fail it where everything must be there."""
    if os.environ.get("CI") == "true":
        pytest.fail(f"{missing} is missing, and CI=true allows no gaps", pytrace=False)
    pytest.skip(LEFT_OUT + missing)


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_runtestloop(session: pytest.Session) -> Generator[None, object, object]:
    """After pytest-cov has joined the data of all workers, look at the files that matter most."""
    result = yield
    if session.config.getoption("--whole") and not hasattr(session.config, "workerinput"):
        report = _report_of_wholly_covered()
        if report:
            session.config.stash[_uncovered] = report
            session.testsfailed += 1
    return result


def _report_of_wholly_covered() -> str:
    """An empty text when every line and branch ran."""
    data = coverage.Coverage()
    data.load()
    text = io.StringIO()
    try:
        total = data.report(include=list(WHOLLY_COVERED), file=text, show_missing=True)
    except coverage.exceptions.NoDataError as nothing:
        return str(nothing)
    return "" if total == 100 else text.getvalue()


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Count what was left out, and show what else failed, above the closing line."""
    for line in _left_out_lines(terminalreporter.stats.get("skipped", [])):
        terminalreporter.write_line(line, yellow=True)
    report = terminalreporter.config.stash.get(_uncovered, "")
    if report:
        terminalreporter.write_sep("=", "must be covered to 100 %", red=True)
        terminalreporter.write_line(report)
    failed = os.environ.get("JETKIZ_FAILED_GATES")
    if failed:
        terminalreporter.write_line(f"Failed before the tests: {failed}", red=True)


def _left_out_lines(reports: list[pytest.TestReport]) -> list[str]:
    reasons = [str(report.longrepr[2]) for report in reports if isinstance(report.longrepr, tuple)]
    counts = Counter(reason.partition(LEFT_OUT)[2] for reason in reasons if LEFT_OUT in reason)
    return [
        f"{count} test{'s' if count > 1 else ''} left out because {missing} is missing"
        for missing, count in sorted(counts.items())
    ]
