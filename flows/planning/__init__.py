"""What a user asks of a run to a checked plan of it, before anything is read or written."""
