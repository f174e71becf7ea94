workflow {
    channel.empty().ifEmpty('nothing').view()
}
