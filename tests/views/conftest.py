"""Lend the strict checker of Slack's messages."""

from tests.support.slackcheck import slackcheck, validate

__all__ = ["slackcheck", "validate"]
