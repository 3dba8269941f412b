"""What is told of a run to those who were not there: in the Prefect UI, the log, a message, and to readers."""
