"""Other languages: small programs in each. `NAME` is the function's name."""

GREETING = {
    "java": 'public class Main {\n    public static void main(String[] args) {\n        System.out.println("Hello, World!");\n    }\n}',
    "go": 'package main\n\nimport "fmt"\n\nfunc main() {\n\tfmt.Println("Hello, World!")\n}',
    "rust": 'fn main() {\n    println!("Hello, World!");\n}',
    "c": '#include <stdio.h>\n\nint main(void) {\n    printf("Hello, World!\\n");\n    return 0;\n}',
    "cpp": '#include <iostream>\n\nint main() {\n    std::cout << "Hello, World!" << std::endl;\n    return 0;\n}',
    "csharp": 'using System;\n\nclass Program\n{\n    static void Main()\n    {\n        Console.WriteLine("Hello, World!");\n    }\n}',
    "ruby": 'puts "Hello, World!"',
    "php": '<?php\n\necho "Hello, World!\\n";',
    "swift": 'print("Hello, World!")',
    "kotlin": 'fun main() {\n    println("Hello, World!")\n}',
    "r": 'cat("Hello, World!\\n")',
    "perl": 'print "Hello, World!\\n";',
    "scala": '@main def run(): Unit = println("Hello, World!")',
    "lua": 'print("Hello, World!")',
    "haskell": 'main :: IO ()\nmain = putStrLn "Hello, World!"',
}
REVERSING = {
    "java": 'public class Main {\n    static String NAME(String text) {\n        return new StringBuilder(text).reverse().toString();\n    }\n\n    public static void main(String[] args) {\n        System.out.println(NAME("hello"));\n    }\n}',
    "go": 'package main\n\nimport "fmt"\n\nfunc NAME(text string) string {\n\trunes := []rune(text)\n\tfor i, j := 0, len(runes)-1; i < j; i, j = i+1, j-1 {\n\t\trunes[i], runes[j] = runes[j], runes[i]\n\t}\n\treturn string(runes)\n}\n\nfunc main() {\n\tfmt.Println(NAME("hello"))\n}',
    "rust": 'fn NAME(text: &str) -> String {\n    text.chars().rev().collect()\n}\n\nfn main() {\n    println!("{}", NAME("hello"));\n}',
    "c": '#include <stdio.h>\n#include <string.h>\n\nvoid NAME(char *text) {\n    size_t length = strlen(text);\n    for (size_t i = 0; i < length / 2; i++) {\n        char kept = text[i];\n        text[i] = text[length - 1 - i];\n        text[length - 1 - i] = kept;\n    }\n}\n\nint main(void) {\n    char text[] = "hello";\n    NAME(text);\n    printf("%s\\n", text);\n    return 0;\n}',
    "cpp": '#include <algorithm>\n#include <iostream>\n#include <string>\n\nstd::string NAME(std::string text) {\n    std::reverse(text.begin(), text.end());\n    return text;\n}\n\nint main() {\n    std::cout << NAME("hello") << std::endl;\n    return 0;\n}',
    "csharp": 'using System;\nusing System.Linq;\n\nclass Program\n{\n    static string NAME(string text) => new string(text.Reverse().ToArray());\n\n    static void Main()\n    {\n        Console.WriteLine(NAME("hello"));\n    }\n}',
    "ruby": 'def NAME(text)\n  text.reverse\nend\n\nputs NAME("hello")',
    "php": '<?php\n\nfunction NAME(string $text): string\n{\n    return strrev($text);\n}\n\necho NAME("hello"), "\\n";',
    "swift": 'func NAME(_ text: String) -> String {\n    return String(text.reversed())\n}\n\nprint(NAME("hello"))',
    "kotlin": 'fun NAME(text: String): String = text.reversed()\n\nfun main() {\n    println(NAME("hello"))\n}',
}
FACTORIAL = {
    "java": "public class Main {\n    static long NAME(int number) {\n        long result = 1;\n        for (int factor = 2; factor <= number; factor++) {\n            result *= factor;\n        }\n        return result;\n    }\n\n    public static void main(String[] args) {\n        System.out.println(NAME(5));\n    }\n}",
    "go": 'package main\n\nimport "fmt"\n\nfunc NAME(number int) int {\n\tresult := 1\n\tfor factor := 2; factor <= number; factor++ {\n\t\tresult *= factor\n\t}\n\treturn result\n}\n\nfunc main() {\n\tfmt.Println(NAME(5))\n}',
    "rust": 'fn NAME(number: u64) -> u64 {\n    (1..=number).product()\n}\n\nfn main() {\n    println!("{}", NAME(5));\n}',
    "c": '#include <stdio.h>\n\nunsigned long long NAME(int number) {\n    unsigned long long result = 1;\n    for (int factor = 2; factor <= number; factor++) {\n        result *= factor;\n    }\n    return result;\n}\n\nint main(void) {\n    printf("%llu\\n", NAME(5));\n    return 0;\n}',
    "cpp": "#include <iostream>\n\nunsigned long long NAME(int number) {\n    unsigned long long result = 1;\n    for (int factor = 2; factor <= number; factor++) {\n        result *= factor;\n    }\n    return result;\n}\n\nint main() {\n    std::cout << NAME(5) << std::endl;\n    return 0;\n}",
    "csharp": "using System;\n\nclass Program\n{\n    static long NAME(int number) => number < 2 ? 1 : number * NAME(number - 1);\n\n    static void Main()\n    {\n        Console.WriteLine(NAME(5));\n    }\n}",
    "ruby": "def NAME(number)\n  (1..number).reduce(1, :*)\nend\n\nputs NAME(5)",
    "php": '<?php\n\nfunction NAME(int $number): int\n{\n    return $number < 2 ? 1 : $number * NAME($number - 1);\n}\n\necho NAME(5), "\\n";',
    "swift": "func NAME(_ number: Int) -> Int {\n    return number < 2 ? 1 : number * NAME(number - 1)\n}\n\nprint(NAME(5))",
    "kotlin": "fun NAME(number: Int): Long = if (number < 2) 1 else number * NAME(number - 1)\n\nfun main() {\n    println(NAME(5))\n}",
}
ADDING = {
    "java": "public class Main {\n    static int NAME(int first, int second) {\n        return first + second;\n    }\n\n    public static void main(String[] args) {\n        System.out.println(NAME(2, 3));\n    }\n}",
    "go": 'package main\n\nimport "fmt"\n\nfunc NAME(first, second int) int {\n\treturn first + second\n}\n\nfunc main() {\n\tfmt.Println(NAME(2, 3))\n}',
    "rust": 'fn NAME(first: i64, second: i64) -> i64 {\n    first + second\n}\n\nfn main() {\n    println!("{}", NAME(2, 3));\n}',
    "c": '#include <stdio.h>\n\nint NAME(int first, int second) {\n    return first + second;\n}\n\nint main(void) {\n    printf("%d\\n", NAME(2, 3));\n    return 0;\n}',
    "cpp": "#include <iostream>\n\nint NAME(int first, int second) {\n    return first + second;\n}\n\nint main() {\n    std::cout << NAME(2, 3) << std::endl;\n    return 0;\n}",
    "csharp": "using System;\n\nclass Program\n{\n    static int NAME(int first, int second) => first + second;\n\n    static void Main()\n    {\n        Console.WriteLine(NAME(2, 3));\n    }\n}",
    "ruby": "def NAME(first, second)\n  first + second\nend\n\nputs NAME(2, 3)",
    "php": '<?php\n\nfunction NAME(int $first, int $second): int\n{\n    return $first + $second;\n}\n\necho NAME(2, 3), "\\n";',
    "swift": "func NAME(_ first: Int, _ second: Int) -> Int {\n    return first + second\n}\n\nprint(NAME(2, 3))",
    "kotlin": "fun NAME(first: Int, second: Int): Int = first + second\n\nfun main() {\n    println(NAME(2, 3))\n}",
}
FIBONACCI = {
    "java": "public class Main {\n    static long NAME(int index) {\n        long current = 0, following = 1;\n        for (int i = 0; i < index; i++) {\n            long sum = current + following;\n            current = following;\n            following = sum;\n        }\n        return current;\n    }\n\n    public static void main(String[] args) {\n        System.out.println(NAME(10));\n    }\n}",
    "go": 'package main\n\nimport "fmt"\n\nfunc NAME(index int) int {\n\tcurrent, following := 0, 1\n\tfor i := 0; i < index; i++ {\n\t\tcurrent, following = following, current+following\n\t}\n\treturn current\n}\n\nfunc main() {\n\tfmt.Println(NAME(10))\n}',
    "rust": 'fn NAME(index: u32) -> u64 {\n    let (mut current, mut following) = (0u64, 1u64);\n    for _ in 0..index {\n        (current, following) = (following, current + following);\n    }\n    current\n}\n\nfn main() {\n    println!("{}", NAME(10));\n}',
    "c": '#include <stdio.h>\n\nunsigned long long NAME(int index) {\n    unsigned long long current = 0, following = 1;\n    for (int i = 0; i < index; i++) {\n        unsigned long long sum = current + following;\n        current = following;\n        following = sum;\n    }\n    return current;\n}\n\nint main(void) {\n    printf("%llu\\n", NAME(10));\n    return 0;\n}',
    "cpp": "#include <iostream>\n\nunsigned long long NAME(int index) {\n    unsigned long long current = 0, following = 1;\n    for (int i = 0; i < index; i++) {\n        unsigned long long sum = current + following;\n        current = following;\n        following = sum;\n    }\n    return current;\n}\n\nint main() {\n    std::cout << NAME(10) << std::endl;\n    return 0;\n}",
    "ruby": "def NAME(index)\n  current, following = 0, 1\n  index.times { current, following = following, current + following }\n  current\nend\n\nputs NAME(10)",
}
PROCESSING = {
    "java": 'import java.util.List;\nimport java.util.Objects;\n\npublic class Main {\n    static List<String> NAME(List<String> items) {\n        return items.stream().filter(Objects::nonNull).map(String::trim).toList();\n    }\n\n    public static void main(String[] args) {\n        System.out.println(NAME(List.of(" first ", "second")));\n    }\n}',
    "go": 'package main\n\nimport (\n\t"fmt"\n\t"strings"\n)\n\nfunc NAME(items []string) []string {\n\tresults := make([]string, 0, len(items))\n\tfor _, item := range items {\n\t\tresults = append(results, strings.TrimSpace(item))\n\t}\n\treturn results\n}\n\nfunc main() {\n\tfmt.Println(NAME([]string{" first ", "second"}))\n}',
    "rust": 'fn NAME(items: &[&str]) -> Vec<String> {\n    items.iter().map(|item| item.trim().to_string()).collect()\n}\n\nfn main() {\n    println!("{:?}", NAME(&[" first ", "second"]));\n}',
    "c": '#include <stddef.h>\n#include <stdio.h>\n\nint NAME(const int *items, size_t count) {\n    int result = 0;\n    for (size_t i = 0; i < count; i++) {\n        result += items[i];\n    }\n    return result;\n}\n\nint main(void) {\n    int items[] = {1, 2, 3};\n    printf("%d\\n", NAME(items, 3));\n    return 0;\n}',
    "cpp": "#include <iostream>\n#include <vector>\n\nstd::vector<int> NAME(const std::vector<int>& items) {\n    std::vector<int> results;\n    for (int item : items) {\n        results.push_back(item);\n    }\n    return results;\n}\n\nint main() {\n    std::cout << NAME({1, 2, 3}).size() << std::endl;\n    return 0;\n}",
    "csharp": 'using System;\nusing System.Collections.Generic;\nusing System.Linq;\n\nclass Program\n{\n    static List<string> NAME(IEnumerable<string> items) => items.Select(item => item.Trim()).ToList();\n\n    static void Main()\n    {\n        Console.WriteLine(string.Join(", ", NAME(new[] { " first ", "second" })));\n    }\n}',
    "ruby": 'def NAME(items)\n  items.compact.map { |item| item.to_s.strip }\nend\n\np NAME([" first ", nil, "second"])',
    "php": '<?php\n\nfunction NAME(array $items): array\n{\n    return array_map(\'trim\', array_filter($items));\n}\n\nprint_r(NAME([" first ", "second"]));',
    "swift": 'func NAME(_ items: [String]) -> [String] {\n    return items.filter { !$0.isEmpty }\n}\n\nprint(NAME(["first", "", "second"]))',
    "kotlin": 'fun NAME(items: List<String?>): List<String> = items.filterNotNull().map { it.trim() }\n\nfun main() {\n    println(NAME(listOf(" first ", null, "second")))\n}',
    "r": "NAME <- function(items) {\n  items[!is.na(items)]\n}\n\nprint(NAME(c(1, NA, 2)))",
    "perl": 'use strict;\nuse warnings;\n\nsub NAME {\n    my @items = @_;\n    return grep { defined } @items;\n}\n\nprint join(", ", NAME("first", undef, "second")), "\\n";',
    "scala": 'def NAME(items: List[String]): List[String] = items.map(_.trim).filter(_.nonEmpty)\n\n@main def run(): Unit = println(NAME(List(" first ", "second")))',
    "lua": 'local function NAME(items)\n  local results = {}\n  for _, item in ipairs(items) do\n    table.insert(results, item)\n  end\n  return results\nend\n\nprint(#NAME({ "first", "second" }))',
    "haskell": 'NAME :: [String] -> [String]\nNAME = filter (not . null)\n\nmain :: IO ()\nmain = print (NAME ["first", "", "second"])',
}
TASKS = {
    "hello_world": GREETING,
    "reverse_string": REVERSING,
    "factorial": FACTORIAL,
    "add": ADDING,
    "fibonacci": FIBONACCI,
}
SNAKE = frozenset(("rust", "ruby", "c", "cpp", "perl", "r", "lua", "php"))  # languages whose names have underscores

PAGES = {
    "html": """<!DOCTYPE html>
<html lang="en">
<head>
  <meta charset="utf-8">
  <meta name="viewport" content="width=device-width, initial-scale=1">
  <title>TITLE</title>
</head>
<body>
  <h1>TITLE</h1>
  <p>Welcome! This page is about TOPIC.</p>
  <button type="button">Learn more</button>
</body>
</html>""",
    "css": """.container {
  display: flex;
  align-items: center;
  justify-content: center;
  gap: 1rem;
  min-height: 100vh;
}

.button {
  padding: 0.5rem 1rem;
  border: none;
  border-radius: 0.5rem;
  background: #2563eb;
  color: #fff;
}""",
    "yaml": """name: example
version: 1
settings:
  enabled: true
  retries: 3
items:
  - first
  - second""",
    "dockerfile": """FROM python:3.12-slim
WORKDIR /app
COPY requirements.txt .
RUN pip install --no-cache-dir -r requirements.txt
COPY . .
EXPOSE 8000
CMD ["python", "main.py"]""",
}


def program(language: str, task: str, name: str) -> str:
    """The program for *task*, or one that goes through items."""
    table = TASKS.get(task, PROCESSING)
    return table.get(language, PROCESSING[language]).replace("NAME", name)
