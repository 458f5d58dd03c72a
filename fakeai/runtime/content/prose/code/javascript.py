"""JavaScript: a program for each task. `NAME` is the function's name."""

import re

PROGRAMS = {
    "hello_world": 'console.log("Hello, World!");',
    "fizz_buzz": """
function NAME(limit) {
  const lines = [];
  for (let number = 1; number <= limit; number++) {
    const line = (number % 3 === 0 ? "Fizz" : "") + (number % 5 === 0 ? "Buzz" : "");
    lines.push(line || String(number));
  }
  return lines;
}

console.log(NAME(15).join("\\n"));
""",
    "fibonacci": """
function NAME(count) {
  const numbers = [];
  let [current, following] = [0, 1];
  for (let i = 0; i < count; i++) {
    numbers.push(current);
    [current, following] = [following, current + following];
  }
  return numbers;
}

console.log(NAME(10)); // [0, 1, 1, 2, 3, 5, 8, 13, 21, 34]
""",
    "factorial": """
function NAME(number) {
  let result = 1;
  for (let factor = 2; factor <= number; factor++) {
    result *= factor;
  }
  return result;
}

console.log(NAME(5)); // 120
""",
    "is_palindrome": """
function NAME(text) {
  const letters = text.toLowerCase().replace(/[^a-z0-9]/g, "");
  return letters === [...letters].reverse().join("");
}

console.log(NAME("A man, a plan, a canal: Panama")); // true
""",
    "are_anagrams": """
function NAME(first, second) {
  const letters = (text) => [...text.toLowerCase().replace(/[^a-z]/g, "")].sort().join("");
  return letters(first) === letters(second);
}

console.log(NAME("listen", "silent")); // true
""",
    "is_prime": """
function NAME(number) {
  if (number < 2) {
    return false;
  }
  for (let divisor = 2; divisor * divisor <= number; divisor++) {
    if (number % divisor === 0) {
      return false;
    }
  }
  return true;
}

console.log([2, 9, 17].map(NAME)); // [true, false, true]
""",
    "binary_search": """
function NAME(items, target) {
  let low = 0;
  let high = items.length - 1;
  while (low <= high) {
    const middle = Math.floor((low + high) / 2);
    if (items[middle] === target) {
      return middle;
    }
    if (items[middle] < target) {
      low = middle + 1;
    } else {
      high = middle - 1;
    }
  }
  return -1;
}

console.log(NAME([1, 3, 5, 7, 9, 11], 7)); // 3
""",
    "quicksort": """
function NAME(items) {
  if (items.length < 2) {
    return [...items];
  }
  const [pivot, ...rest] = items;
  const smaller = rest.filter((item) => item < pivot);
  const larger = rest.filter((item) => item >= pivot);
  return [...NAME(smaller), pivot, ...NAME(larger)];
}

console.log(NAME([5, 2, 9, 1])); // [1, 2, 5, 9]
""",
    "two_sum": """
function NAME(numbers, target) {
  const seen = new Map();
  for (const [index, number] of numbers.entries()) {
    if (seen.has(target - number)) {
      return [seen.get(target - number), index];
    }
    seen.set(number, index);
  }
  return null;
}

console.log(NAME([2, 7, 11, 15], 9)); // [0, 1]
""",
    "count_vowels": """
function NAME(text) {
  return (text.match(/[aeiou]/gi) || []).length;
}

console.log(NAME("Hello, World!")); // 3
""",
    "word_counts": """
function NAME(text) {
  const counts = {};
  for (const word of text.toLowerCase().match(/[\\w']+/g) || []) {
    counts[word] = (counts[word] || 0) + 1;
  }
  return counts;
}

console.log(NAME("the cat and the hat")); // { the: 2, cat: 1, and: 1, hat: 1 }
""",
    "reverse_words": """
function NAME(text) {
  return text.split(/\\s+/).reverse().join(" ");
}

console.log(NAME("hello big world")); // "world big hello"
""",
    "reverse_list": """
function NAME(items) {
  return [...items].reverse();
}

console.log(NAME([1, 2, 3])); // [3, 2, 1]
""",
    "reverse_string": """
function NAME(text) {
  return [...text].reverse().join("");
}

console.log(NAME("hello")); // "olleh"
""",
    "flatten": """
function NAME(items) {
  return items.flat(Infinity);
}

console.log(NAME([1, [2, [3, 4]], 5])); // [1, 2, 3, 4, 5]
""",
    "unique": """
function NAME(items) {
  return [...new Set(items)];
}

console.log(NAME([3, 1, 3, 2, 1])); // [3, 1, 2]
""",
    "is_email": """
function NAME(text) {
  return /^[\\w.+-]+@[\\w-]+(\\.[\\w-]+)+$/.test(text);
}

console.log(NAME("ada@example.com")); // true
""",
    "average": """
function NAME(numbers) {
  return numbers.reduce((sum, number) => sum + number, 0) / numbers.length;
}

console.log(NAME([2, 4, 9])); // 5
""",
    "largest": """
function NAME(numbers) {
  return numbers.reduce((best, number) => (number > best ? number : best));
}

console.log(NAME([3, 8, 2])); // 8
""",
    "even_numbers": """
function NAME(numbers) {
  return numbers.filter((number) => number % 2 === 0);
}

console.log(NAME([1, 2, 3, 4, 5, 6])); // [2, 4, 6]
""",
    "title_words": """
function NAME(text) {
  return text.replace(/\\b\\w/g, (letter) => letter.toUpperCase());
}

console.log(NAME("hello big world")); // "Hello Big World"
""",
    "fetch_json": """
async function NAME(url) {
  const response = await fetch(url);
  if (!response.ok) {
    throw new Error(`The server answered ${response.status}`);
  }
  return response.json();
}
""",
    "parse_json": """
function NAME(text) {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}

console.log(NAME('{"name": "Ava", "age": 31}'));
""",
    "sort_items": """
function NAME(items) {
  return [...items].sort((a, b) => (a < b ? -1 : a > b ? 1 : 0));
}

console.log(NAME([5, 2, 9, 1])); // [1, 2, 5, 9]
""",
    "multiply": """
function NAME(first, second) {
  return first * second;
}

console.log(NAME(6, 7)); // 42
""",
    "add": """
function NAME(...numbers) {
  return numbers.reduce((sum, number) => sum + number, 0);
}

console.log(NAME(2, 3)); // 5
""",
    "": """
function NAME(items) {
  const results = [];
  for (const item of items) {
    if (item === null || item === undefined) {
      continue;
    }
    results.push(item);
  }
  return results;
}

console.log(NAME(["first", null, "second"])); // ["first", "second"]
""",
}
PARAMETERS = re.compile(r"(?<=\bfunction )(\w+)\(([^)]*)\)")


def program(task: str, name: str) -> str:
    """The program for *task*."""
    return PROGRAMS.get(task, PROGRAMS[""]).strip().replace("NAME", name)


def class_program(name: str, fields: list[str]) -> str:
    """A class with *fields*."""
    members = "\n".join(f"    this.{field} = {field};" for field in fields)
    shown = ", ".join(f"${{this.{field}}}" for field in fields)
    example = ", ".join(f'"{field}"' for field in fields)
    return (
        f"class {name} {{\n  constructor({', '.join(fields)}) {{\n{members}\n  }}\n\n  describe() "
        f"{{\n    return `{name}: {shown}`;\n  }}\n}}\n\n"
        f"const item = new {name}({example});\nconsole.log(item.describe());"
    )


def typed(code: str) -> str:
    """*code* as TypeScript: its parameters have a type."""

    def parameters(found: "re.Match[str]") -> str:
        names = [name.strip() for name in found[2].split(",") if name.strip()]
        return (
            f"{found[1]}(" + ", ".join(f"{name}: any{'[]' if name.startswith('...') else ''}" for name in names) + ")"
        )

    return PARAMETERS.sub(parameters, code)
