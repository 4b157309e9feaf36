"""THE FRONT GATE FOR PEOPLE: one file a command, each thin. The only place that prints."""
