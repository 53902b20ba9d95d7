"""What is written beside the predictions, and told of them."""
