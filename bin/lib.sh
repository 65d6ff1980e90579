# Shared by the scripts in bin/; sourced, never run.
# shellcheck shell=bash

readonly JDK_NEEDED=25
readonly JAR=target/quarkus-app/quarkus-run.jar
root=$(cd -- "$(dirname -- "${BASH_SOURCE[0]}")/.." && pwd -P)
child=""

say() { printf '%s\n' "$*"; }
fail() {
  printf 'bin/%s: %s\n' "$(basename -- "$0")" "$*" >&2
  exit 1
}

# The major version of the JDK in a directory, read from its release file; nothing if it is none.
jdk_major() {
  [[ -x $1/bin/java && -x $1/bin/javac && -r $1/release ]] || return 0
  sed -n 's/^JAVA_VERSION="\([0-9][0-9]*\).*/\1/p' "$1/release"
}

jdk_fits() {
  local major
  major=$(jdk_major "$1")
  [[ -n $major ]] && ((major >= JDK_NEEDED))
}

# The directory of the JDK whose javac is on the PATH, behind any symbolic links.
jdk_on_path() {
  local javac
  javac=$(command -v javac) || return 0
  javac=$(readlink -f -- "$javac" 2>/dev/null) || return 0
  dirname -- "$(dirname -- "$javac")"
}

newest_installed_jdk() {
  local dir major best="" best_major=0
  for dir in /usr/lib/jvm/* /opt/* "$HOME"/.sdkman/candidates/java/* \
    /Library/Java/JavaVirtualMachines/*/Contents/Home; do
    major=$(jdk_major "$dir")
    if [[ -n $major ]] && ((major > best_major)); then
      best=$dir best_major=$major
    fi
  done
  printf '%s' "$best"
}

# Sets and exports JAVA_HOME to a JDK that fits, or says what to install.
choose_jdk() {
  local dir
  for dir in "${JAVA_HOME:-}" "$(jdk_on_path)" "$(newest_installed_jdk)"; do
    if [[ -n $dir ]] && jdk_fits "$dir"; then
      export JAVA_HOME=$dir
      return
    fi
  done
  fail "no JDK $JDK_NEEDED or newer found. Install one (for example Temurin, https://adoptium.net)" \
    "and set JAVA_HOME to it."
}

# Runs a command so that a signal to this script is handled at once and not after the command;
# the script's own trap ends it through $child.
run_child() {
  local status=0
  "$@" &
  child=$!
  wait "$child" || status=$?
  child=""
  return "$status"
}

stop_child() {
  [[ -z $child ]] || kill -TERM "$child" 2>/dev/null || true
}

# Runs a command with its output in a log file and shows the seconds it takes; the log's end on failure.
run_quietly() {
  local label=$1 log=$2 start=$SECONDS status=0
  shift 2
  "$@" >"$log" 2>&1 &
  child=$!
  [[ -t 1 ]] || say "$label ..."
  while kill -0 "$child" 2>/dev/null; do
    [[ ! -t 1 ]] || printf '\r%s ... %ds ' "$label" $((SECONDS - start))
    sleep 1 &
    wait $! || true
  done
  wait "$child" || status=$?
  child=""
  if ((status != 0)); then
    [[ ! -t 1 ]] || printf '\r%s ... failed\n' "$label"
    tail -n 40 -- "$log" >&2
    fail "$label failed; the whole log is $log"
  fi
  if [[ -t 1 ]]; then
    printf '\r%s ... done in %ds\n' "$label" $((SECONDS - start))
  else
    say "$label: done in $((SECONDS - start))s"
  fi
}

# Builds the program unless what is there is newer than its sources. In the root directory.
build_if_needed() {
  if [[ -f $JAR && -z $(find src/main pom.xml -newer "$JAR" -print -quit) ]]; then
    return
  fi
  mkdir -p target
  run_quietly "Building Meridian" target/build.log \
    ./mvnw -B -ntp package -DskipTests -Dspotless.check.skip
  touch "$JAR"
}
