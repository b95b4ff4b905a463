"""Filming with a phone on the local network."""
