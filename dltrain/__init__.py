"""dltrain trains, judges and ships dense Keras networks on tables, from one YAML file."""
