process greet {
    output:
    stdout emit: greeting

    script:
    'printf hello'
}

workflow {
    greet().greeting.view()
}
