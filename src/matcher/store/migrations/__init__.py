"""Migrations of the database, one file per version, each with its way back."""
