"""Lend the strict checker of Slack's messages from the delivery's tests."""

from tests.delivery.conftest import slackcheck, validate

__all__ = ["slackcheck", "validate"]
