"""Processes that share a PostgreSQL database: what is due becomes jobs, and each job is done by one of them."""
