"""Every answer of the phone line: its headers, who may see it, and that only its own pages may send it anything."""

import re
from datetime import UTC, date, datetime, timedelta

import pytest
from starlette.routing import Route

from intake.assets import Assets
from intake.inquiry import load_inquiry
from intake.line import app as line_app
from intake.line.headers import LINE_HEADERS
from intake.line.pages import LinePages
from intake.pages import Pages
from tests.crypto import samples
from tests.line.desk import MORNING, ORIGIN, Browser, Desk

# What anybody may ask for; everything else asks who it is.
OPEN = {"/sign-in", "/signed-out", "/sign-out", "/session", "/healthz", "/static/{name}"}


def routes(desk: Desk) -> list[Route]:
    return [route for route in line_app._routes(desk.service) if isinstance(route, Route)]


def stages(desk: Desk) -> dict[str, Browser]:
    """Browsers at every stage of being signed in."""
    desk.enrol("half")
    half = desk.browser()
    half.sign_in("half")
    new = desk.browser()
    new.sign_in("new", desk.accounts.add("new", "worker"))
    locked = desk.enrol("locked")
    locked.get("/unlock")
    return {"nobody": desk.browser(), "half": half, "new": new, "locked": locked}


def test_nobody_sees_a_page_who_is_not_signed_in(desk: Desk) -> None:
    seen = []
    for name, browser in stages(desk).items():
        for route in routes(desk):
            own = {"half": "/second-factor", "new": "/enrol", "locked": "/unlock"}.get(name, "nowhere")
            if route.path in OPEN or route.path.startswith(own):
                continue
            for method in route.methods or ():
                answer = browser.send(method, route.path, headers=browser.headers)
                if answer.status_code not in {303, 401, 423} or not answer.headers.get(
                    "location", "/sign-in"
                ).startswith(("/sign-in", "/unlock")):
                    seen.append((name, method, route.path, answer.status_code))
    assert seen == []


def test_a_worker_is_no_supervisor(desk: Desk) -> None:
    worker, supervisor = desk.enrol("jo.b"), desk.enrol("sam", "supervisor")
    for path in ("/supervise", "/supervise/audit"):
        refused = worker.get(path)
        assert refused.status_code == 403
        assert "sam" not in refused.text
        assert supervisor.get(path).status_code == 200
        assert worker.get(path, accept="application/json").json()["error"] == "forbidden"
    assert "/supervise" not in worker.get("/").text
    assert "/supervise" in supervisor.get("/").text
    # A role that a form or a header claims is nobody's.
    worker.headers["x-role"] = "supervisor"
    worker.post("/security", action="end-others", role="supervisor")
    assert worker.send("GET", "/supervise?role=supervisor", headers=worker.headers).status_code == 403


def test_a_supervisor_who_becomes_a_worker_sees_no_more(desk: Desk) -> None:
    """With the next request, not the next sign-in."""
    from sqlalchemy import update

    from intake.line.schema import workers

    supervisor = desk.enrol("sam", "supervisor")
    assert supervisor.get("/supervise").status_code == 200
    with desk.service.store._engine.begin() as connection:
        connection.execute(update(workers).values(role="worker"))
    assert supervisor.get("/supervise").status_code == 403


def test_every_answer_has_the_same_headers(desk: Desk) -> None:
    browser = desk.enrol("jo.b")
    paths = (
        "/",
        "/security",
        "/sign-in",
        "/none",
        "/healthz",
        "/session",
        "/supervise",
        "/sign-out",
        "/static/none.js",
    )
    answers = [browser.get(path) for path in paths]
    answers += [browser.post("/sign-in"), browser.post("/none"), browser.send("POST", "/sign-in", headers={})]
    answers += [browser.send("DELETE", "/", headers=browser.headers), browser.send("HEAD", "/")]
    for answer in answers:
        for name, value in LINE_HEADERS.items():
            assert answer.headers.get_list(name) == [value], (answer.request.url, name)
        assert not {"server", "date", "etag", "last-modified"} & set(answer.headers)
    assert "frame-ancestors 'none'" in LINE_HEADERS["content-security-policy"]
    assert LINE_HEADERS["x-frame-options"] == "DENY"
    assert LINE_HEADERS["cache-control"] == "no-store"
    assert "publickey-credentials-get=(self)" in LINE_HEADERS["permissions-policy"]


FORGED: list[dict[str, str]] = [
    {},
    {"sec-fetch-site": "cross-site"},
    {"sec-fetch-site": "same-site"},
    {"sec-fetch-site": "none"},
    {"origin": "https://elsewhere.example"},
    {"origin": "null"},
    {"origin": "http://line.example.org"},
    {"origin": ORIGIN + ":444"},
    {"origin": ORIGIN, "sec-fetch-site": "cross-site"},
    {"origin": "https://elsewhere.example", "sec-fetch-site": "same-origin"},
]


@pytest.mark.parametrize("headers", FORGED, ids=str)
def test_what_another_site_sends_is_refused_everywhere(desk: Desk, headers: dict[str, str]) -> None:
    browser = desk.enrol("jo.b")
    for route in routes(desk):
        if "POST" in (route.methods or ()):
            forged = browser.send("POST", route.path, data={"action": "end-others"}, headers=headers)
            assert forged.status_code == 403, route.path
            assert "not sent from our own page" in forged.text
    assert browser.is_in()
    assert browser.post("/sign-out").status_code == 303


@pytest.mark.parametrize("headers", [{"origin": ORIGIN}, {"sec-fetch-site": "same-origin"}], ids=str)
def test_one_of_the_two_headers_is_enough(desk: Desk, headers: dict[str, str]) -> None:
    browser = desk.enrol("jo.b")
    browser.headers = headers
    assert browser.post("/sign-out").status_code == 303


def test_nothing_is_changed_by_reading(desk: Desk) -> None:
    """What a link or a picture on another page could make a browser ask for signs nobody in or out, and makes no account."""
    browser = desk.enrol("jo.b")
    for path in (
        "/sign-out",
        "/security?action=drop-app",
        "/password?current=x&password=y",
        "/second-factor?code=000000",
    ):
        browser.get(path)
    assert browser.is_in()
    assert desk.browser().get("/sign-in?name=jo.b&password=x").status_code == 200


def test_there_are_no_accounts_that_nobody_made(desk: Desk) -> None:
    assert desk.service.store.workers() == []
    for name in ("root", "admin", "sa", "operator", "-", "heard", ""):
        for password in ("", "admin", "password", "nobody has this password"):
            assert desk.browser().sign_in(name, password).status_code in {422, 429}
    for path in ("/register", "/sign-up", "/forgot", "/reset", "/admin", "/invite"):
        assert desk.browser().get(path).status_code == 404


def test_every_page_offers_to_sign_out(desk: Desk) -> None:
    worker, supervisor = desk.enrol("jo.b"), desk.enrol("sam", "supervisor")
    half = desk.browser()
    half.sign_in("jo.b")
    pages = [
        worker.get(path) for path in ("/", "/security", "/password", "/security/app", "/security/passkey", "/prove")
    ]
    pages += [
        supervisor.get("/supervise"),
        supervisor.get("/supervise/audit"),
        half.get("/second-factor"),
        worker.get("/unlock"),
    ]
    for page in pages:
        assert page.status_code == 200
        assert 'action="/sign-out"' in page.text


def test_passwords_are_masked_and_helpers_allowed(desk: Desk) -> None:
    browser = desk.browser()
    pages = [browser.get("/sign-in").text]
    browser.sign_in("new", desk.accounts.add("new", "worker"))
    pages += [browser.get("/enrol/password").text]
    worker = desk.enrol("jo.b")
    pages += [worker.get("/password").text, worker.get("/prove").text, worker.get("/unlock").text]
    fields = [field for page in pages for field in re.findall(r"<input[^>]*>", page) if "password" in field]
    assert len(fields) >= 7
    for field in fields:
        assert 'type="password"' in field
        assert re.search(r'autocomplete="(current|new)-password"', field)
        assert not re.search(r"onpaste|maxlength|pattern|readonly|value=\"[^\"]", field)
    assert any('autocomplete="username"' in page for page in pages)
    assert "secret question" not in "".join(pages).lower()


def test_what_was_typed_is_never_markup(desk: Desk) -> None:
    page = desk.browser().sign_in('"><script>1</script>').text
    assert "<script>1" not in page
    assert "&#34;&gt;&lt;script&gt;" in page


def test_a_database_that_is_away_is_said_to_be(desk: Desk) -> None:
    browser = desk.enrol("jo.b")
    with desk.service.store._engine.begin() as connection:
        connection.exec_driver_sql("ALTER TABLE sessions RENAME TO elsewhere")
    refused = browser.get("/")
    assert refused.status_code == 503
    assert "tell the operator" in refused.text
    assert browser.get("/", accept="application/json").json()["error"] == "database"
    with desk.service.store._engine.begin() as connection:
        connection.exec_driver_sql("UPDATE line_version SET version_num = '0000'")
    assert (browser.get("/healthz").status_code, browser.get("/healthz").text) == (503, "migrate\n")


class TestHours:
    """Workers read of the line's hours what callers read."""

    def test_every_quarter_of_an_hour_of_a_year(self) -> None:
        """On the page of each at the same moment, through both changes of the clock and every bank holiday."""
        inquiry, moment = load_inquiry(), datetime(2026, 1, 1, tzinfo=UTC)
        line = LinePages(inquiry, Assets(), 15, lambda: moment)
        public = Pages(inquiry, Assets(), now=lambda: moment)
        different, said = [], set()
        while moment.year == 2026:
            theirs = (public._line_now(), public._line_weekly())
            if (line.line_now(), line.line_weekly()) != theirs:
                different.append(moment)
            said.add(theirs[0])
            moment += timedelta(minutes=15)
        assert different == []
        assert {"The line is open now, until 8pm.", "The line is closed now. It opens on Monday at 8am."} <= said

    def test_the_next_two_weeks_are_the_configurations(self) -> None:
        inquiry, moment = load_inquiry(), datetime(2026, 1, 1, 9, tzinfo=UTC)
        line = LinePages(inquiry, Assets(), 15, lambda: moment)
        wrong = []
        for day in (date(2026, 1, 1) + timedelta(days=n) for n in range(365)):
            moment = datetime(day.year, day.month, day.day, 9, tzinfo=UTC)
            for ahead, told in enumerate(line.coming_days()):
                is_open = inquiry.hours.on(day + timedelta(days=ahead)) is not None
                if bool(told.hours) != is_open:
                    wrong.append((day, told))
        assert wrong == []
        moment = datetime(2026, 12, 23, 9, tzinfo=UTC)
        assert [(one.day, one.hours) for one in line.coming_days()][:6] == [
            ("Wednesday, 23 December", "8am to 8pm"),
            ("Thursday, 24 December", "8am to 2pm"),
            ("Friday, 25 December", ""),
            ("Saturday, 26 December", ""),
            ("Sunday, 27 December", ""),
            ("Monday, 28 December", ""),
        ]

    def test_the_page_says_so_and_whom_else_to_name(self, desk: Desk) -> None:
        assert datetime.fromtimestamp(MORNING, UTC).isoformat() == "2026-11-26T10:00:00+00:00"
        browser = desk.enrol("jo.b")
        page = browser.get("/").text
        inquiry = load_inquiry()
        public = Pages(inquiry, Assets(), now=lambda: datetime.fromtimestamp(desk.clock(), UTC))
        assert public._line_now() == "The line is open now, until 8pm."
        assert public._line_now() in page
        assert public._line_weekly() in page
        assert inquiry.line.number in page
        assert inquiry.support.services
        for helpline in (*inquiry.support.services, *inquiry.support.urgent.routes):
            assert helpline.number in page
            assert helpline.number in public.information("/support", samples.card())
        desk.clock.wait(hours=11)
        browser.sign_in_fully("jo.b")
        assert "The line is closed now. It opens tomorrow at 8am." in browser.get("/").text
