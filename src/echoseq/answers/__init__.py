"""The answers to the open questions: facts, verdicts, and the sentences made from them.

`facts` and `answers` are tables, declared as those of `tables` are.
"""
