"""What features are told from: values side by side, and what a value stands for."""
