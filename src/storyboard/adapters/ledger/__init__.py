"""What was bought, on this disk (SQLite): one row per attempt, its events, and the build lock."""
