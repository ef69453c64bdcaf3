# Runs a program for each line of its input, base64, and answers with what the API said to it, base64 too.
curl() { command curl -sS -w '\n%{http_code}' "$@"; }
while read -r line; do
  eval "$(base64 -d <<<"$line")" 2>&1 | base64 -w0
  echo
done
