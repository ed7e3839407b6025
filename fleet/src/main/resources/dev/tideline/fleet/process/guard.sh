# Waits until the supervisor is gone, then stops the servers it left.
# $1: the folder of pid files, each "PID SIGNAL"; $2: the data directory that their command lines name.
trap '' INT TERM HUP
cat >/dev/null

ours() {
  if [ -r "/proc/$1/cmdline" ]; then
    tr '\0' ' ' <"/proc/$1/cmdline" | grep -qF -- "$2"
  else
    ps -o args= -p "$1" 2>/dev/null | grep -qF -- "$2"
  fi
}

each() {
  for file in "$1"/*.pid; do
    [ -f "$file" ] || continue
    read -r pid signal <"$file" || continue
    if ours "$pid" "$2"; then
      [ "$3" = signal ] && kill "-$signal" "$pid" 2>/dev/null
      [ "$3" = kill ] && kill -KILL "$pid" 2>/dev/null
      left=1
    else
      rm -f "$file"
    fi
  done
}

each "$1" "$2" signal
for second in 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20; do
  left=0
  each "$1" "$2" look
  [ "$left" = 0 ] && exit 0
  sleep 1
done
each "$1" "$2" kill
