"""The facts people tell: frozen, checked against each other, and free of any decision."""
