"""Many districts on a distributed engine."""
