#!/bin/sh
# Seed a chain with a past, start line-sim and stampd on loopback, print one URL, stop both at Ctrl-C.
# Usage: demo.sh build/<variant>     PORT (8080) and SIM_PORT (8091) may be set.
set -eu
bin=$1
port=${PORT:-8080}
sim_port=${SIM_PORT:-8091}
dir=build/demo
url=http://127.0.0.1:$port
sim=http://127.0.0.1:$sim_port

"$bin/stampd" demo-data --dir "$dir" --listen "127.0.0.1:$port" --sim "$sim" --language "${DEMO_LANGUAGE:-en}"
"$bin/stampd" --config "$dir/stampd.conf" check | tail -1
"$bin/line-sim" --listen "127.0.0.1:$sim_port" --webhook "$url/line/webhook" --liff "$url/card" >"$dir/line-sim.log" 2>&1 &
sim_pid=$!
"$bin/stampd" --config "$dir/stampd.conf" serve >"$dir/stampd.log" 2>&1 &
stampd_pid=$!
trap 'kill $stampd_pid $sim_pid 2>/dev/null; wait; exit 0' INT TERM
trap 'kill $stampd_pid $sim_pid 2>/dev/null' EXIT

tries=0
until grep -q serve.started "$dir/stampd.log" && grep -q listening "$dir/line-sim.log"; do
    tries=$((tries + 1))
    if [ $tries -gt 100 ] || ! kill -0 $stampd_pid 2>/dev/null || ! kill -0 $sim_pid 2>/dev/null; then
        echo "the demo did not start (PORT and SIM_PORT choose other ports):"
        tail -n 3 "$dir/stampd.log"
        tail -n 3 "$dir/line-sim.log"
        exit 1
    fi
    sleep 0.1
done
echo
echo "  The demo is running. Open   $url/demo"
echo
echo "  Everything in it stays on this machine: LINE is played by line-sim. Ctrl-C ends it."
echo "  Logs: $dir/stampd.log, $dir/line-sim.log"
# Pictures take their time to draw; nobody has to wait for them.
"$bin/stampd" --config "$dir/stampd.conf" richmenu deploy >"$dir/richmenu.log" 2>&1 &
wait $stampd_pid
