"""The commands, a room for each kind: each parses, calls one function, and prints."""
