"""The command line: parser, typed options, commands, and all printing."""
