// names that exist
def limit = 3
other = 4

def twice(x) { x * 2 }

workflow {
    ch = channel.of(1, 2)
    ch.map { twice(it) + limit + other }.set { doubled }
    doubled.view()
    if (params.x) {
        late = 5
    }
    println late
    def (a, b) = [1, 2]
    println a + b
    [1].each { i -> [2].each { println it + i } }
    [a: 1].with { println anything }
    workflow.onComplete { println "$late of ${doubled}" }
}
---
// closures at the top of the script see null where a workflow has a variable
workflow {
    report = channel.of(1)
}
workflow.onComplete { println report }
---
// an unknown variable
workflow {
    reads = channel.of(1)
    raeds.view() /// error "`raeds` is not defined"
}
---
// in a string, a closure, a function
def f(x) {
    "${x} ${y}" /// error "`y` is not defined"
}
workflow {
    f(1)
    [1].each { z + it } /// error "`z` is not defined"
}
---
// functions do not see the variables of workflows, nor these those of functions
def f() {
    inner = 1
    println outer /// error "`outer` is not defined"
}
workflow {
    outer = 2
    f()
    println inner
}
---
// the block of a condition ends the scope of `def`
workflow {
    if (params.x) {
        def y = 1
        println y
    }
    println y /// error "`y` is not defined"
}
---
// declared twice
workflow {
    def y = 1
    def y = 2 /// error "the variable `y` is already declared here"
    println y
}
---
// an input may be declared again
workflow W {
    take:
    input

    main:
    def input = file(input)
    println input
}
---
// classes: imported, written out, unknown
import groovy.json.JsonOutput
import java.util.Date as Day

workflow {
    println JsonOutput.toJson([1])
    println new Day()
    println groovy.json.JsonOutput.toJson([1])
    println JsonSlurper.parse('') /// error "`JsonSlurper` is not defined"
    println new Robot() /// error "the class `Robot` is not known"
    try {
        throw new IllegalStateException('x')
    }
    catch (java.io.IOException e) {
        println e
    }
}
---
// assignments
process P {
    script:
    'true'
}
workflow {
    P = 1 /// error "`P` cannot be assigned: it names a process, workflow or function"
    x += 1 /// error "`x` is not defined"
}
---
// a call's outputs may take the name of the process
process P {
    input:
    val x
    output:
    val x
    script:
    'true'
}
workflow {
    P = P(1)
    P.view()
}
