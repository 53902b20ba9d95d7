"""Starting TensorFlow: in the background, and without its chatter."""
