workflow {
    channel.of(1, 2).subscribe(onNext: { n -> println "got $n" }, onComplete: { println 'done' })
}
