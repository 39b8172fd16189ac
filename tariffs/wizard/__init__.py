"""The wizard of tariffs: its steps, its forms, and what stands beside them.

What is typed in the forms and the answers of `tariffs.authoring` are the same thing said twice:
`typed.answers` and `typed.state_of` lead from one to the other without a loss.
"""
