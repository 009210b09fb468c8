"""A target that costs as little as possible: nginx with one process on one core, responding with 140 bytes from memory."""

import pathlib
import shutil

from measure import Process, free_port, wait_for_port

CONFIG = """
daemon off;
master_process off;
worker_processes 1;
worker_rlimit_nofile 65536;
error_log {folder}/error.log crit;
pid {folder}/nginx.pid;
events {{ worker_connections 32768; }}
http {{
    access_log off;
    keepalive_requests 1000000000;
    keepalive_timeout 1h;
    tcp_nodelay on;
    client_body_temp_path {folder}/body;
    proxy_temp_path {folder}/proxy;
    fastcgi_temp_path {folder}/fastcgi;
    uwsgi_temp_path {folder}/uwsgi;
    scgi_temp_path {folder}/scgi;
    server {{
        listen 127.0.0.1:{port} backlog=16384 reuseport;
        location = /served {{ stub_status; }}
        location / {{ default_type text/plain; return 200 "{body}"; }}
    }}
}}
"""


def start(folder, cores):
    """The running process and its URL."""
    folder = pathlib.Path(folder)
    port = free_port()
    config = folder / "nginx.conf"
    config.write_text(CONFIG.format(folder=folder, port=port, body="x" * 140))
    program = shutil.which("nginx") or "/usr/sbin/nginx"
    process = Process([program, "-p", str(folder), "-c", str(config)], cores, folder / "nginx.log")
    wait_for_port(process, port)
    return process, f"http://127.0.0.1:{port}/"
