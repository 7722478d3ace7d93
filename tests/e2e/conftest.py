"""A live server answers in this process: what zeal need not say to the tests of views, it need not say here."""

from tests.portfolio.conftest import a_step_rereads_each_of_its_subjects, sign_in

__all__ = ["a_step_rereads_each_of_its_subjects", "sign_in"]
