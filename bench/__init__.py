"""Measuring: page by page (`make bench`), and with many people at once (`make load`). No part of the service."""
