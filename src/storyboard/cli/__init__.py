"""What a film-maker types: one file per command group, calling app."""
