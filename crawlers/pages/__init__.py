"""Where pages come from: a site, a mirror or an archive; and what it means when none comes."""
