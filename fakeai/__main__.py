"""python -m fakeai"""

from .cli import main

main()
