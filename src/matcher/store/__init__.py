"""The store: every noun of the facts as rows, rosters, runs, audit; SQLite by default, PostgreSQL by URL."""
