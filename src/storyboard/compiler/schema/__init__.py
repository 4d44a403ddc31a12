"""Checks a tree against its JSON Schema, and says what is wrong in the language of films."""
