"""Processes that share a PostgreSQL database: what is due becomes jobs, each done by one of them."""
