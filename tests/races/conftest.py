import pytest

from tests.cast import assemble
from tests.races.arena import Arena
from tests.server import RealServer


@pytest.fixture
def arena(real_server: RealServer) -> Arena:
    return Arena(real_server, assemble())
