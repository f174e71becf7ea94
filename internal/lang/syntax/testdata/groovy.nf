import java.nio.file.Paths
import groovy.json.*
import static java.lang.Math.max as most
import nextflow.Channel as Ch

@Field
def counter = 0
String name = 'x'; int i = 0, j = 1
final List<String> names = ['a', "b${1}"] as List<String>
def a, b = 2
def (c, d) = [1, 2]
def (String e, int g) = ['a', 1]
int[] array = [1, 2] as int[]
var v = 3
java.util.Date date = new Date()

for (int k = 0, m = 1; k < 10; k++, m--) println k
for (x in 1..3) { println x }
for (String s : names) { if (s) continue; else break }
for (;;) { break }
outer:
for (x in []) {
    while (x) { x-- ; continue outer }
}
do { i++ } while (i < 3)
switch (i) {
    case 1:
    case 2..5:
        println 'a'
        break
    case ~/x.*/: println 'b'
    case String: break
    default:
        println 'c'
}
switch (i) {
    case 1, 2 -> println 'x'
    default -> println 'y'
}
try {
    throw new IllegalArgumentException("x")
} catch (IOException | java.lang.RuntimeException e) {
    println e
} catch (all) {
} finally {
    println 'done'
}
assert i == 1 : "message"
assert i, 'x'
{
    println 'anonymous block'
}
if (i) println 1
else if (j) { println 2 }
else println 3
x = [1, 2, *names, 3]
y = [a: 1, 'b': 2, (c): 3, "d${1}": 4, 5: 6, if: 7, *: x, class: 8, default: 9]
z = [:]
println x*.size() + x?.a?.b + x.@field + x?[0] + x."dyn" + x."a$b" + x.'with space'
println x[0, 1][-1..<2][1..-2]
def p = this.&method
def q = String::valueOf
println(*x, *: y, key: 1, 'quoted': 2, (i): 3)
println i++ + ++j - --i
r = i <=> j ?: i == j ? 1 : 2
i += 1; i -= 1; i *= 2; i /= 2; i %= 2; i **= 2; i <<= 1; i >>= 1; i >>>= 1; i &= 1; i |= 1; i ^= 1; i ?= 1
println 'abc' =~ /a.c/ && 'x' ==~ ~/x/ || i !in [1] && !(i instanceof Map) && i !instanceof List
println((int) 3.5 + (String) name + ((Integer) i).toString())
println 1 === 2 || 1 !== 2
println i >>> 1 >> 2 << 3 & 4 | 5 ^ 6
println $/dollar $x ${y} $$ $/ slashy/$ + /slashy $x \/ ${y}/
println 1.. 3
println 1<..3
println 1<..<3
def cl = { -> 1 }
def cl2 = { it * 2 }
def cl3 = { a1, String b1 = 'x', c1 = 3 -> a1 }
def cl4 = { in -> "${in}" }
foo.bar { a }.baz(1) { b }
foo {
    a = 1
} {
    b = 2
}
subscribe onNext: { println it }, onComplete: { println 'done' }
new File('x').withWriter { w -> w << 'x' }
new int[3]
new String[] { 'a', 'b' }
new ArrayList<>()
new HashMap<String, List<Integer>>(3)
println "a" +
    "b"
println([1, 2].collect {
    it + 1
}.join(','))
result = list
    .findAll { it > 1 }
    // comment
    .collect { it }
    ?.join(',')
cond ? a : b
params.each { k, w -> println "$k: $w" }
exit 1, "message"
log.info """\
    text $x ${y.collect { "${it}" }.join("\n")}
    """.stripIndent()
List<String> empty
static def util(Map<String, ?> a, List<? extends Number> b, String[] c) throws IOException { }
private void nothing() { return }
class Foo { }
println 1 .class
println 5.intdiv(2) + 1.5.round() + 1.GB
x.each { println it }; y.each { println it }
def multi = """a "quoted" ""double"" text"""
a = b ? [x: 1] : [:]
(a, b) = [b, a]
x.y.z = 1
x['k'] = 2
x.'k' = 3
f = { x -> { y -> x + y } }
return x
---
// line ends inside declarations; comments are no part of them
def a /// comment
x = 1
def
b = 2
def /* c */ String /* d */ s = 'x'
def c, d /// comment
y = 3
foo;
{
    x = 1
}
bar;
/slashy/.size()
---
// what the older grammar allows in processes
process OLD {
    if (params.a) {
        error 'no'
    }
    else {
        cpus 2
    }
    publishDir = [path: 'x', mode: 'copy']
    errorStrategy = 'ignore'
    output:
    path 'y', emit: y optional true
    tuple val(1), path('z') optional false
    script:
    'x'
}
---
// a process is a call of its name; a method of a static field is no declaration
process PARENS() {
    script:
    'x'
}
System.err.println usage
java.util.List other
---
// default values of closure parameters
def f = { a, b = a + 1, c = [a, b].sum() -> [a, b, c] }
def g = { String s = 'x' + 'y', int n = 2 * 3, Map m = [a: 1] -> s * n }
def h = { x = { it * 2 }, y = x(3) -> y }
def i = { x = "g${1 + 1}" -> x }
call { x = k > 3 ? 'big' : 'small' -> x }
def no = { x = [1, 2].collect { y -> y } }
