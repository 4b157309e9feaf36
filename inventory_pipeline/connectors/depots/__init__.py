"""Depots: where files are dropped. A folder of this machine, SFTP, S3 or a web server.

A depot looks at a file, copies it and moves it aside; it knows no format and no rule about
when a file is whole. Every name is below the depot's own folder, and no link leads out of it.
"""
