"""One module per command: a class `Options`, and a function `run(options, output)` that returns a CommandResult."""
