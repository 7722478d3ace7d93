"""Somebody new whom a trainee names: the page on which the officer answers."""
