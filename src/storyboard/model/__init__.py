"""The values that travel between the floors; the standard library alone."""
