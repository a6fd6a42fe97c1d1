"""What a person sees in the terminal: live on a terminal, plain lines in a pipe."""
