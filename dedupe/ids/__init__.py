"""Last week's labs to this week's ids."""
