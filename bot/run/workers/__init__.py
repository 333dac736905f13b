"""Any number of processes that share a PostgreSQL database: what is due becomes jobs, which one of them does."""
