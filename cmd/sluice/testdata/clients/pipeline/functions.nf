def twice(x) { return x * 2 }
def shout(String s, int n = 1) { println "shouting"; return s.toUpperCase() * n }
def nothing() { }
def fails(x) { throw new IllegalArgumentException("bad value ${x}") }
