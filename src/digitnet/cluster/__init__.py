"""Reading archives of pictures on all the machines of a Ray cluster. Needs the extra `cluster`."""
