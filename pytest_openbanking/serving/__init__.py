"""The sandbox over real HTTP, on a loopback port: for subprocesses and other languages."""
