"""Rosters as people meet them: changed by hand, published, told, answered, served."""
