def adders = []
for (i in 1..3) { def n = i; adders << { x -> x + n } }
println adders.collect { it(10) }
//= [11, 12, 13]
def count = 0
def inc = { count++ }
inc(); inc()
println count
//= 2
def outer = { a -> { b -> { c -> a + b + c } } }
println outer(1)(2)(3)
//= 6
println([[1, 2], [3, 4]].collect { a, b -> a * b })
//= [2, 12]
println([a: 1, b: 2].collect { k, v -> "$k=$v" })
//= [a=1, b=2]
println([1, 2, 3].inject(0) { acc, v -> acc + v })
//= 6
def deflt = { a, b = 5 -> a + b }
println deflt(1) + ' ' + deflt(1, 1)
//= 6 2
def va = { Object... xs -> xs.size() }
println va(1, 2, 3)
//= 3
def compose = { it + 1 } >> { it * 2 }
println compose(3)
//= 8
println([1, 2, 3].each { it * 2 }.collect { it ** 2 })
//= [1, 4, 9]
def x = 10
def shadow = { y -> def z = x + y; x = z; z }
println "${shadow(5)} $x"
//= 15 15
def lazy = "now: ${-> x}"
x = 99
println lazy
//= now: 99
