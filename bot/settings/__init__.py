"""feeds.yaml and the environment, as frozen settings."""
