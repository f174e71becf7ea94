// members of a class and its parents are known
class Base {
    String name
    static int made = 0
    def shout() { name.toUpperCase() + made }
    static Base of(String n) { made++; new Base(name: n) }
}
class Child extends Base {
    List list = [1, 2]
    def sum() { list.collect { it + size() }.sum() + getName() + shout() }
    int size() { list.size() }
    def copy() { new Child(name: name, list: this.list) }
}
class Failure extends RuntimeException {
    Failure(String m) { super(m) }
    def text() { message }
}
println new Child().sum() + Base.of('x').name
---
// unknown names in a class, which sees no variable of the script
def limit = 3
class A {
    int count = 1
    def m() { coutn + 1 } /// warning "`coutn` is not defined"
    static s() { limit } /// error "`limit` is not defined"
    static e() { [1].each { limit } } /// warning "`limit` is not defined"
    def c() { helper(count) } /// warning "`helper` is not defined"
    def a() { total = 1 } /// warning "`total` is not defined"
}
println limit + new A().m()
