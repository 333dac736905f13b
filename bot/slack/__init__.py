"""Slack as people use it: commands, buttons, modals, the Home tab. Only here is slack-bolt known."""
