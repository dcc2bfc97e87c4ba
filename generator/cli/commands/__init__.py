"""One module per command: a class of its options, and `run(options, output)`, which returns a CommandResult."""
