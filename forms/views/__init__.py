"""Requests of visitors in, one action or query, pages out."""
