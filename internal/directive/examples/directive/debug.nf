process greet {
    debug true

    script:
    "echo 'shown while the run goes on'"
}

workflow {
    greet()
}
