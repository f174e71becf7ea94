process show {
    beforeScript 'module() { echo "\$@" >> modules.txt; }' // where no modules are installed
    module 'bwa/0.7.17:samtools/1.21'

    output:
    stdout

    script:
    'cat modules.txt'
}

workflow {
    show().view()
}
