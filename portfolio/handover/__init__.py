"""Passing on what somebody had in a portfolio: their role, and what waits with them."""
