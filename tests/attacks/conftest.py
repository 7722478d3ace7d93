"""The same cast as in the tests of portfolios."""

from tests.portfolio.conftest import a_step_rereads_each_of_its_subjects, cast, sign_in

__all__ = ["a_step_rereads_each_of_its_subjects", "cast", "sign_in"]
