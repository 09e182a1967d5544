"""Questions about rosters and facts, answered beside the server."""
