def x = 'abc /// error "string is not closed"
y = 1
z = "a ${b" /// error "`${` is not closed"
w = 2
---
foo(a, b /// error "`(` is not closed"
---
foo(1, 2
bar(3) /// error "expected `,` or `)`, found `bar`"
---
x = [1 2] /// error "expected `,` or `]`, found `2`"
y = [a: 1 b: 2] /// error "expected `,` or `]`, found `b`"
z = [a: 1, 2] /// error "list elements and map entries are mixed"
---
def x 1 /// error "expected `=` after `x`, found `1`"
def if = 2 /// error "expected a variable name, found the reserved word `if`"
1 = 2 /// error "this cannot be assigned to"
x = 3x /// error "`3x` is neither a number nor a name"
---
process A {
    imput: /// error "a process has no section `imput:`"
    val x
    output /// error "expected `:` after the section name `output`"
    path 'y'
    def z = 1 /// error "statement outside of a section in process `A`"
    script:
    """
    x
    """
}
process B {
    input:
    val x into y /// error "`into` in a declaration belongs to DSL1, which no longer exists"
    val z from w
    val = 2 /// error "`=` after the qualifier `val`"
    exec:
    x = 1
    "y"
}
---
process A { /// error "`{` is not closed"
    script:
    'x'

process B {
    script:
    'x'
}
---
workflow {
    foo( /// error "`(` is not closed"
    bar()
}
---
workflow W {
    tkae: /// error "a workflow has no section `tkae:`"
    x
    main:
    a = ) /// error "expected an expression, found `)`"
    b = 1 + /// error "this cannot be assigned to"
    c = 2
    d = "\d" /// error "unknown escape `\\d`"
    e = "awk $1 a" /// error "`$` is not followed by a name or `{`"
    f = (1, 2) /// error "`(a, b)` is no value"
    g = [a.b: 1] /// error "a key that is an expression needs parentheses"
    h = a b ? 1 /// error "expected `:` of the conditional expression, found the end of the line"
    def j(x) { x } /// error "the function `j` is declared inside a block"
    if x > 1 { } /// error "expected `(` after `if`, found `x`"
    try { } /// error "`try` without `catch` or `finally`"
    try (x) { } /// error "a resource of `try` is one variable with a value"
    import a.b /// error "`import` stands only at the top of a script"
    # comment /// error "unexpected character `#`"
    k = new Foo() { } /// error "anonymous classes are not part of the language"
    l = new Foo /// error "expected `(` after the type, found the end of the line"
    m = 1
    for (x y) { } /// error "expected `;` after the start of the loop, found `)`"
    switch (x) { foo } /// error "expected `case` or `default`, found `foo`"
    n: /// error "nothing follows the label `n`"
}
---
include A from './a' /// error "`include` without braces"
include { A, B } from './a' /// error "names of an include are separated by `;` or a new line"
include { A } /// error "expected `from` after the included names, found the end of the line"
include { B } from './b'
} /// error "`}` closes nothing"
x = 1) /// error "`)` closes nothing"
/* open /// error "comment is not closed"
---
x = """ /// error "string is not closed"
abc
---
if (x = 1) y /// error "the condition assigns instead of comparing"
x = 1l2 /// error "`1l2` is neither a number nor a name"
params {
    a: /// error "expected a type, found the end of the line"
    b: String
}
output {
    directory 'x' /// error "expected `{` after `directory`, found a string"
}
