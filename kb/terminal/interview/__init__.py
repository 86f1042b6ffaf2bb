"""The interview at a terminal: it shows what the `Dialogue` asks, and gives it what is typed.

`opening` is what stands there first, while the rest is loaded; `loop` leads on from there. `answer_prompt` reads an
answer or a command, and asks again after a slip. `replies` are the commands that only show something. `keeper` has the
events on the disk before the next question. The practice and `resume` use the same prompt, screens and loop.
"""
