"""What on a page is ink."""
