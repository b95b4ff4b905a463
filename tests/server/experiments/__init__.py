"""Experiment records over HTTP."""
