# Has curl note each call, with its status and what was answered. $NOTES is where.
curl() {
  local notes="$NOTES/$BASHPID.$RANDOM"
  if [[ "$*" == *text/event-stream* ]]; then
    first_event "$notes" "$@"
  else
    command curl "$@" -w '%{stderr}\n@@%{http_code} %{method} %{url}\n' 2>"$notes.said" | tee "$notes.body"
  fi
  local code=$?
  echo "$notes" >>"$NOTES/calls"
  return "$code"
}

# A stream has no end: what comes up to the first event or cursor is enough.
first_event() {
  local notes=$1 line status=0 stream
  shift
  exec {stream}< <(exec curl "$@" 2>/dev/null)
  local reader=$!
  while IFS= read -r line <&"$stream"; do
    printf '%s\n' "$line" | tee -a "$notes.body"
    [[ $line == id:* ]] && status=200 && break
  done
  kill "$reader"
  exec {stream}<&-
  printf '@@%s GET %s\n' "$status" "${*: -1}" >"$notes.said"
}
