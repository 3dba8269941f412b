"""What may be asked for: public web addresses, as a URL is written, as its name resolves and as the answer came."""
