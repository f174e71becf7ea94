workflow {
    ['a_1.fq', 'a_2.fq', 'b_1.fq', 'b_2.fq'].each { name -> file("reads/$name").text = '' }
    channel.fromFilePairs('reads/*_{1,2}.fq').view { id, files -> "$id ${files*.name}" }
}
