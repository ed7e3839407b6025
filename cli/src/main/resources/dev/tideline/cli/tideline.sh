#!/bin/sh
# Runs Tideline with the Java that came with it. TIDELINE_JAVA_OPTIONS adds to the JVM's.
set -eu
home=$(cd "$(dirname "$0")/.." && pwd)
aot=
[ -f "$home/lib/tideline.aot" ] && aot="-XX:AOTCache=$home/lib/tideline.aot"
# shellcheck disable=SC2086 # words
exec "$home/jre/bin/java" "@$home/lib/java.options" ${aot:+"$aot"} ${TIDELINE_JAVA_OPTIONS:-} -jar "$home/lib/tideline.jar" "$@"
