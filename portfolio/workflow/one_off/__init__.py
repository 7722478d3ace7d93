"""Deciding without an account: a link to one submission, a code to the same address, and the same step as everybody's.

docs/decisions/0014-one-off-assessors.md says why a one-off assessor is a person here who cannot sign in.
"""
