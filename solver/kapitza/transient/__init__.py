"""Heat conduction in time: implicit steps with error control, events, checkpoints."""
