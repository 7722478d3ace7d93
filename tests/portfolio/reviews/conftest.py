import pytest

from portfolio.models import Portfolio
from tests import make
from tests.cast import Cast


@pytest.fixture
def of(cast: Cast) -> Portfolio:
    """The cast's portfolio on a curriculum with two review points."""
    cast.portfolio = make.with_rules(cast.portfolio)
    return cast.portfolio
