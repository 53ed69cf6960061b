"""Tokens and other secrets at hand: what they say, without a part of them."""
