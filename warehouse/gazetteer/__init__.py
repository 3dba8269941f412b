"""Where things are: embedded reference tables and pure look-ups, without the network."""
