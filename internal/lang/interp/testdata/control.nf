def classify(n) {
    switch (n) {
        case 0: return 'zero'
        case [1, 2, 3]: return 'small'
        case 4..9: return 'medium'
        case Integer: return 'int'
        case ~/a.*/: return 'a-word'
        default: return 'other'
    }
}
println([0, 2, 5, 50, 'abc', 'x'].collect { classify(it) })
//= [zero, small, medium, int, a-word, other]
def sum = 0
for (int i = 0; i < 10; i++) { if (i == 3) continue; if (i == 6) break; sum += i }
println sum
//= 12
def n = 3
while (n > 0) { n-- }
println n
//= 0
def risky(v) {
    try {
        if (v) throw new IllegalStateException("bad $v")
        return 'fine'
    } catch (IllegalArgumentException | IllegalStateException e) {
        return "caught ${e.message}"
    } finally {
        println 'finally'
    }
}
println risky(0)
//= finally
//= fine
println risky(7)
//= finally
//= caught bad 7
def (a, b, c) = [1, 2]
println "$a $b $c"
//= 1 2 null
(a, b) = [b, a]
println "$a $b"
//= 2 1
def m = [x: [y: [1, 2, 3]]]
m.x.y[1] = 'two'
m.z = m.x?.q?.r
println m
//= [x:[y:[1, two, 3]], z:null]
def last = { if (it > 1) { 'big' } else { 'small' } }
println last(2) + last(0)
//= bigsmall
println([*1..3, *[9]] + [*: [k: 1], j: 2])
//= [1, 2, 3, 9, [k:1, j:2]]
def s = 'abc'
println s[0] + s[-1] + s[0..1]
//= acab
println((s =~ /b(.)/)[0][1] + (s ==~ /a.c/))
//= ctrue
def i = 5
i += 2; i *= 3
println i
//= 21
def y = null
y ?= 4
println y ?: 'none'
//= 4
println([1, 2, 3]*.toString()*.size())
//= [1, 1, 1]
