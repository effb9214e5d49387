#!/bin/sh
exec "$(dirname -- "$0")/../with_python.sh" logs "$@"
