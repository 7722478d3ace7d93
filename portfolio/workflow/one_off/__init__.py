"""Deciding by a code: behind a link to one submission, or on the trainee's device; the same step as everybody's.

docs/decisions/0014-one-off-assessors.md says why a one-off assessor is a person here who cannot sign in, and
0018-on-the-trainees-device.md why a device is handed over as it is.
"""
