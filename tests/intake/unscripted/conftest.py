"""One real server, somebody whose words are known, and a browser without scripts."""

from collections.abc import Iterator

import pytest

from tests.crypto import samples
from tests.intake.installed import Installed
from tests.intake.plain import Plain
from tests.intake.test_site import Site
from tests.intake.unscripted.people import Scripted


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    here = Installed(tmp_path_factory.mktemp("site") / "data")
    here.run("init")
    here.install(samples.card())
    with here.start() as http:
        yield Site(here, http)
        assert here.stop() == 0
    assert here.errors.read_text() == ""


@pytest.fixture
def survivor(site: Site) -> Scripted:
    return Scripted(samples.card()).send_account(site.http)


@pytest.fixture
def plain(site: Site) -> Plain:
    return Plain(site.http)
