"""The commands of `labs`, by what they are about: each parses, calls one function of a room, and prints."""
