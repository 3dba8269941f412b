"""The order of things; the only room that knows Prefect."""
