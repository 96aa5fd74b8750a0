"""Who is calling, and what they may do: tokens, rules, and a store that shows a caller no more than their own.

`identity` needs nothing but the standard library, for the router asks for no more than who is calling.
"""
