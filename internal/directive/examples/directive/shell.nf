process show {
    shell '/bin/bash', '-euo', 'pipefail'

    output:
    stdout

    script:
    'printf "fails when any part of a pipe fails"'
}

workflow {
    show().view()
}
