"""Use cases that several commands share: load specs, build the expected files, compare, read git revisions."""
