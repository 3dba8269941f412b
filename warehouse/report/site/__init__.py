"""What stands around the reports of a warehouse: the index of all weeks, the feed, and a server to read them with."""
