"""How good the classification is: cross-validated figures and coverage by source."""
