"""One base a platform: what a source of that platform need not say again."""
