include { ALIGN; QC as CHECK; shout } from './lib'
workflow {
    ALIGN(file('a'), file('b'))
    CHECK(shout(1))
    CHECK.out.view()
}
---
include { ALGIN } from './lib' /// error "`ALGIN` is not defined in modules/lib.nf"
---
include { ALIGN } from './lib'
process ALIGN { /// error "`ALIGN` is already defined in this script"
    script:
    'true'
}
---
include { ALIGN } from './lib'
include { QC as ALIGN } from './lib' /// error "`ALIGN` is already defined in this script"
---
include { ALIGN as MAP } from './lib'
workflow {
    MAP(1) /// error "process `MAP` takes 2 inputs, 1 given"
    ALIGN(1, 2) /// error "`ALIGN` is not defined"
}
---
include { X } from './none' /// error "there is no such module"
