"""Reads YAML into our own tree, in which every key and value knows its place."""
