package workdir

// awayLines stage the inputs so that a signal can end it.
const awayLines = `    nxf_stage &
    pid=$!
    wait $pid || { nxf_main_ret=$?; exit $nxf_main_ret; }
    pid=
`

// nativeFunctions move files with the program itself: one process for all.
const nativeFunctions = `nxf_az_download() {
    nxf_tool download "$1" "$2"
}

nxf_az_upload() {
    nxf_tool upload "$1" "$2"
}

nxf_az_stage() {
    (( $# )) || return 0
    printf '%s\0' "$@" | nxf_tool stage
}

nxf_az_unstage() {
    local file list=()
    for file in "$@"; do
        if [[ -e $file || -L $file ]]; then list+=("$file"); fi
    done
    (( ${#list[@]} )) || return 0
    printf '%s\0' "${list[@]}" | nxf_tool unstage --to "$nxf_remote"
}

`
