"""How the sources of a week are read: each by a spider in a process of its own, here or on Dask workers."""
