workflow {
    channel.watchPath('incoming/*.txt')
        .until { f -> f.name == 'stop.txt' }
        .view { f -> f.name }
    channel.of('a.txt', 'stop.txt').map { name -> sleep 1500; file("incoming/$name").text = '' }
}
