"""text_table.py --ours BENCH_TEXT [--peers TEXT_PEER] [--without PEER] [--repeat R] [--rounds N] TRACE…: our text beside others' on the traces, one JSON line
of each program a case (kept in build/bench-text.jsonl), then a markdown table. The programs of a case run one after the other, in
each of N rounds; the row has the median of the rounds' medians. Ends with 1 if a text was not the trace's."""
import argparse
import json
import os
import statistics
import subprocess
import sys

PEERS = ["diamond-types", "yrs", "loro", "automerge"]
SEQUENTIAL = ["whole", "batches", "typing", "load", "offline"]
CONCURRENT = ["concurrent", "batches", "load"]


def measured(command, kept):
    """The JSON line of a program; without one, None and why."""
    done = subprocess.run(command, capture_output=True, text=True)
    line = done.stdout.strip().splitlines()[-1] if done.stdout.strip() else ""
    if not line.startswith("{"):
        return None, (done.stderr.strip().splitlines() or ["no answer"])[-1]
    kept.write(line + "\n")
    return json.loads(line), ""


def row(ours, theirs):
    """One row: case and trace, ours, then each peer's with how many times ours it is."""
    cells = [f"{ours['case']} {ours['trace']}", f"{ours['cpu_ms']:.2f}", f"{ours['bytes']:,}", f"{ours['peak_kib']:,}"]
    for name in PEERS:
        peer = theirs.get(name)
        if peer is None:
            cells += ["–", "–"]
            continue
        cells.append(f"{peer['cpu_ms']:.2f} ({peer['cpu_ms'] / ours['cpu_ms']:.1f}×)")
        cells.append(f"{peer['bytes']:,} ({peer['bytes'] / ours['bytes']:.2f}×)")
    return "| " + " | ".join(cells) + " |"


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--ours", required=True)
    parser.add_argument("--peers")
    parser.add_argument("--repeat", default="7")
    parser.add_argument("--rounds", type=int, default=1)
    parser.add_argument("--without", action="append", default=[], help="a peer that is too slow to wait for")
    parser.add_argument("traces", nargs="+")
    options = parser.parse_args()
    os.makedirs("build", exist_ok=True)
    kept = open("build/bench-text.jsonl", "w", encoding="utf-8")
    print(f"Load average at the start: {os.getloadavg()[0]:.1f}; {os.cpu_count()} cores.\n")
    heads = ["case", "muistio ms", "bytes", "peak KiB"] + [part for name in PEERS for part in (f"{name} ms", "bytes")]
    print("| " + " | ".join(heads) + " |\n|" + " --- |" * len(heads))
    rows, bad, versions, memory = 0, [], {}, []
    for trace in options.traces:
        probe = subprocess.run([options.ours, "typing", trace, "--repeat", "1"], capture_output=True)
        for case in SEQUENTIAL if probe.returncode == 0 else CONCURRENT:
            commands = {"muistio": [options.ours]}
            if options.peers:
                commands |= {name: [options.peers, name] for name in PEERS if name not in options.without}
            found = {name: [] for name in commands}
            for _ in range(options.rounds):
                for name, command in commands.items():
                    line, why = measured(command + [case, trace, "--repeat", options.repeat], kept)
                    if line is None:
                        bad.append(f"{name} {case} {trace}: {why}")
                        continue
                    found[name].append(line)
                    if not line["equal"]:
                        bad.append(f"{name} {case} {trace}: another text")
            best = {}
            for name, lines in found.items():
                if lines:
                    best[name] = lines[0] | {"cpu_ms": statistics.median(line["cpu_ms"] for line in lines)}
                    versions[name] = lines[0]["version"]
            if "muistio" not in best:
                continue
            rows += 1
            print(row(best["muistio"], best), flush=True)
            if case == "load":
                ours = best["muistio"]
                memory.append(f"{ours['trace']}: {ours['open_bytes']:,} bytes for a text of {ours['text_bytes']:,}"
                              f" ({ours['open_bytes'] / ours['text_bytes']:.2f}×)")
    print("\nVersions: " + ", ".join(f"{name} {version}" for name, version in versions.items()))
    print("Memory of an open note, from what is stored: " + "; ".join(memory))
    print(f"Load average at the end: {os.getloadavg()[0]:.1f}.")
    for what in bad:
        print(f"left out or wrong: {what}")
    wrong = [what for what in bad if what.endswith("another text") or what.startswith("muistio ")]
    sys.exit(0 if rows > 0 and not wrong else 1)


main()
