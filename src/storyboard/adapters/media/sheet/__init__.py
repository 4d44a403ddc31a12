"""Draws the contact sheet: laid out once, painted as a picture or as pages to print."""
