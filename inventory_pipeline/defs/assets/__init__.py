"""Assets, one file a room. Keys are ``room/table``; at most 12 lines, no SQL, no choice."""
