"""The listings of a lab to one value a field."""
