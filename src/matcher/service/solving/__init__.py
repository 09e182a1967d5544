"""Runs: queued, solved in processes of their own, followed, and begun every week."""
