"""From text to a plan, in pure phases: each takes a value and returns a value with findings."""
