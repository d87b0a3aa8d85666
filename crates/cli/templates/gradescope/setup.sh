#!/bin/sh
# Gradescope runs this once, as root, when it builds the image in which all submissions are judged.
set -eu

# What the submissions need to be built and run.
export DEBIAN_FRONTEND=noninteractive
apt-get update
apt-get install -y --no-install-recommends gcc g++ libc6-dev make python3

chmod +x /autograder/source/interleave
if ! /autograder/source/interleave --version; then
    echo "This interleave does not run here: it was built for a newer system. Build it on this image's release of Ubuntu (or for" >&2
    echo "the target x86_64-unknown-linux-musl), and make the zip again by that: interleave gradescope --binary FILE …" >&2
    exit 1
fi
# What this container lets verdicts rest on stands in the log of the build.
/autograder/source/interleave doctor || true
