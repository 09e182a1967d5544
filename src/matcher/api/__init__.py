"""The HTTP API: schemas and routes."""
