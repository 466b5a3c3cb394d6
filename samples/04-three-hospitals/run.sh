#!/bin/sh
# From nothing to a model: an authority, four identities, four processes on this machine. Each would be on a machine of its own.
# Usage: run.sh [FOLDER]     FOLDER (default: a new temporary one) gets a copy of this sample, the homes and the results.
#        COTERIE says how the program is called (default: coterie where it is installed, else this clone's), PORT where the coordinator
#        listens (default: 7443).
set -eu
port=${PORT:-7443}
here=$(cd "$(dirname "$0")" && pwd)
place=${1:-$(mktemp -d)}
mkdir -p "$place"
cp -R "$here"/*.yaml "$here"/data "$place"
cd "$place"
if [ -n "${COTERIE:-}" ]; then
    coterie=$COTERIE
elif command -v coterie > /dev/null; then
    coterie=coterie
else
    dotnet build "$here/../../src/Coterie.Cli" -c Release --nologo -v quiet > build.log || { cat build.log; exit 1; }
    printf '#!/bin/sh\nexec dotnet "%s" "$@"\n' "$here/../../artifacts/bin/Coterie.Cli/release/coterie.dll" > coterie
    chmod +x coterie
    coterie=./coterie
fi
for config in coordinator hospital-a hospital-b hospital-c; do
    sed "s/:7443/:$port/; /^metrics:/d" "$config.yaml" > "$config.tmp" && mv "$config.tmp" "$config.yaml"
done

# 1. Who decides about the consortium makes its authority and invites the parties. A token lets one party join once.
$coterie identity init --home homes/authority --name three-hospitals
for party in coordinator hospital-a hospital-b hospital-c; do
    role=participant
    if [ "$party" = coordinator ]; then role=coordinator; fi
    $coterie identity invite "$party" --role "$role" --home homes/authority --json > "$party.invitation"
    # 2. Every party joins; its key never leaves its home. Elsewhere: --server https://HOST:PORT, while the coordinator runs.
    sed -n 's/.*"invitation": "\([^"]*\)".*/\1/p' "$party.invitation" | $coterie identity join - --home "homes/$party" --authority homes/authority/authority
    rm "$party.invitation"
done

# 3. The hospitals start, each with its own config, data and limits; the coordinator offers the task and trains.
pids=
stop() { for pid in $pids; do kill "$pid" 2> /dev/null || true; done; }
trap stop EXIT INT TERM
for party in hospital-a hospital-b hospital-c; do
    $coterie participant "$party.yaml" --once &
    pids="$pids $!"
done
$coterie coordinator coordinator.yaml --task task.yaml
for pid in $pids; do wait "$pid"; done
trap - EXIT
ls "$place/results/three-hospitals"
