"""The directory out/: compare it with the expected files, and update one deployment after the other."""
