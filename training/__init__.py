"""From labelled seed sentences to a model folder. Nothing here is needed to predict."""
