"""Serve a GGUF file with llama.cpp's own server until standard input ends; says its address first.

Run as a program: the server's threads and its log stay out of the tests' process.
"""

import os
import sys

import xllamacpp


def main() -> None:
    """One argument: the model's file."""
    stdout = os.dup(1)
    os.dup2(2, 1)  # the log of the server
    settings = xllamacpp.CommonParams()
    settings.model.path = sys.argv[1]
    settings.hostnames, settings.port = ["127.0.0.1"], 0
    settings.n_ctx, settings.n_parallel = 4 * 8192, 4
    settings.cpuparams.n_threads = settings.cpuparams_batch.n_threads = 1
    settings.n_gpu_layers, settings.fit_params = 0, False
    settings.offline, settings.ui = True, False
    server = xllamacpp.Server(settings)
    os.write(stdout, f"{server.listening_address}\n".encode())
    sys.stdin.read()
    os._exit(0)


if __name__ == "__main__":
    main()
