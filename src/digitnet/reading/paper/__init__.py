"""The paper of a page: how bright it is under the ink, and where on the picture it lies."""
