"""What is written and is no digit: words, print, signs, slashes, faces, scribbles."""
