"""The rule of tests/skips.py, tried on small runs of pytest's own."""

from pathlib import Path

import pytest

SKIPS = Path(__file__).with_name("skips.py")
SKIPPED = {
    "test_by_call": "import pytest\n\ndef test_left_out():\n    pytest.skip('no browser')\n",
    "test_by_module": "import pytest\n\npytest.skip('no database', allow_module_level=True)\n",
    "test_by_mark": "import pytest\n\n@pytest.mark.skipif(True, reason='no onion')\ndef test_left_out():\n    pass\n",
}
PASSING = {
    "test_runs": "def test_runs():\n    pass\n",
    "test_marked": "import pytest\n\n@pytest.mark.may_skip('two clocks')\ndef test_marked():\n    pytest.skip('one clock')\n",
    "test_known": "import pytest\n\n@pytest.mark.xfail(strict=True)\ndef test_known():\n    assert False\n",
}


@pytest.fixture
def run(pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch) -> "Run":
    return Run(pytester, monkeypatch)


class Run:
    def __init__(self, pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch) -> None:
        self.pytester, self.monkeypatch = pytester, monkeypatch

    def __call__(self, sources: dict[str, str], ci: str, *options: str) -> pytest.RunResult:
        self.monkeypatch.setenv("CI", ci)
        self.pytester.makepyfile(skips=SKIPS.read_text("utf-8"), **sources)
        return self.pytester.runpytest_subprocess("-p", "skips", "-p", "no:cacheprovider", "-rs", *options)


@pytest.mark.parametrize("options", [(), ("-n", "2")], ids=["one process", "two"])
def test_every_kind_of_skip_fails_the_run_in_ci(run: Run, options: tuple[str, ...]) -> None:
    result = run(SKIPPED | PASSING, "true", *options)
    assert result.ret == pytest.ExitCode.TESTS_FAILED
    result.stdout.fnmatch_lines(["*skipped, and CI must run them*"])
    shown = result.stdout.str().split("CI must run them")[1]
    assert {name for name in SKIPPED | PASSING if f"\n{name}.py" in shown} == SKIPPED.keys()
    assert all(reason in shown for reason in ("no browser", "no database", "no onion"))


def test_at_home_a_skip_is_only_reported(run: Run) -> None:
    result = run(SKIPPED | PASSING, "")
    assert result.ret == pytest.ExitCode.OK
    assert "CI must run them" not in result.stdout.str()
    assert all(reason in result.stdout.str() for reason in ("no browser", "no database", "no onion"))


@pytest.mark.parametrize("options", [(), ("-n", "2")], ids=["one process", "two"])
def test_what_passes_or_is_marked_passes_in_ci(run: Run, options: tuple[str, ...]) -> None:
    assert run(PASSING, "true", *options).ret == pytest.ExitCode.OK


@pytest.mark.parametrize("options", [(), ("-n", "2")], ids=["one process", "two"])
def test_what_is_left_to_the_larger_matrix_is_told(pytester: pytest.Pytester, options: tuple[str, ...]) -> None:
    pytester.makeconftest(
        (Path(__file__).parent / "conftest.py").read_text("utf-8").replace("pytest_plugins", "_unused")
    )
    pytester.makeini("[pytest]\nmarkers = all: larger\n")
    pytester.makepyfile(
        "import pytest\n\ndef test_now(): pass\n\n@pytest.mark.all\n@pytest.mark.parametrize('n', [1, 2])\ndef test_later(n): pass\n"
    )
    run = pytester.runpytest_subprocess
    run("-m", "not all", *options).stdout.fnmatch_lines(["*left to `make test-all`*", "*.py: 2"])
    assert "left to" not in run(*options).stdout.str()
