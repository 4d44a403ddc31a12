"""From clips and a film to a timeline, purely: what is shown when, and what is heard with it."""
