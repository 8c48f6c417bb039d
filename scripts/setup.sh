#!/usr/bin/env bash
# Brings what Hearth needs to build, run and test. Safe to run again: says nothing when there is nothing to do.
#
#   scripts/setup.sh          everything for `make run`
#   scripts/setup.sh test     and the browser and the tools of the page, for `make test`
#   scripts/setup.sh eval     and the voices and recognisers that `make eval` listens with
#
# Debian packages come through apt (with sudo where you are not root); everything else lands in third_party/, which git
# ignores, with its version pinned and its sha256 checked. Delete third_party/ to start over.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

RUST_MIN=1.92
PACKAGES=(build-essential cmake pkg-config unzip ca-certificates python3 python3-venv
  libgstreamer1.0-dev libgstreamer-plugins-base1.0-dev
  gstreamer1.0-plugins-good gstreamer1.0-plugins-bad gstreamer1.0-libav
  espeak-ng flite)
PAGE_PACKAGES=(chromium fonts-dejavu-core nodejs npm)
EVAL_PACKAGES=(wordnet-base festival festvox-kallpc16k festvox-us-slt-hts festlex-cmu)

PARTY=third_party
VENV=$PARTY/venv
LOG=$PARTY/setup.log

case "$(uname -m)" in
  x86_64) WHEEL_PLATFORM=manylinux_2_28_x86_64
    ORT_SHA=fc44112fbe06d7d689c57e11d3862031f64711007e4ee020f8eed5185fd2c1d3 ;;
  aarch64) WHEEL_PLATFORM=manylinux_2_28_aarch64
    ORT_SHA=8aa3b76b28c778a2b1dd660d34161adb1d508c9ccd04ff9dc80e26eca5df8467 ;;
  *) WHEEL_PLATFORM= ORT_SHA= ;;
esac
ORT_LIB=$PARTY/ort/libonnxruntime.so.1.31.1
SILERO=$PARTY/silero/silero_vad.onnx
SILERO_SHA=1a153a22f4509e292a94e67d6f9b85e8deb25b4988682b7e174c65279d8788e3

red= green= plain=
[[ -t 1 && -t 2 ]] && red=$'\033[31m' green=$'\033[32m' plain=$'\033[0m'
stop() { printf '%s %s\n' "$red✗$plain" "$1" >&2; shift; printf '  %s\n' "$@" >&2; exit 1; }
done_in() { printf '%s %s (%s s)\n' "$green✓$plain" "$1" "$((SECONDS - STEP_BEGAN))"; }
begin() { STEP_BEGAN=$SECONDS; printf '· %s ...\n' "$1"; }

# Runs a command with its words going to the log; shows their end when it fails.
quietly() {
  mkdir -p $PARTY
  echo "+ $*" >>$LOG
  if ! "$@" >>$LOG 2>&1; then
    tail -n 25 $LOG >&2
    stop "this did not work: $*" "All of it is in $LOG; mend what it says and run the same command again."
  fi
}

has_sha() { [[ -f $1 ]] && echo "$2  $1" | sha256sum --check --status; }

check_machine() {
  [[ $(uname -s) == Linux && -n $WHEEL_PLATFORM ]] ||
    stop "Hearth is built and tested on Linux, x86_64 and aarch64; this is $(uname -sm)"
}

check_rust() {
  local found
  found=$(rustc --version 2>/dev/null | cut -d' ' -f2) || true
  [[ -n $found ]] && command -v cargo >/dev/null ||
    stop "no Rust toolchain found (rustc and cargo)" "Install Rust $RUST_MIN or newer: https://www.rust-lang.org/tools/install"
  [[ $(printf '%s\n' $RUST_MIN "$found" | sort -V | head -n 1) == "$RUST_MIN" ]] ||
    stop "Rust $found is too old, Hearth needs $RUST_MIN or newer" "With rustup: rustup update stable"
}

is_installed() { [[ $(dpkg-query -W -f '${db:Status-Status}' "$1" 2>/dev/null) == installed ]]; }

# A python3 of your own with venv serves as well as Debian's.
python_is_enough() { python3 -c 'import sys, venv, ensurepip; assert sys.version_info >= (3, 10)' 2>/dev/null; }

# So does a Node.js with its npm; newer ones than Debian's bring both in one package.
node_is_enough() { command -v npm >/dev/null && [[ $(node --version 2>/dev/null) =~ ^v(1[89]|[2-9][0-9])\. ]]; }

debian_packages() {
  local wanted=() package
  for package in "$@"; do
    [[ $package == python3* ]] && python_is_enough && continue
    [[ $package == nodejs || $package == npm ]] && node_is_enough && continue
    is_installed "$package" || wanted+=("$package")
  done
  ((${#wanted[@]})) || return 0
  local root=()
  ((EUID == 0)) || root=(sudo)
  ((EUID == 0)) || command -v sudo >/dev/null ||
    stop "these Debian packages are missing, and there is no sudo to install them" "As root: apt-get install ${wanted[*]}"
  begin "Debian packages: ${wanted[*]}"
  quietly "${root[@]}" apt-get update
  quietly "${root[@]}" env DEBIAN_FRONTEND=noninteractive apt-get install -y --no-install-recommends "${wanted[@]}"
  done_in "Debian packages"
}

# Without apt we look for what the packages bring, and only tell.
other_systems() {
  local missing=() tool
  for tool in cc c++ cmake pkg-config unzip python3 espeak-ng flite; do
    command -v $tool >/dev/null || missing+=("$tool")
  done
  python_is_enough || missing+=("python3 >= 3.10 with venv")
  pkg-config --exists gstreamer-1.0 gstreamer-app-1.0 2>/dev/null ||
    missing+=("GStreamer 1.22 development files and its good, bad and libav plugins")
  ((${#missing[@]} == 0)) || stop "this system has no apt, so please install these yourself:" "${missing[@]}"
}

other_systems_page() {
  command -v chromium >/dev/null && node_is_enough ||
    stop "this system has no apt, so please install these yourself:" "Chromium" "Node.js 18 or newer, with npm"
}

# A Python with exactly the packages of a file, in a folder: python_with <what> <requirements> <folder>
python_with() {
  local what=$1 requirements=$2 venv=$3 wanted
  wanted=$(sha256sum "$requirements" | cut -c1-64)
  [[ $(cat "$venv/.hearth" 2>/dev/null) == "$wanted" ]] && "$venv/bin/python" -c '' 2>/dev/null && return 0
  begin "Python with $what, in $venv"
  rm -rf "$venv"
  quietly python3 -m venv "$venv"
  quietly "$venv/bin/python" -m pip install --disable-pip-version-check --no-deps --require-hashes -r "$requirements"
  echo "$wanted" >"$venv/.hearth"
  done_in "Python with $what"
}

# Unpacks files of a pinned wheel: from_wheel <name==version> <folder> <file in the wheel> ...
from_wheel() (
  wheel=$1 folder=$2
  shift 2
  scratch=$(mktemp -d)
  trap 'rm -rf "$scratch"' EXIT
  grep "^$wheel" scripts/wheels.txt >"$scratch/wanted.txt"
  quietly $VENV/bin/python -m pip download --disable-pip-version-check --no-deps --only-binary=:all: --require-hashes \
    --platform $WHEEL_PLATFORM --python-version 3.12 -d "$scratch" -r "$scratch/wanted.txt"
  mkdir -p "$folder"
  quietly unzip -qoj "$scratch/*.whl" "$@" -d "$folder"
)

# The compiler and checks of the page, exactly as its lock file says.
page_tools() {
  local wanted
  wanted=$(sha256sum web-demo/package-lock.json | cut -c1-64)
  [[ $(cat web-demo/node_modules/.hearth 2>/dev/null) == "$wanted" ]] && return 0
  begin "tools of the page, in web-demo/node_modules"
  quietly npm --prefix web-demo ci
  echo "$wanted" >web-demo/node_modules/.hearth
  done_in "tools of the page"
}

onnxruntime() {
  has_sha $ORT_LIB $ORT_SHA && return 0
  begin "ONNX Runtime 1.31.1, in $PARTY/ort"
  from_wheel onnxruntime==1.31.1 $PARTY/ort \
    'onnxruntime/capi/libonnxruntime.so*' onnxruntime/LICENSE onnxruntime/ThirdPartyNotices.txt
  has_sha $ORT_LIB $ORT_SHA || stop "$ORT_LIB is not the file we know" "Its sha256 must be $ORT_SHA"
  done_in "ONNX Runtime 1.31.1"
}

silero() {
  has_sha $SILERO $SILERO_SHA && return 0
  begin "Silero voice activity detection 6.2.3, in $PARTY/silero"
  from_wheel silero-vad==6.2.3 $PARTY/silero 'silero_vad/data/silero_vad.onnx' 'silero_vad-6.2.3.dist-info/licenses/LICENSE'
  has_sha $SILERO $SILERO_SHA || stop "$SILERO is not the file we know" "Its sha256 must be $SILERO_SHA"
  done_in "Silero voice activity detection"
}

main() {
  check_machine
  if command -v apt-get >/dev/null; then
    debian_packages "${PACKAGES[@]}"
    [[ ${1:-} != test ]] || debian_packages "${PAGE_PACKAGES[@]}"
    [[ ${1:-} != eval ]] || debian_packages "${EVAL_PACKAGES[@]}"
  else
    other_systems
    [[ ${1:-} != test ]] || other_systems_page
  fi
  check_rust
  python_with "the test clients" tests/python/requirements.txt $VENV
  if [[ ${1:-} == test ]]; then
    python_with "what drives a browser" tests/page/requirements.txt $PARTY/page
    page_tools
  fi
  [[ ${1:-} != eval ]] || python_with "the listeners of the evaluation" scripts/eval-requirements.txt $PARTY/eval
  onnxruntime
  silero
}

main "$@"
