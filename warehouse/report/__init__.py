"""The page people look at: one snapshot to one offline HTML file, and the pages and the feed around it."""
