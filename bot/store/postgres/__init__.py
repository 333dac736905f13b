"""The store on PostgreSQL: the only user of psycopg."""
