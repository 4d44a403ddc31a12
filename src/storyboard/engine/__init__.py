"""Carries out a plan through ports: submits, follows and keeps, and tells of it in events."""
