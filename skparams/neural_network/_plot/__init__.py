"""The course of training as a figure."""
