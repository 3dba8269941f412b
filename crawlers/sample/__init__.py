"""Recorded weeks of a fictional network: the offline default of the main job, made from network.toml."""
