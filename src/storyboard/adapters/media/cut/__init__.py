"""Joins clips into a film: decodes, composes what overlaps, places the sound."""
