process ALIGN {
    input:
    path reads
    path index

    script:
    'true'
}

workflow QC {
    take:
    reads

    main:
    reads

    emit:
    reads
}

def shout(x) { x }
