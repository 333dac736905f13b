"""Slack's message format without Slack: text made harmless, blocks within the limits. Pure."""
