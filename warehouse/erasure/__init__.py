"""An objection to everything kept before it: releases, stage tables and archived pages lose what is withdrawn."""
