"""Wiring, the loop, chores and checks."""
