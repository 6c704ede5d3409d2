#!/usr/bin/env bash
# What the tests need beyond Python: a system Chromium. Installed where that is possible; else the browser tests
# alone are skipped, and counted aloud by pytest's summary.
set -u
find_chromium() { command -v chromium || command -v chromium-browser || command -v google-chrome; }
if ! find_chromium >/dev/null && command -v apt-get >/dev/null && [ "$(id -u)" = 0 ]; then
  echo "Installing Chromium for the browser tests ..."
  log=$(mktemp)
  apt-get update -qq >"$log" 2>&1
  DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends chromium fonts-dejavu-core >>"$log" 2>&1 \
    || { echo "Chromium could not be installed; the browser tests will be skipped:"; tail -n 3 "$log"; }
  rm -f "$log"
fi
find_chromium >/dev/null || echo "No Chromium here: the browser tests are skipped and counted."
exit 0
