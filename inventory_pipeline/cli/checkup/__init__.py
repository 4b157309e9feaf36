"""The examinations of ``doctor``: each looks at one thing and says what is wrong with it."""
