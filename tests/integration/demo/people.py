"""Real parts for the demo: a muistiod process, people who each run `muistio` as a process with a home of their own, and a network
between them (a TCP relay on loopback) that counts bytes, can be slowed down and can be cut."""
import pathlib
import signal
import socket
import subprocess
import threading
import time


class Network:
    """Relays connections to the server's port. Everything passes through unread."""

    def __init__(self):
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.port = self.listener.getsockname()[1]
        self.target = None
        self.bytes_up = self.bytes_down = 0
        self.bytes_down_max = None  # cut every connection once so many bytes went down
        self.bytes_per_second = None
        self.open = set()
        threading.Thread(target=self.accept, daemon=True).start()

    def reset(self):
        self.bytes_up = self.bytes_down = 0

    def cut(self):
        for end in list(self.open):
            try:
                end.shutdown(socket.SHUT_RDWR)
            except OSError:
                pass

    def accept(self):
        while True:
            near, _ = self.listener.accept()
            try:
                far = socket.create_connection(("127.0.0.1", self.target), timeout=5)
                far.settimeout(None)
            except OSError:
                near.close()
                continue
            self.open |= {near, far}
            threading.Thread(target=self.relay, args=(near, far, True), daemon=True).start()
            threading.Thread(target=self.relay, args=(far, near, False), daemon=True).start()

    def relay(self, source, sink, up):
        try:
            while data := source.recv(65536):
                if up:
                    self.bytes_up += len(data)
                else:
                    self.bytes_down += len(data)
                    if self.bytes_per_second:
                        time.sleep(len(data) / self.bytes_per_second)
                    if self.bytes_down_max is not None and self.bytes_down > self.bytes_down_max:
                        self.cut()
                        return
                sink.sendall(data)
        except OSError:
            pass
        finally:
            for end in (source, sink):
                try:
                    end.shutdown(socket.SHUT_RDWR)
                except OSError:
                    pass
                self.open.discard(end)


class Server:
    """A muistiod on loopback with TLS, over one data folder; its log goes to a file."""

    def __init__(self, program, data, log):
        self.program, self.data, self.log = program, pathlib.Path(data), pathlib.Path(log)
        self.process = None
        self.port = 0

    def start(self):
        out = open(self.log, "ab")
        self.process = subprocess.Popen(
            [self.program, "serve", "--data", str(self.data), "--listen", f"127.0.0.1:{self.port}", "--dev-tls"],
            stdout=subprocess.PIPE, stderr=out)
        line = self.process.stdout.readline().decode().strip()
        if not line.startswith("ready wss://127.0.0.1:"):
            raise SystemExit(f"muistiod did not start: {line!r}; see {self.log}")
        self.port = int(line.rsplit(":", 1)[1])

    def stop(self):
        self.process.send_signal(signal.SIGTERM)
        return self.process.wait(timeout=10)


class Person:
    """One person's `muistio` with a home and a passphrase of its own."""

    def __init__(self, program, name, folder):
        self.program, self.name = program, name
        self.home = folder / name.lower().replace(" ", "-")
        self.passphrase = folder / f"{self.home.name}.passphrase"
        self.passphrase.write_text(f"salasana of {name}\n")

    def run(self, *words, expect=0, text=None):
        """Runs one verb; returns standard output as bytes. A different exit status ends the demo."""
        started = time.monotonic()
        done = subprocess.run([self.program, "--home", str(self.home), *map(str, words)], input=text, capture_output=True,
                              env={"MUISTIO_PASSPHRASE": self.passphrase.read_text().strip(), "PATH": "/usr/bin:/bin"})
        self.seconds = time.monotonic() - started
        self.said = done.stderr.decode(errors="replace").strip()
        expected = expect if isinstance(expect, tuple) else (expect,)
        if done.returncode not in expected:
            raise SystemExit(f"CLAIM FAILED: {self.name}: muistio {' '.join(map(str, words))} ended with {done.returncode}, "
                             f"not {expected}: {self.said[-400:]}")
        self.status = done.returncode
        return done.stdout

    def line(self, *words, **options):
        return self.run(*words, **options).decode().strip()
