"""The programs that `benchmarks.training_steps` compares: each trains one of the same networks and prints JSON.

The programs of the peers run in their environment, which has neither TensorFlow nor dltrain.
"""
