"""Changes the engine in small ways and sees whether a test notices: python -m tests.mutation"""
