#!/usr/bin/env python3
"""Prints a C program that prints the layout of every struct and the number of every constant of the C interface, from its headers.
What it prints is pinned in layout.txt; the tests compare."""
import glob
import os
import re
import sys

folder = sys.argv[1]
print('#include <stdio.h>\n#include <muistio/c/muistio.h>\nint main(void) {')
for path in sorted(glob.glob(os.path.join(folder, "*.h"))):
    text = re.sub(r"/\*.*?\*/", "", open(path, encoding="utf-8").read(), flags=re.S)
    for body, name in re.findall(r"typedef struct \w+ \{(.*?)\} (\w+);", text, re.S):
        print(f'  printf("struct {name} %zu\\n", sizeof({name}));')
        for field in re.findall(r"(\w+)(?:\[\d+\])?;", body):
            print(f'  printf("  {field} %zu %zu\\n", offsetof({name}, {field}), sizeof((({name}*)0)->{field}));')
    for body in re.findall(r"^enum \{(.*?)\};", text, re.S | re.M):
        for constant in re.findall(r"(MUISTIO_\w+)\s*=", body):
            print(f'  printf("{constant} %d\\n", {constant});')
print('  return 0;\n}')
