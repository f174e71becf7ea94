process sum {
    output:
    eval 'echo $TOTAL', emit: total

    script:
    'TOTAL=$((40 + 2))'
}

workflow {
    sum().total.view()
}
