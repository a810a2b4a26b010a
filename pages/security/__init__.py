"""What stands between the internet and the pages: cookies, headers, origins, sockets."""
