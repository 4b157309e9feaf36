"""THE DOORS TO OUTSIDE: how each kind of system is read; the network and vendor words stop here."""
