"""The embedded reference tables, built by hand from pinned packages: `python -m warehouse.gazetteer.build`."""
