"""The years before the bot, from files that people bring."""
