"""What came: a body that is whole, decoded and cheap to read, or the failure class of what came instead."""
