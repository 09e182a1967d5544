"""matcher turns wishes and volunteers into rosters: read → Problem → solve → Roster, judged by check."""
