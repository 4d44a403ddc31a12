"""The composition root: a function per use case, and the choice of adapters."""
