"""What a page holds to clean values: formats, text, links, dates and the words that attest fabrication."""
