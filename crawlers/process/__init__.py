"""One source, one week, one process: how its spider is run, kept small and ended, and what its crawl is worth."""
