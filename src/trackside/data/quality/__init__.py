"""The quality of pictures: blank, blurred, badly exposed, of odd size, broken, turned."""
