"""Turns a still into a clip: its camera move, captions, slates and burnt-in marks."""
