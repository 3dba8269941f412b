"""What people are told of pairs and labs: receipts, doubts, questions, the page."""
