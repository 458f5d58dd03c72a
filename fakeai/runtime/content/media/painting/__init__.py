"""Paintings: scenes that show the words of a prompt, made of simple shapes."""
