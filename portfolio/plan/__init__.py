"""The plan: what is scheduled when, the timeline, the pace chart and what a calendar is told. Pure functions.

Over the ledger's Record, the months that the trainee chose and the placements. Only `reading` asks the database.
"""
