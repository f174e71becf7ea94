include { COUNT } from '../modules/count'
workflow ALL {
    take: texts
    main:
    COUNT(texts)
    ch_report = COUNT.out.count.map { _m, f -> f }.collectFile(name: 'report.txt', sort: true)
    emit:
    report = ch_report
    counts = COUNT.out.count
}
