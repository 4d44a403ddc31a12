"""Stand-ins for the world: each keeps its port's promises in memory."""
