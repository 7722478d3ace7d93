"""Stops with a plain message when something already listens on a port of this machine. Usage: port_free.py PORT"""

import socket
import sys

port = sys.argv[1]
if not port.isdigit() or not 0 < int(port) < 65536:
    sys.exit(f"PORT is {port!r}; it must be a number from 1 to 65535.")
with socket.socket() as probe:
    probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        probe.bind(("127.0.0.1", int(port)))
    except OSError as error:
        sys.exit(
            f"Port {port} cannot be used ({error.strerror}). Stop what runs there, or add PORT=8001 to the command."
        )
