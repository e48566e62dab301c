"""The dashboard: controls made from the schema, one session per user, jobs in worker processes."""
