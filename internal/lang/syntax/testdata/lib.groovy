//
// classes of lib/
//
package a.b.c

import groovy.transform.CompileStatic

@CompileStatic
class Utils<T extends Comparable<T>> extends Base<T> implements Runnable, Closeable {

    static final String NAME = 'x', OTHER = "y"
    private Map<String, List<Integer>> cache = [:]
    def untyped = 1
    List items
    public static int count

    static {
        count = 1
    }

    Utils(String name) {
        this.cache = [(name): []]
        super.init(name)
    }

    @Override
    public static void main(String[] args) throws IOException, Exception {
        System.err.println(args.size())
    }

    private static <K> K generic(K key, Map<K, ?> map = [:]) {
        return map.get(key)
    }

    protected String toString() { "Utils ${cache.size()}" }

    def run() {
        for (item in items) {
            if (!item) { continue }
            item?.call()
        }
    }

    static class Inner {
        int x
    }
}

interface Named extends A, B {
    String getName()
    void setName(String name)
}

trait Flying {
    abstract String fly()
}

enum Level {
    LOW, HIGH;

    boolean isHigh() { this == HIGH }
}
---
// constants with arguments and bodies, annotations, initializers, defaults of interfaces
@groovy.transform.ToString(includeNames = true, excludes = ['b'])
class Noted {
    @Lazy List a = [1];
    { a << 2 }
    static { println 'class' }
    static class Inside { int z }
    class Own { }
    @Memoized
    static int slow(int x) { x }
}
enum Shade {
    LIGHT('l', 1),
    DARK('d', 2) {
        String shout() { 'D!' }
    }, NONE;
    final String code
    Shade(String code = '', int n = 0) { this.code = code }
    String shout() { code }
}
interface Area {
    double area()
    default String info() { "area ${area()}" }
}
