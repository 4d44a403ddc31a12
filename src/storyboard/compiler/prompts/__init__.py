"""Writes a prompt per shot through templates, in a sandbox that is bounded and strict."""
