"""One real server, somebody whose words are known, and a browser without scripts."""

import pytest

from tests.crypto import samples
from tests.intake.plain import Plain
from tests.intake.sites import Site
from tests.intake.unscripted.people import Scripted


@pytest.fixture
def survivor(site: Site) -> Scripted:
    return Scripted(samples.card()).send_account(site.http)


@pytest.fixture
def plain(site: Site) -> Plain:
    return Plain(site.http)
