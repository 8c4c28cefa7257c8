"""Tests of the board: before, at and after its meetings."""
