// a process by a near name
process ALIGN {
    script:
    'true'
}
workflow {
    ALINGN() /// error "`ALINGN` is not defined"
}
---
// one that is nowhere
workflow {
    MULTIQC() /// error "`MULTIQC` is not defined"
}
---
// an operator in a pipe
workflow {
    channel.of(1) | map { it + 1 } | viev /// error "`viev` is not defined"
}
---
// pipes
process P {
    input:
    val x
    output:
    val x
    script:
    'true'
}
workflow W {
    take:
    x
    main:
    x | view
}
workflow {
    channel.of(1) | map { it + 1 } | (P & W)
    channel.of(2) | set { two }
    two.view()
}
---
// too few inputs
process ALIGN {
    input:
    path reads
    path index

    script:
    'true'
}
workflow {
    ALIGN(channel.of(1)) /// error "process `ALIGN` takes 2 inputs, 1 given"
}
---
// too many
workflow W {
    take:
    x
    main:
    x
}
workflow {
    W(1, 2) /// error "workflow `W` takes 1 input, 2 given"
}
---
// outputs may be several: counted when the call runs
process ALIGN {
    input:
    path reads
    path index

    script:
    'true'
}
workflow {
    ALIGN(ALIGN.out)
    x = ALIGN.out
    ALIGN(x)
}
---
// a variable that holds one channel counts as one, also in a branch, where it is a warning
process ALIGN {
    input:
    path reads
    path index

    script:
    'true'
}
workflow {
    x = channel.of(1)
    if (params.a) {
        ALIGN(x) /// warning "process `ALIGN` takes 2 inputs, 1 given"
    }
    ALIGN(x.map { it }) /// error "process `ALIGN` takes 2 inputs, 1 given"
}
---
// defined twice
process P {
    script:
    'true'
}
workflow P { /// error "`P` is already defined in this script"
    main:
    println 1
}
---
// functions may have several forms
def f(x) { x }
def f(x, y) { x + y }
workflow {
    println f(1) + f(1, 2)
}
---
// two entry workflows
workflow {
    println 1
}
workflow { /// error "a second entry workflow"
    println 2
}
