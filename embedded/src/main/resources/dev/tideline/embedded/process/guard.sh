# Waits until the supervisor is gone, then stops the servers it left.
# $1: the folder of pid files, each "PID SIGNAL START"; $2: the data directory that their command lines name.
trap '' INT TERM HUP
cat >/dev/null

# Whether process $1 names the directory $2 and began at $3; a later one may have the same number.
ours() {
  pid=$1 data=$2 start=$3
  case $pid in '' | *[!0-9]*) return 1 ;; esac
  if [ -r "/proc/$pid/stat" ]; then
    stat=$(cat "/proc/$pid/stat" 2>/dev/null) || return 1
    set -f
    set -- ${stat##*") "}
    set +f
    [ -z "$start" ] || [ "$start" = - ] || [ "$start" = "${20}" ] || return 1
    tr '\0' ' ' <"/proc/$pid/cmdline" | grep -qF -- "$data"
  else
    ps -o args= -p "$pid" 2>/dev/null | grep -qF -- "$data"
  fi
}

each() {
  for file in "$1"/*.pid; do
    [ -f "$file" ] || continue
    read -r pid signal start <"$file" || continue
    case $signal in TERM | INT) ;; *) continue ;; esac
    of=$pid
    if ours "$of" "$2" "$start"; then
      [ "$3" = signal ] && kill "-$signal" "$of" 2>/dev/null
      [ "$3" = kill ] && kill -KILL "$of" 2>/dev/null
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
