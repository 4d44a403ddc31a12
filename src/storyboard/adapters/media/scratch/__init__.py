"""Makes scratch sound: ambience, effects, a murmured voice and music, from nothing."""
