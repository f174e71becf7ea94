workflow {
    channel.value('x').view()
}
