"""Where a warehouse is: files written whole or not at all, on a disk or in an object store, by one writer at a time."""

from warehouse.storage.files import TEMPORARY, Storage, Superseded, sync_folder
from warehouse.storage.refusals import WarehouseUnusable

__all__ = ["TEMPORARY", "Storage", "Superseded", "WarehouseUnusable", "sync_folder"]
