"""What last week says of this week's pairs, and what of it need not be done again."""
