"""Afterwards nothing: what was typed is in no file, what is counted is how many, and load has a limit that a supervisor lifts."""

from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from intake.line.load import Load
from tests import chromium
from tests.leaks import leaks
from tests.line.call.calling import CallPage
from tests.line.call.conftest import DESK
from tests.line.call.office import Office

SECRETS = (
    "A porter kept the key of the cellar office.",
    "The lady with the green bicycle listened first.",
    "Danger was written down for the lead once.",
    "Unfinished is what the caller agreed to here.",
    "Destroyed at once, by the caller's wish today.",
)


@pytest.fixture
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder for everything that line and browser write, temporary files too."""
    temporary = tmp_path / "tmp"
    temporary.mkdir()
    monkeypatch.setenv("TMPDIR", str(temporary))
    monkeypatch.setenv("HOME", str(tmp_path / "home"))
    (tmp_path / "home").mkdir()
    return tmp_path


def all_that_can_be_typed(office: Office, browser: Browser, profile: Path) -> list[str]:
    """Take calls of every kind in a browser that keeps its profile in a folder; return what must be nowhere."""
    secrets = list(SECRETS)
    context = browser.browser_type.launch_persistent_context(
        profile, executable_path=chromium.executable(), args=chromium.flags(), viewport=DESK
    )
    office.let_in(context, "jo.b")

    def fresh() -> CallPage:
        return CallPage(context.new_page()).open(office.url)

    call = fresh().begin().take_words().write(SECRETS[0]).go_to("effects")
    secrets.append(" ".join(call.words))
    call.page.fill("#helped", SECRETS[1])
    call.wait_until_saved().page.click("#open-danger")
    call.page.fill("#line-danger-said", SECRETS[2])
    call.page.click("#line-danger-send")
    call.says("#line-danger-told", "Sent")
    call.page.keyboard.press("Escape")
    call.send().wait_until_sent()
    fresh().begin().agree().write(SECRETS[3]).wait_until_saved().page.close(run_before_unload=False)
    fresh().begin().agree().write(SECRETS[4]).wait_until_saved().destroy()
    context.close()
    return secrets


def test_what_was_typed_is_in_no_file(browser: Browser, place: Path) -> None:
    office = Office.found(place)
    office.add("jo.b")
    office.begin()
    secrets = all_that_can_be_typed(office, browser, place / "profile")
    backup = office.installed.run("backup", "--to", str(place / "backup"), check=False)
    assert backup.status == 0, backup
    office.installed.run("export", "--to", str(place / "medium"), check=False)
    # While it runs, with its write-ahead logs, and once it has ended.
    assert leaks([place], secrets) == []
    office.end()
    assert leaks([place], secrets) == []
    # Found where it is planted: in the database, a log, a temporary file, the profile.
    for where in ("data/line.sqlite", "stderr.log", "tmp/heard", "profile/Local State", "backup"):
        target = place / where
        target.parent.mkdir(exist_ok=True, parents=True)
        with target.open("ab") as planted:
            planted.write(SECRETS[1].encode("utf-16-le"))
        assert (target, SECRETS[1]) in leaks([target], secrets)


@pytest.mark.parametrize(
    ("load", "reached"),
    [
        (Load(7, 2, 8, 3), False),
        (Load(8, 0, 8, 3), True),
        (Load(1, 3, 8, 3), True),
        (Load(9, 9, 8, 3, is_lifted=True), False),
        (Load(99, 99, 0, 0), False),
    ],
)
def test_what_is_enough_for_a_day(load: Load, reached: bool) -> None:
    assert load.is_reached is reached
    assert str(load.calls) in load.sentence


def test_a_hard_call_the_load_of_the_day_and_a_supervisor_who_lifts_its_limit(browser: Browser, tmp_path: Path) -> None:
    office = Office.found(tmp_path, HEARD_LINE_CALLS_A_DAY="2")
    for name, role in (("jo.b", "worker"), ("kit", "supervisor")):
        office.add(name, role)  # type: ignore[arg-type]  # the two roles
    office.begin()
    office.on_line("UPDATE workers SET state = 'active'")
    pages = {name: _page(browser, office, name) for name in ("jo.b", "kit")}
    worker = CallPage(pages["jo.b"])
    for number in (1, 2):
        worker.open(office.url)
        worker.says("#line-load", f"Your calls today: {number - 1} of at most 2")
        worker.begin().write("Heard, and written.").send().wait_until_sent()
        worker.says("#line-load-now", f"Your calls today: {number} of at most 2")
    worker.page.check("#line-hard-yes")
    worker.says("#line-debrief", "Please stop for some minutes")
    worker.says("#line-load-now", "Hard ones: 1")
    worker.says("#line-load-reached", "enough for one day")
    worker.page.click("#line-end")
    worker.says("#line-start", "You have reached what one day should hold")
    # Nothing of it was written when the call ended, so no order of rows tells whose letter came when.
    assert office.on_line("SELECT what FROM totals WHERE what LIKE '%calls%'") == []
    supervisor = pages["kit"]
    supervisor.goto(office.url + "/supervise/today")
    supervisor.click("text=Lift the limit for jo.b today")
    expect(supervisor.locator("main")).to_contain_text("Your supervisor lifted the limit for today")
    worker.open(office.url)
    assert "You have reached" not in worker.page.inner_text("#line-start")
    assert office.on_line("SELECT worker, what, detail FROM audit WHERE what = 'limit lifted'") == [
        ("jo.b", "limit lifted", "by kit")
    ]
    # No worker lifts a limit, and no supervisor their own.
    for page, name in ((worker.page, "jo.b"), (supervisor, "kit")):
        status = page.evaluate(
            "name => fetch('/supervise/lift', {method: 'POST', headers: {Accept: 'application/json'}, body: new URLSearchParams({name})}).then(({status}) => status)",
            name,
        )
        assert status in (400, 403)
    office.end()
    totals = office.on_line("SELECT worker, what, count FROM totals WHERE worker = 'jo.b' ORDER BY what")
    assert totals == [("jo.b", "calls sent", 2), ("jo.b", "hard calls", 1), ("jo.b", "limit lifted", 1)]


def _page(browser: Browser, office: Office, name: str) -> Page:
    context = browser.new_context(viewport=DESK)
    context.set_default_timeout(chromium.PATIENCE)
    office.let_in(context, name)
    return context.new_page()


def test_who_is_not_signed_in_reaches_nothing_of_a_call(browser: Browser, office: Office) -> None:
    context = browser.new_context()
    page = context.new_page()
    page.goto(office.url + "/call")
    assert page.url.startswith(office.url + "/sign-in")
    for path in ("/letters", "/thread", "/call/count", "/call/here"):
        body = "new Uint8Array(65_586)" if path in {"/letters", "/thread"} else "'{}'"
        script = f"fetch('{path}', {{method: 'POST', headers: {{Accept: 'application/json', 'Content-Type': 'application/octet-stream'}}, body: {body}}}).then(({{status}}) => status)"
        assert page.evaluate(script) == 401
    context.close()
