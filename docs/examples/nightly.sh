#!/bin/sh
# Collects all accounts of config.json, compares them with the night before, and posts what got worse to Slack.
#
#   SLACK_WEBHOOK   address of an incoming webhook; without one, messages go to standard output
#   CLOUDMAPPER     the program (default: cloudmapper)
#   NIGHTLY_KEEP    how many former snapshots to keep for each account (default: 30)
#
# Run it in the working folder. It needs sh, jq, curl and flock, and writes account-data/, account-history/ and nightly/.
# Exit code 0: all is collected and told. 1: something was not collected. 2: something could not be done; look at nightly/.
set -eu
umask 077

program=${CLOUDMAPPER:-cloudmapper}
keep=${NIGHTLY_KEEP:-30}
started=$(date -u +%Y-%m-%dT%H:%M:%SZ)
exit_code=0

mkdir -p nightly/pending
exec 9>nightly/lock
flock -n 9 || { echo "nightly.sh is running already" >&2; exit 2; }

# A message waits in a file until Slack has taken it: a night without network loses nothing.
say() {
    cat >"nightly/pending/$(date -u +%Y%m%dT%H%M%SZ)-$1.md"
}

# Slack reads `<!channel>` and the like as commands. What is escaped already stays as it is.
escaped() {
    sed -E -e 's/&/\&amp;/g' -e 's/&amp;(amp|lt|gt);/\&\1;/g' -e 's/</\&lt;/g' -e 's/>/\&gt;/g'
}

# One JSON object a line, each within what Slack shows as one message. Nobody is to fetch addresses that a name holds.
payloads() {
    jq -R -s -c '
        [split("\n")[] | .[:3000]]
        | reduce .[] as $line ([""]; if (.[-1] | length) + ($line | length) > 3000 then . + [$line + "\n"] else .[-1] += $line + "\n" end)
        | .[] | select(test("\\S")) | {text: ., unfurl_links: false, unfurl_media: false}' "$1"
}

# The address is a secret: it is neither an argument, which everybody can see, nor in a file.
post() {
    printf 'url = "%s"\n' "$SLACK_WEBHOOK" | curl --config - --silent --show-error --fail --proto '=https' --max-time 30 --retry 3 \
        --header 'Content-Type: application/json' --data-binary @"$1" --output /dev/null
}

send() {
    for message in nightly/pending/*.md; do
        [ -e "$message" ] || return 0
        if [ -z "${SLACK_WEBHOOK:-}" ]; then
            cat "$message"
        else
            payloads "$message" >nightly/payloads
            while IFS= read -r payload; do
                printf '%s' "$payload" >nightly/payload
                post nightly/payload || return 1
                sleep 1
            done <nightly/payloads
        fi
        rm "$message"
    done
}

finish() {
    rm -rf nightly/before
    send || { echo "Slack did not take a message; the next run tries again" >&2; exit 2; }
    exit "$1"
}

case ${SLACK_WEBHOOK:-https://} in
    *[!A-Za-z0-9:/?=%._~-]*) echo "SLACK_WEBHOOK has signs that an address does not have" >&2; exit 2 ;;
    https://*) ;;
    *) echo "SLACK_WEBHOOK must begin with https://" >&2; exit 2 ;;
esac

# 1. Ask AWS.
code=0
"$program" collect --accounts all --keep "$keep" >nightly/collect.txt 2>nightly/collect.err || code=$?
if [ "$code" -gt 1 ]; then
    { echo "*cloudmapper collect failed* (exit code $code)"; tail -n 5 nightly/collect.err | escaped; } | say collect
    finish 2
fi

# 2. What is not there. The table of gaps is told when it is another than the night before.
if [ "$code" -eq 1 ]; then
    exit_code=1
    # Without numbers, which differ from night to night.
    sed 's/[0-9][0-9]*/N/g' nightly/collect.txt >nightly/gaps.new
    if ! cmp -s nightly/gaps.new nightly/gaps; then
        { echo "*Not all was collected*"; head -n 40 nightly/collect.txt | escaped; } | say gaps
    fi
    mv nightly/gaps.new nightly/gaps
else
    rm -f nightly/gaps
fi

# An account whose old snapshot stayed is compared with itself, and nothing new is seen in it: that is told each night.
for manifest in account-data/*/manifest.json; do
    [ -e "$manifest" ] || continue
    jq -r --arg started "$started" --arg file "$manifest" \
        'select(.started < $started or (.complete | not)) | "\($file | split("/")[1]): the snapshot is of \(.started)"' "$manifest"
done >nightly/stale
if [ -s nightly/stale ]; then
    exit_code=1
    { echo "*No new snapshot*"; escaped <nightly/stale; } | say stale
fi

# 3. The night before, with all accounts side by side: the policies of the organization count in each of them.
rm -rf nightly/before
mkdir -p nightly/before/account-data
for history in account-history/*/; do
    latest=
    for packed in "$history"*.json.zst; do
        [ -e "$packed" ] && latest=$packed
    done
    [ -n "$latest" ] || continue
    cp "$latest" "nightly/before/account-data/$(basename "$history").json.zst"
done
if ! ls nightly/before/account-data/*.json.zst >/dev/null 2>&1; then
    echo "There is no former snapshot yet: the next run compares"
    finish "$exit_code"
fi

# 4. What got worse.
code=0
"$program" diff nightly/before . --new-only --no-resources --format markdown >nightly/new.md 2>nightly/diff.err || code=$?
case $code in
    0) ;;
    1) { echo "*New since the last snapshot*"; escaped <nightly/new.md; } | say new ;;
    *) { echo "*cloudmapper diff failed* (exit code $code)"; tail -n 5 nightly/diff.err | escaped; } | say diff
       exit_code=2 ;;
esac
finish "$exit_code"
