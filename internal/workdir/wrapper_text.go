package workdir

// Parts of .command.run that are the same for every task. They need bash 4.4
// and, where /proc/<pid>/task/<pid>/children is there, no other program.

const library = `nxf_env() {
    echo '============= task environment ============='
    env | sort | sed -E 's/^([A-Za-z_]*(AWS|AZURE|SECRET|TOKEN|PASSWORD|KEY)[A-Za-z_0-9]*=).*/\1xxxxxxxx/'
    echo '============= task output =================='
}

nxf_kill() {
    local kid kids=()
    { read -r -a kids < "/proc/$1/task/$1/children"; } 2>/dev/null || true
    for kid in "${kids[@]}"; do nxf_kill $kid; done
    [[ $1 == $$ ]] || kill $1 2>/dev/null || true
}

nxf_mktemp() {
    local base=${1:-${TMPDIR:-/tmp}}
    mkdir -p -- "$base"
    mktemp -d "${base%/}/nxf.XXXXXXXXXX"
}

`

const moduleFunction = `nxf_module_load() {
    local want=$1${2:+/$2} loaded=":${LOADEDMODULES:-}:"
    if [[ $loaded == *":$want:"* ]]; then
        return 0
    elif [[ ${2:-} && $loaded =~ :($1/[^:]+): ]]; then
        module switch "${BASH_REMATCH[1]}" "$want"
    else
        module load "$want"
    fi
}

`

const fsFunctions = `nxf_fs_copy() {
    mkdir -p -- "$2/$(dirname -- "$1")"
    cp -fRL -- "$1" "$2/$(dirname -- "$1")"
}

nxf_fs_move() {
    mkdir -p -- "$2/$(dirname -- "$1")"
    mv -f -- "$1" "$2/$(dirname -- "$1")"
}

nxf_fs_rsync() {
    rsync -rRl -- "$1" "$2"
}

nxf_fs_rclone() {
    rclone copyto "$1" "$2/$1"
}

nxf_fs_fcp() {
    fcp "$1" "$2/$1"
}

nxf_unstage_each() {
    local how=$1 file
    shift
    for file in "$@"; do
        [[ -e $file || -L $file ]] || continue
        $how "$file" "$nxf_dir"
    done
}

`

// The trace: what /proc knows of this shell and the children it has waited
// for; sizes are sampled while the task runs. %cpu and %mem are tenths of a
// percent, sizes are kB.
const traceFunctions = `nxf_date() {
    local now=${EPOCHREALTIME:-}
    if [[ $now ]]; then nxf_millis=$(( ${now//[.,]/} / 1000 ))
    else printf -v now '%(%s)T' -1; nxf_millis=${now}000
    fi
}

nxf_tree() {
    local key value rest kid kids=()
    { while read -r key value rest; do
        case $key in
        VmSize:) nxf_now[0]=$((nxf_now[0]+value)) ;;
        VmRSS:) nxf_now[1]=$((nxf_now[1]+value)) ;;
        VmPeak:) nxf_now[2]=$((nxf_now[2]+value)) ;;
        VmHWM:) nxf_now[3]=$((nxf_now[3]+value)) ;;
        voluntary_ctxt_switches:) nxf_now[4]=$((nxf_now[4]+value)) ;;
        nonvoluntary_ctxt_switches:) nxf_now[5]=$((nxf_now[5]+value)) ;;
        esac
    done < "/proc/$1/status"; } 2>/dev/null || return 0
    { read -r -a kids < "/proc/$1/task/$1/children"; } 2>/dev/null || true
    for kid in "${kids[@]}"; do nxf_tree $kid; done
}

nxf_mem_watch() {
    local count=0 i wait key value rest total=1 nxf_now nxf_top=(0 0 0 0 0 0)
    while read -r key value rest; do
        [[ $key == MemTotal: ]] && total=$value && break
    done < /proc/meminfo
    while true; do
        nxf_now=(0 0 0 0 0 0)
        nxf_tree $1
        for i in {0..5}; do
            (( nxf_now[i] > nxf_top[i] )) && nxf_top[i]=${nxf_now[i]}
        done
        if (( count < 10 )); then wait=1; elif (( count < 120 )); then wait=5; else wait=30; fi
        read -r -t $wait && break || (( $? > 128 )) || break
        count=$((count+1))
    done
    printf '%s\n' "%mem=$((nxf_top[1]*1000/total))" "vmem=${nxf_top[0]}" "rss=${nxf_top[1]}" \
        "peak_vmem=${nxf_top[2]}" "peak_rss=${nxf_top[3]}" "vol_ctxt=${nxf_top[4]}" "inv_ctxt=${nxf_top[5]}" >> .command.trace
}

nxf_used() {
    local key value stat
    nxf_io=()
    { while read -r key value; do nxf_io+=($value); done < /proc/$$/io; } 2>/dev/null || nxf_io=(0 0 0 0 0 0)
    read -r stat < /proc/$$/stat
    stat=(${stat##*) })
    nxf_ticks=$((stat[13]+stat[14]))
}

nxf_trace() {
    set +e
    local start status model='' key rest i nxf_millis nxf_ticks ticks io nxf_io mem_fd
    : > .command.trace
    while IFS=$'\t' read -r key rest; do
        [[ $key == 'model name'* ]] && model=${rest#: } && break
    done < /proc/cpuinfo
    nxf_used; io=("${nxf_io[@]}"); ticks=$nxf_ticks
    nxf_date; start=$nxf_millis
    NXF_SCRIPT &
    pid=$!
    trap '[[ $pid ]] && nxf_kill $pid' TERM INT USR2
    exec {mem_fd}> >(nxf_mem_watch $pid)
    local watch=$!
    wait $pid
    status=$?
    while kill -0 $pid 2>/dev/null; do wait $pid; status=$?; done
    nxf_date; nxf_used
    local wall=$((nxf_millis-start))
    printf '%s\n' nextflow.trace/v2 "realtime=$wall" "%cpu=$(( wall > 0 ? (nxf_ticks-ticks)*10000/wall : 0 ))" "cpu_model=$model" \
        "rchar=$((nxf_io[0]-io[0]))" "wchar=$((nxf_io[1]-io[1]))" "syscr=$((nxf_io[2]-io[2]))" "syscw=$((nxf_io[3]-io[3]))" \
        "read_bytes=$((nxf_io[4]-io[4]))" "write_bytes=$((nxf_io[5]-io[5]))" > .command.trace
    exec {mem_fd}>&-
    wait $watch 2>/dev/null
    [[ ${NXF_OWNER:-} ]] && chown -fR --from root "$NXF_OWNER" "$nxf_dir"
    exit $status
}

`

const unstageFunction = `nxf_unstage() {
    if [[ ${nxf_main_ret:=0} == 0 ]]; then
        (set -e; nxf_unstage_outputs) 2>&1 | tee -a .command.err >&2
        nxf_unstage_ret=${PIPESTATUS[0]}
    fi
    nxf_unstage_controls
}

`

// runLines start the task with its output going to files and through. What
// still holds the pipes after the task has ended gets ten seconds.
const runLines = `
    set +e
    local out err out_tee err_tee i
    exec {out}> >(trap '' TERM INT HUP; exec tee .command.out); out_tee=$!
    exec {err}> >(trap '' TERM INT HUP; exec tee .command.err >&2); err_tee=$!
    nxf_launch < /dev/null >&$out 2>&$err {out}>&- {err}>&- &
    pid=$!
    exec {out}>&- {err}>&-
    wait $pid || nxf_main_ret=$?
    while kill -0 $pid 2>/dev/null; do wait $pid; nxf_main_ret=$?; done
    for i in {1..100}; do
        kill -0 $out_tee 2>/dev/null || kill -0 $err_tee 2>/dev/null || break
        sleep 0.$(( i < 10 ? 0 : 1 ))1
    done
    kill -KILL $out_tee $err_tee 2>/dev/null
    nxf_unstage
`
