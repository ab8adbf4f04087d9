#!/usr/bin/env python3
"""Prints include/muistio/c/status.h from the one table of error codes, which is the argument. The tests hold the two equal."""
import re
import sys

print("""/* The statuses: made from crypto/base/include/muistio/base/error_codes.def by client-sdk/c/status_header.py. Numbers are stable:
 * some are added in later versions, none is renumbered. What is not known is to be treated as a failure like any other. */
#ifndef MUISTIO_C_STATUS_H
#define MUISTIO_C_STATUS_H

enum {
  MUISTIO_OK = 0,""")
rows = re.findall(r'^MUISTIO_ERROR\((\w+), (\d+), "(.*)"\)$', open(sys.argv[1], encoding="utf-8").read(), re.M)
for place, (name, number, sentence) in enumerate(rows):
    comma = "," if place + 1 < len(rows) else ""
    print(f"  MUISTIO_E_{name.upper()} = {number}{comma} /* {sentence} */")
print("""};

#endif""")
