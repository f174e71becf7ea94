package workdir

import (
	"strconv"
	"strings"
)

// azcopy writes the functions that move files with azcopy. What azcopy does
// not do, or says that it did and did not, is seen to here:
//
//   - it leaves out links, or the second link to a thing: it gets trees
//     without links, made of hard links where that goes;
//   - it takes `*` in local names for a pattern: it gets names without any;
//   - it leaves out empty directories: they are written as markers;
//   - it forgets who may run a file: that is written besides;
//   - it makes `/` of `\`: such names are refused;
//   - it says "Completed" for nothing: what is there afterwards is counted;
//   - it repeats some failures for ever: it gets a time to end in.
func (w *wrapper) azcopy() {
	r := w.t.Remote
	sas := ""
	if r.SAS {
		sas = "?${AZ_SAS:?the configuration asks for a signature, and AZ_SAS is not set}"
	}
	options := []string{}
	if tierOf(r) != "" {
		options = append(options, "--block-blob-tier", word(r.Tier))
	}
	w.add(
		"nxf_max="+strconv.Itoa(max(1, r.Parallel)),
		"nxf_attempts="+strconv.Itoa(max(1, r.Attempts)),
		"nxf_delay="+strconv.FormatFloat(max(1, r.Delay.Seconds()), 'f', -1, 64),
		"nxf_block_mb="+strconv.Itoa(r.BlockSizeMB),
		"nxf_upload_options=("+strings.Join(options, " ")+")",
		`nxf_sas="`+sas+`"`,
		"",
	)
	flag := ""
	if r.SAS {
		flag = " --sas"
	}
	w.WriteString(strings.ReplaceAll(azcopyFunctions, " nxf_SAS", flag))
}

const azcopyFunctions = `# nxf_fault <class, or empty> <address> <status> <output file> <message>: writes
# .command.fault and tells whether another try may help.
nxf_fault() {
    local say=("error: $nxf_step ${2%%\?*}: ${5:-azcopy ended with $3}")
    if [[ ! $nxf_sluice ]]; then
        echo "${say[@]}" >&2
        [[ ! -f $4 ]] || tail -n 5 -- "$4" >&2
        [[ ! $1 ]]; return
    fi
    "$nxf_sluice" node fault --class "$1" --step "$nxf_step" --url "$2" --status "$3" --output "$4" --log "$AZCOPY_LOG_LOCATION" --message "${5:-}"
}

# nxf_find looks for azcopy once, beside the program that started this or on PATH.
nxf_find() {
    local have=
    [[ ! ${nxf_azcopy:-} ]] || return 0
    nxf_azcopy=${nxf_sluice%/*}/azcopy
    [[ $nxf_sluice == */* && -x $nxf_azcopy ]] || nxf_azcopy=$(command -v azcopy || true)
    if [[ ! $nxf_azcopy ]]; then
        nxf_fault config "" 127 "" "there is no azcopy on this node, nor in the task's image" || true
        return 1
    fi
    mkdir -p .azcopy
    have=$("$nxf_azcopy" --version 2>&1 < /dev/null) || true
    if [[ ! $have =~ ([0-9]+)\.([0-9]+)\.[0-9]+ ]] || (( BASH_REMATCH[1] * 1000 + BASH_REMATCH[2] < 10025 )); then
        nxf_fault config "" 126 "" "azcopy must be 10.25 or later, and runs in this image as: ${have:0:200}" || true
        return 1
    fi
    nxf_limit=()
    if command -v timeout > /dev/null; then nxf_limit=(timeout "${NXF_AZCOPY_TIMEOUT:-14400}"); fi
}

# nxf_run <address> <azcopy's words>: runs azcopy, and again where that may
# help. What it printed stays in $nxf_out.
nxf_run() {
    local url=$1 try status
    shift
    for (( try = 1; ; try++ )); do
        status=0
        "${nxf_limit[@]}" "$nxf_azcopy" "$@" > "$nxf_out" 2>&1 < /dev/null || status=$?
        (( status != 0 )) || return 0
        if [[ ${nxf_may_fail:-} && $(< "$nxf_out") == *"$nxf_may_fail"* ]]; then return 1; fi
        mkdir -p "$nxf_out.d"
        (cd "$nxf_out.d" && nxf_fault "" "$url" $status "$nxf_dir/$nxf_out" "") || break
        (( try < nxf_attempts )) || break
        sleep $nxf_delay
    done
    mv -f -- "$nxf_out.d/.command.fault" "$nxf_dir/.command.fault" 2> /dev/null || true
    return 1
}

# nxf_list <address>: what is there, as nxf_count files of nxf_bytes in all;
# nxf_file is 1 if the address itself is one.
nxf_list() {
    local line
    nxf_run "$1" list "$1$nxf_sas" --machine-readable || return 1
    nxf_count=0 nxf_bytes=0 nxf_file=0
    while IFS= read -r line; do
        [[ $line =~ \;\ Content\ Length:\ ([0-9]+)$ ]] || continue
        nxf_count=$((nxf_count+1)) nxf_bytes=$((nxf_bytes+BASH_REMATCH[1]))
        if [[ $line == ';'* ]]; then nxf_file=1; fi
    done < "$nxf_out"
}

# nxf_local <directory>: the same of a local one; nxf_most is its largest file.
nxf_local() {
    local size
    nxf_have=0 nxf_sum=0 nxf_most=0
    while read -r size; do
        nxf_have=$((nxf_have+1)) nxf_sum=$((nxf_sum+size))
        if (( size > nxf_most )); then nxf_most=$size; fi
    done < <(find "$1" -type f -exec stat -c %s {} +)
}

nxf_encode() {
    local LC_ALL=C text=$1 i c
    nxf_encoded=
    for (( i = 0; i < ${#text}; i++ )); do
        c=${text:i:1}
        case $c in
        [a-zA-Z0-9/._~-]) ;;
        *) printf -v c '%%%02X' "'$c"; [[ ${#c} -le 3 ]] || c=%${c: -2} ;;
        esac
        nxf_encoded+=$c
    done
}

nxf_az_download() {
    local url=$1 name=$2 work
    nxf_step=stage-in
    if [[ $url != "$nxf_endpoint"/* ]]; then
        if [[ $nxf_sluice ]]; then "$nxf_sluice" node download --endpoint "$nxf_endpoint" "$url" "$name"
        else curl -fsSL --retry 3 -o "$name" -- "$url"
        fi
        return
    fi
    nxf_find || return 1
    work=.azcopy/in.$BASHPID
    nxf_out=$work.out
    rm -rf -- $work "$nxf_out" "$nxf_out.d" && mkdir -p $work || return 1
    nxf_list "$url" || return 1
    local count=$nxf_count bytes=$nxf_bytes
    if (( nxf_file )); then
        nxf_run "$url" copy "$url$nxf_sas" $work/f --from-to BlobLocal || return 1
        count=1
    elif (( count )); then
        nxf_run "$url" copy "$url$nxf_sas" $work/f --from-to BlobLocal --recursive --as-subdir=false || return 1
    else
        # An empty directory, or nothing.
        nxf_may_fail='cannot use directory as source' nxf_run "$url" copy "$url$nxf_sas" $work/f --from-to BlobLocal || [[ $(< "$nxf_out") == *'cannot use directory as source'* ]] || return 1
        mkdir -p $work/f || return 1
    fi
    nxf_local $work
    if (( nxf_have != count || (count != 1 || !nxf_file) && nxf_sum != bytes )); then
        nxf_fault infra "$url" 0 "" "azcopy brought $nxf_have files of $nxf_sum bytes, and there are $count of $bytes" || true
        return 1
    fi
    # azcopy makes no directory that is empty, and no file that may be run.
    if (( count )) && [[ $nxf_sluice ]]; then
        "$nxf_sluice" node download --endpoint "$nxf_endpoint" nxf_SAS --rest "$url" $work/f || return 1
    fi
    rm -rf -- "$name" && mv -f -- $work/f "$name" && rm -rf -- $work "$nxf_out" "$nxf_out.d"
}

nxf_az_upload() {
    local name=$1 url=$2 work bad mb=() empty rel
    nxf_step=stage-out
    nxf_find || return 1
    [[ ! ${SLUICE_WRITE_CLIENT_ID:-} ]] || export AZCOPY_MSI_CLIENT_ID=$SLUICE_WRITE_CLIENT_ID
    if [[ -L $name && ! -e $name ]]; then
        echo "error: output ` + "`$name`" + ` is a link to ` + "`$(readlink -- \"$name\")`" + `, which does not exist" >&2
        return 1
    fi
    case $name in /*) ;; *) name=./$name ;; esac
    bad=$(find -L "$name" ! -type f ! -type d -print 2>&1 | head -n 3) || true
    if [[ $bad ]]; then
        echo "error: neither file nor directory, or a link to nothing: $bad" >&2
        return 1
    fi
    bad=$(find -L "$name" -name '*\\*' -print | head -n 3) || true
    if [[ $bad ]]; then
        echo "error: the storage cannot keep a name with a backslash: $bad" >&2
        return 1
    fi
    work=.azcopy/out.$BASHPID
    nxf_out=$work.out
    rm -rf -- $work "$nxf_out" "$nxf_out.d" && mkdir -p $work || return 1
    if ! cp -RLl -- "$name" $work/f 2> /dev/null; then
        rm -rf -- $work/f
        cp -RL -- "$name" $work/f || return 1
    fi
    nxf_local $work
    if (( nxf_block_mb )); then
        # A blob has 50,000 blocks at most.
        mb=$(( (nxf_most / 45000 + 1048575) / 1048576 ))
        mb=(--block-size-mb $(( mb > nxf_block_mb ? mb : nxf_block_mb )))
    fi
    if [[ -d $work/f ]]; then
        while IFS= read -r -d '' empty; do
            rel=${empty#$work/f}
            nxf_encode "$rel"
            : > $work.empty
            nxf_run "$url$nxf_encoded" copy $work.empty "$url$nxf_encoded$nxf_sas" --from-to LocalBlob --metadata hdi_isfolder=true || return 1
        done < <(find $work/f -type d -empty -print0)
        if (( nxf_have )); then
            nxf_run "$url" copy $work/f "$url$nxf_sas" --from-to LocalBlob --recursive --as-subdir=false "${mb[@]}" "${nxf_upload_options[@]}" || return 1
        fi
    else
        nxf_run "$url" copy $work/f "$url$nxf_sas" --from-to LocalBlob "${mb[@]}" "${nxf_upload_options[@]}" || return 1
    fi
    nxf_list "$url" || return 1
    if (( nxf_count < nxf_have || nxf_bytes < nxf_sum )); then
        nxf_fault infra "$url" 0 "" "azcopy wrote $nxf_count files of $nxf_bytes bytes, and there are $nxf_have of $nxf_sum" || true
        return 1
    fi
    if [[ $nxf_sluice && $(find $work/f -type f -perm /111 -print | head -n 1) ]]; then
        "$nxf_sluice" node upload --endpoint "$nxf_endpoint" nxf_SAS --rest $work/f "$url" || return 1
    fi
    rm -rf -- $work $work.empty "$nxf_out" "$nxf_out.d"
}

# nxf_parallel <function> <pairs of arguments>: so many at a time; after a
# failure no more are begun.
nxf_parallel() {
    local what=$1 running=0 failed=0
    shift
    while (( $# && !failed )); do
        if (( running >= nxf_max )); then
            wait -n || failed=$?
            running=$((running-1))
        fi
        (( failed )) && break
        $what "$1" "$2" &
        running=$((running+1))
        shift 2
    done
    while (( running )); do
        wait -n || failed=$?
        running=$((running-1))
    done
    return $failed
}

nxf_az_stage() {
    (( $# )) || return 0
    nxf_step=stage-in
    nxf_find || return 1
    nxf_parallel nxf_az_download "$@"
}

nxf_az_unstage() {
    local file list=() nxf_encoded
    for file in "$@"; do
        [[ -e $file || -L $file ]] || continue
        nxf_encode "$file"
        list+=("$file" "$nxf_remote/$nxf_encoded")
    done
    (( ${#list[@]} )) || return 0
    nxf_step=stage-out
    nxf_find || return 1
    nxf_parallel nxf_az_upload "${list[@]}"
}

`
