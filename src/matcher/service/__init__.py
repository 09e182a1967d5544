"""The service: use cases over the store, runs and their workers, schedules."""
