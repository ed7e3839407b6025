#!/bin/sh
# Runs Tideline with the Java that came with it. TIDELINE_JAVA_OPTIONS adds to the JVM's.
set -eu
unset CDPATH # cd would print where it went
script=$0
while [ -L "$script" ]; do
  link=$(readlink "$script")
  case "$link" in
    /*) script=$link ;;
    *) script=$(dirname "$script")/$link ;;
  esac
done
home=$(cd "$(dirname "$script")/.." && pwd -P)
# Java reads and writes file names in the locale's character set.
if command -v locale >/dev/null 2>&1 && [ "$(locale charmap 2>/dev/null)" != UTF-8 ]; then
  LC_ALL=C.UTF-8
  export LC_ALL
fi
aot=
[ -f "$home/lib/tideline.aot" ] && aot="-XX:AOTCache=$home/lib/tideline.aot"
# shellcheck disable=SC2086 # words
exec "$home/jre/bin/java" "@$home/lib/java.options" ${aot:+"$aot"} ${TIDELINE_JAVA_OPTIONS:-} -jar "$home/lib/tideline.jar" "$@"
