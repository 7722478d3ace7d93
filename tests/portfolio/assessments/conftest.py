import pytest

from portfolio.models import Portfolio
from tests import make
from tests.cast import Cast


@pytest.fixture
def priya(cast: Cast) -> Portfolio:
    """Priya's portfolio, on a curriculum that asks for 2 CBDs and 3 observed in S-A1."""
    cast.portfolio = make.with_assessments(cast.portfolio)
    return cast.portfolio
