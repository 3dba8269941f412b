"""What may be kept of contacts and of text: organisations' addresses and lines, never those or the names of persons."""
