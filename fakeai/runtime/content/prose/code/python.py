"""Python: a program for each task. `NAME` is the function's name."""

import textwrap

PROGRAMS = {
    "hello_world": ('print("Hello, World!")', "It prints a greeting."),
    "fizz_buzz": ('''
def NAME(limit):
    """The lines of FizzBuzz from 1 to limit."""
    lines = []
    for number in range(1, limit + 1):
        line = "Fizz" * (number % 3 == 0) + "Buzz" * (number % 5 == 0)
        lines.append(line or str(number))
    return lines


print("\\n".join(NAME(15)))
''', "Multiples of 3 become Fizz, multiples of 5 become Buzz, and multiples of both become FizzBuzz."),
    "fibonacci": ('''
def NAME(count):
    """The first count Fibonacci numbers."""
    numbers = []
    current, following = 0, 1
    for _ in range(count):
        numbers.append(current)
        current, following = following, current + following
    return numbers


print(NAME(10))  # [0, 1, 1, 2, 3, 5, 8, 13, 21, 34]
''', "Each number is the sum of the two before it, so two variables are enough."),
    "factorial": ('''
def NAME(number):
    """The product of all whole numbers from 1 to number."""
    if number < 0:
        raise ValueError("number must not be negative")
    result = 1
    for factor in range(2, number + 1):
        result *= factor
    return result


print(NAME(5))  # 120
''', "A loop avoids the recursion limit for large numbers."),
    "is_palindrome": ('''
def NAME(text):
    """Whether text reads the same in both directions."""
    letters = [char.lower() for char in text if char.isalnum()]
    return letters == letters[::-1]


print(NAME("A man, a plan, a canal: Panama"))  # True
print(NAME("hello"))  # False
''', "Case, spaces and punctuation do not count."),
    "are_anagrams": ('''
from collections import Counter


def NAME(first, second):
    """Whether both texts have the same letters."""
    def letters(text):
        return Counter(char.lower() for char in text if char.isalpha())

    return letters(first) == letters(second)


print(NAME("listen", "silent"))  # True
''', "Counting letters takes linear time, where sorting them takes a little longer."),
    "is_prime": ('''
def NAME(number):
    """Whether number has no divisors besides 1 and itself."""
    if number < 2:
        return False
    divisor = 2
    while divisor * divisor <= number:
        if number % divisor == 0:
            return False
        divisor += 1
    return True


print([number for number in range(30) if NAME(number)])  # [2, 3, 5, 7, 11, 13, 17, 19, 23, 29]
''', "It is enough to try divisors up to the square root."),
    "binary_search": ('''
def NAME(items, target):
    """The index of target in the sorted items, or -1."""
    low, high = 0, len(items) - 1
    while low <= high:
        middle = (low + high) // 2
        if items[middle] == target:
            return middle
        if items[middle] < target:
            low = middle + 1
        else:
            high = middle - 1
    return -1


print(NAME([1, 3, 5, 7, 9, 11], 7))  # 3
''', "Each step halves the range, so it takes O(log n) steps."),
    "bubble_sort": ('''
def NAME(items):
    """A sorted copy of items."""
    result = list(items)
    for end in range(len(result) - 1, 0, -1):
        swapped = False
        for at in range(end):
            if result[at] > result[at + 1]:
                result[at], result[at + 1] = result[at + 1], result[at]
                swapped = True
        if not swapped:
            break
    return result


print(NAME([5, 2, 9, 1]))  # [1, 2, 5, 9]
''', "It stops early when a pass swaps nothing."),
    "merge_sort": ('''
def NAME(items):
    """A sorted copy of items."""
    if len(items) < 2:
        return list(items)
    middle = len(items) // 2
    left, right = NAME(items[:middle]), NAME(items[middle:])
    merged = []
    while left and right:
        merged.append((left if left[0] <= right[0] else right).pop(0))
    return merged + left + right


print(NAME([5, 2, 9, 1]))  # [1, 2, 5, 9]
''', "Equal items keep their order, and it takes O(n log n) comparisons."),
    "quicksort": ('''
def NAME(items):
    """A sorted copy of items."""
    if len(items) < 2:
        return list(items)
    pivot, *rest = items
    smaller = [item for item in rest if item < pivot]
    larger = [item for item in rest if item >= pivot]
    return NAME(smaller) + [pivot] + NAME(larger)


print(NAME([5, 2, 9, 1]))  # [1, 2, 5, 9]
''', "On average it takes O(n log n) comparisons."),
    "two_sum": ('''
def NAME(numbers, target):
    """The indices of two numbers that add up to target, or None."""
    seen = {}
    for index, number in enumerate(numbers):
        if target - number in seen:
            return seen[target - number], index
        seen[number] = index
    return None


print(NAME([2, 7, 11, 15], 9))  # (0, 1)
''', "A dictionary of what was seen makes one pass enough."),
    "greatest_common_divisor": ('''
def NAME(first, second):
    """The greatest common divisor of two whole numbers."""
    while second:
        first, second = second, first % second
    return abs(first)


print(NAME(48, 18))  # 6
''', "This is Euclid's algorithm."),
    "is_leap_year": ('''
def NAME(year):
    """Whether year has a 29th of February."""
    return year % 4 == 0 and (year % 100 != 0 or year % 400 == 0)


print(NAME(2024), NAME(1900), NAME(2000))  # True False True
''', "Centuries are leap years only when 400 divides them."),
    "to_fahrenheit": ('''
def NAME(celsius):
    """The temperature in degrees Fahrenheit."""
    return celsius * 9 / 5 + 32


def to_celsius(fahrenheit):
    """The temperature in degrees Celsius."""
    return (fahrenheit - 32) * 5 / 9


print(NAME(100))  # 212.0
print(to_celsius(32))  # 0.0
''', "The two functions are each other's inverse."),
    "count_vowels": ('''
def NAME(text):
    """How many vowels text has."""
    return sum(char in "aeiou" for char in text.lower())


print(NAME("Hello, World!"))  # 3
''', "A condition counts as 1 when it holds, so the sum is the count."),
    "word_counts": ('''
import re
from collections import Counter


def NAME(text):
    """How often each word stands in text."""
    return Counter(re.findall(r"[\\w']+", text.lower()))


print(NAME("the cat and the hat").most_common(1))  # [('the', 2)]
''', "`Counter` does the counting; `most_common` sorts by it."),
    "char_counts": ('''
from collections import Counter


def NAME(text):
    """How often each character stands in text."""
    return dict(Counter(text))


print(NAME("hello"))  # {'h': 1, 'e': 1, 'l': 2, 'o': 1}
''', "`Counter` does the counting in one pass."),
    "reverse_words": ('''
def NAME(text):
    """text with its words in reverse order."""
    return " ".join(reversed(text.split()))


print(NAME("hello big world"))  # world big hello
''', "`split` without an argument also removes repeated spaces."),
    "reverse_list": ('''
def NAME(items):
    """The items in reverse order, as a list of their own."""
    return list(reversed(items))


print(NAME([1, 2, 3]))  # [3, 2, 1]
''', "The original list is not changed; `items.reverse()` would change it in place."),
    "reverse_string": ('''
def NAME(text):
    """text backwards."""
    return text[::-1]


print(NAME("hello"))  # olleh
''', "The slice `[::-1]` walks through the string from its end to its beginning."),
    "flatten": ('''
def NAME(items):
    """All items of nested lists, in one list."""
    flat = []
    for item in items:
        if isinstance(item, list):
            flat.extend(NAME(item))
        else:
            flat.append(item)
    return flat


print(NAME([1, [2, [3, 4]], 5]))  # [1, 2, 3, 4, 5]
''', "It goes as deep as the lists are nested."),
    "unique": ('''
def NAME(items):
    """The items without repetitions, in the order in which they first appear."""
    return list(dict.fromkeys(items))


print(NAME([3, 1, 3, 2, 1]))  # [3, 1, 2]
''', "Dictionaries keep the order of insertion, which a set does not."),
    "is_email": ('''
import re

PATTERN = re.compile(r"[\\w.+-]+@[\\w-]+(\\.[\\w-]+)+")


def NAME(text):
    """Whether text looks like an email address."""
    return PATTERN.fullmatch(text) is not None


print(NAME("ada@example.com"))  # True
print(NAME("not an address"))  # False
''', "It checks the form; only a message shows whether the address exists."),
    "make_password": ('''
import secrets
import string


def NAME(length=16):
    """A random password of letters, digits and signs."""
    alphabet = string.ascii_letters + string.digits + "!@#$%&*"
    return "".join(secrets.choice(alphabet) for _ in range(length))


print(len(NAME()))  # 16
''', "`secrets` is meant for passwords; `random` is not."),
    "average": ('''
def NAME(numbers):
    """The mean of numbers."""
    if not numbers:
        raise ValueError("there are no numbers")
    return sum(numbers) / len(numbers)


print(NAME([2, 4, 9]))  # 5.0
''', "An empty list has no mean, so it raises an error."),
    "median": ('''
def NAME(numbers):
    """The middle value of numbers."""
    ordered = sorted(numbers)
    middle = len(ordered) // 2
    if len(ordered) % 2:
        return ordered[middle]
    return (ordered[middle - 1] + ordered[middle]) / 2


print(NAME([5, 1, 3]))  # 3
''', "With an even count it is the mean of the two middle values."),
    "largest": ('''
def NAME(numbers):
    """The largest of numbers."""
    result = numbers[0]
    for number in numbers[1:]:
        if number > result:
            result = number
    return result


print(NAME([3, 8, 2]))  # 8
''', "The built-in `max` does the same."),
    "smallest": ('''
def NAME(numbers):
    """The smallest of numbers."""
    result = numbers[0]
    for number in numbers[1:]:
        if number < result:
            result = number
    return result


print(NAME([3, 8, 2]))  # 2
''', "The built-in `min` does the same."),
    "even_numbers": ('''
def NAME(numbers):
    """The even ones of numbers."""
    return [number for number in numbers if number % 2 == 0]


print(NAME([1, 2, 3, 4, 5, 6]))  # [2, 4, 6]
''', "The remainder of a division by 2 tells even from odd."),
    "odd_numbers": ('''
def NAME(numbers):
    """The odd ones of numbers."""
    return [number for number in numbers if number % 2]


print(NAME([1, 2, 3, 4, 5]))  # [1, 3, 5]
''', "The remainder of a division by 2 tells odd from even."),
    "title_words": ('''
def NAME(text):
    """text with a capital at the beginning of each word."""
    return " ".join(word[:1].upper() + word[1:] for word in text.split(" "))


print(NAME("hello big world"))  # Hello Big World
''', "Unlike `str.title`, it leaves the other letters as they are."),
    "stack": ('''
class Stack:
    """What is pushed last is popped first."""

    def __init__(self):
        self._items = []

    def __len__(self):
        return len(self._items)

    def push(self, item):
        self._items.append(item)

    def pop(self):
        if not self._items:
            raise IndexError("the stack is empty")
        return self._items.pop()

    def peek(self):
        return self._items[-1]


stack = Stack()
stack.push(1)
stack.push(2)
print(stack.pop())  # 2
''', "A list is a good stack: both operations work at its end."),
    "queue": ('''
from collections import deque


class Queue:
    """What is put in first is taken out first."""

    def __init__(self):
        self._items = deque()

    def __len__(self):
        return len(self._items)

    def put(self, item):
        self._items.append(item)

    def get(self):
        if not self._items:
            raise IndexError("the queue is empty")
        return self._items.popleft()


queue = Queue()
queue.put("a")
queue.put("b")
print(queue.get())  # a
''', "`deque` removes from its front in constant time, which a list does not."),
    "linked_list": ('''
class Node:
    def __init__(self, value, following=None):
        self.value = value
        self.following = following


class LinkedList:
    """Values in a chain of nodes."""

    def __init__(self):
        self.head = None

    def __iter__(self):
        node = self.head
        while node:
            yield node.value
            node = node.following

    def append(self, value):
        if self.head is None:
            self.head = Node(value)
            return
        node = self.head
        while node.following:
            node = node.following
        node.following = Node(value)


values = LinkedList()
values.append(1)
values.append(2)
print(list(values))  # [1, 2]
''', "Appending walks to the end; keeping the tail would make it constant time."),
    "timed": ('''
import functools
import time


def NAME(function):
    """Print how long each call of function takes."""

    @functools.wraps(function)
    def wrapper(*args, **kwargs):
        start = time.perf_counter()
        try:
            return function(*args, **kwargs)
        finally:
            print(f"{function.__name__} took {time.perf_counter() - start:.6f} s")

    return wrapper


@NAME
def work():
    return sum(range(1000))


print(work())  # 499500
''', "`functools.wraps` keeps the name and the docstring of the function."),
    "fetch_json": ('''
import json
import urllib.request


def NAME(url, timeout=10):
    """The JSON document at url."""
    with urllib.request.urlopen(url, timeout=timeout) as response:
        return json.load(response)


if __name__ == "__main__":
    print(NAME)  # call it with the address of your API
''', "It needs the standard library only and raises an error when the server does not answer."),
    "read_csv": ('''
import csv
import io


def NAME(file):
    """The rows of a CSV file, as dictionaries."""
    return list(csv.DictReader(file))


print(NAME(io.StringIO("name,age\\nAva,31\\n")))  # [{'name': 'Ava', 'age': '31'}]
''', "With a real file, pass `open(path, newline='')`."),
    "read_lines": ('''
from pathlib import Path


def NAME(path):
    """The lines of a text file, without their line ends."""
    return Path(path).read_text(encoding="utf-8").splitlines()


if __name__ == "__main__":
    Path("example.txt").write_text("first\\nsecond\\n", encoding="utf-8")
    print(NAME("example.txt"))  # ['first', 'second']
''', "Naming the encoding makes it work the same on every machine."),
    "parse_json": ('''
import json


def NAME(text):
    """The value that a JSON text stands for, or None when it is not JSON."""
    try:
        return json.loads(text)
    except json.JSONDecodeError:
        return None


print(NAME('{"name": "Ava", "age": 31}'))  # {'name': 'Ava', 'age': 31}
''', "Catch the error where you can do something about it."),
    "group_by": ('''
from collections import defaultdict


def NAME(items, key):
    """The items by what key gives for each."""
    groups = defaultdict(list)
    for item in items:
        groups[key(item)].append(item)
    return dict(groups)


print(NAME(["apple", "avocado", "banana"], lambda word: word[0]))
''', "Unlike `itertools.groupby`, it does not need sorted items."),
    "merge_dictionaries": ('''
def NAME(*dictionaries):
    """One dictionary of all; the later ones win."""
    merged = {}
    for dictionary in dictionaries:
        merged.update(dictionary)
    return merged


print(NAME({"a": 1, "b": 2}, {"b": 3}))  # {'a': 1, 'b': 3}
''', "For two dictionaries, `first | second` does the same."),
    "sort_items": ('''
def NAME(items, reverse=False):
    """A sorted copy of items."""
    return sorted(items, reverse=reverse)


print(NAME([5, 2, 9, 1]))  # [1, 2, 5, 9]
''', "`sorted` gives a new list; `items.sort()` changes the old one."),
    "count_down": ('''
def NAME(start=10):
    """Print the numbers from start to 1."""
    for number in range(start, 0, -1):
        print(number)


NAME()
''', "The third argument of `range` is the step."),
    "count_up": ('''
def NAME(limit=10):
    """Print the numbers from 1 to limit."""
    for number in range(1, limit + 1):
        print(number)


NAME()
''', "`range` stops before its end, hence the `+ 1`."),
    "square": ('''
def NAME(number):
    """The square of number."""
    return number * number


print([NAME(number) for number in range(5)])  # [0, 1, 4, 9, 16]
''', "It works for whole numbers and for fractions."),
    "multiply": ('''
def NAME(first, second):
    """The product of two numbers."""
    return first * second


print(NAME(6, 7))  # 42
''', "It works for whole numbers and for fractions."),
    "add": ('''
def NAME(*numbers):
    """The sum of numbers."""
    return sum(numbers)


print(NAME(2, 3))  # 5
''', "It takes as many numbers as you like."),
    "": ('''
def NAME(items):
    """PURPOSE."""
    results = []
    for item in items:
        if item is None:
            continue
        results.append(item)
    return results


print(NAME(["first", None, "second"]))  # ['first', 'second']
''', "Replace the body of the loop with the rule of your own case."),
}  # fmt: skip


def program(task: str, name: str, purpose: str) -> tuple[str, str]:
    """The program for *task* and a sentence about it."""
    code, remark = PROGRAMS[task if task in PROGRAMS else ""]
    return code.strip().replace("NAME", name or task or "process_items").replace("PURPOSE", purpose), remark


def class_program(name: str, fields: list[str]) -> tuple[str, str]:
    """A class with *fields*."""
    numeric = {
        "age",
        "year",
        "price",
        "balance",
        "count",
        "amount",
        "quantity",
        "width",
        "height",
        "radius",
        "salary",
        "id",
        "score",
        "pages",
    }
    kinds = ["float" if field.rpartition("_")[2] in numeric else "str" for field in fields]
    example = ", ".join("10" if kind == "float" else f'"{field}"' for field, kind in zip(fields, kinds, strict=True))
    members = "\n".join(f"{field}: {kind}" for field, kind in zip(fields, kinds, strict=True))
    shown = ", ".join(f"{field}={{self.{field}}}" for field in fields)
    code = (
        f"from dataclasses import dataclass\n\n\n@dataclass\nclass {name}:\n{textwrap.indent(members, '    ')}\n\n"
        f'    def describe(self):\n        return f"{name}({shown})"\n\n\nitem = {name}({example}'
        f")\nprint(item.describe())"
    )
    return code, "A dataclass writes the constructor and the comparison for you."
