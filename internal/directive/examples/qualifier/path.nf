process make {
    output:
    path 'part_*.txt', arity: '1..*', emit: parts

    script:
    'for i in 1 2; do echo "part $i" > part_$i.txt; done'
}

process join {
    input:
    path parts, stageAs: 'in/*', arity: '1..*'

    output:
    path 'all.txt'

    script:
    "cat $parts > all.txt"
}

workflow {
    join(make().parts).view { f -> f.text.trim() }
}
