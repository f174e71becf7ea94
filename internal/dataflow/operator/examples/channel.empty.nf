workflow {
    channel.empty().count().view()
}
