"""Listings to candidate pairs, matches, clusters and labs: tables in, tables out."""
