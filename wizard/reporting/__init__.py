"""What was proven, for people and programs: the report and the support bundle."""
