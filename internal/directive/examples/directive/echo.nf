process greet {
    echo true

    script:
    "echo 'shown while the run goes on'"
}

workflow {
    greet()
}
