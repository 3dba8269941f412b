"""What computed a week and a lab: the code and its lock, what a week was made from, and the reasons behind a lab."""
