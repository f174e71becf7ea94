package value

import (
	"strings"
	"sync"
)

// Classes beyond those of the core values.
var (
	ShortClass         = class("java.lang.Short", NumberClass)
	ByteClass          = class("java.lang.Byte", NumberClass)
	HashSetClass       = class("java.util.HashSet", SetClass)
	TreeSetClass       = class("java.util.TreeSet", SortedSetClass)
	QueueClass         = class("java.util.Queue", CollectionClass)
	DequeClass         = class("java.util.Deque", QueueClass)
	LinkedListClass    = class("java.util.LinkedList", ListClass, DequeClass)
	ArrayDequeClass    = class("java.util.ArrayDeque", DequeClass)
	PriorityQueueClass = class("java.util.PriorityQueue", QueueClass)
	FixedListClass     = class("java.util.Arrays$ArrayList", ListClass)
	VectorClass        = class("java.util.Vector", ListClass)
	StackClass         = class("java.util.Stack", VectorClass)
	SortedSetClass     = class("java.util.SortedSet", SetClass)
	SortedMapClass     = class("java.util.SortedMap", MapClass)
	HashMapClass       = class("java.util.HashMap", MapClass)
	TreeMapClass       = class("java.util.TreeMap", SortedMapClass)
	ObjectRangeClass   = class("groovy.lang.ObjectRange", RangeClass)
	NumberRangeClass   = class("groovy.lang.NumberRange", RangeClass)
	StringBufferClass  = class("java.lang.StringBuffer", CharSequenceClass)
	// StringBuilderClass is the class of a Buffer that scripts make.
	StringBuilderClass = class("java.lang.StringBuilder", CharSequenceClass)
	GroupKeyClass      = class("nextflow.extension.GroupKey", ObjectClass)
	RunnableClass      = class("java.lang.Runnable", ObjectClass)
	SerializableClass  = class("java.io.Serializable", ObjectClass)
	IteratorClass      = class("java.util.Iterator", ObjectClass)
	DateClass          = class("java.util.Date", ComparableClass)
	UUIDClass          = class("java.util.UUID", ComparableClass)
	RandomClass        = class("java.util.Random", ObjectClass)
	ArraysClass        = class("java.util.Arrays", ObjectClass)
	CollectionsClass   = class("java.util.Collections", ObjectClass)
	ObjectsClass       = class("java.util.Objects", ObjectClass)
	OptionalClass      = class("java.util.Optional", ObjectClass)
	LocaleClass        = class("java.util.Locale", ObjectClass)
	MathClass          = class("java.lang.Math", ObjectClass)
	SystemClass        = class("java.lang.System", ObjectClass)
	ThreadClass        = class("java.lang.Thread", RunnableClass)
	RuntimeClass       = class("java.lang.Runtime", ObjectClass)
	VoidClass          = class("java.lang.Void", ObjectClass)
	URLClass           = class("java.net.URL", ObjectClass)
	URIClass           = class("java.net.URI", ComparableClass)
	PathsClass         = class("java.nio.file.Paths", ObjectClass)
	FilesClass         = class("java.nio.file.Files", ObjectClass)
	ChannelClass       = class("nextflow.Channel", ObjectClass)
	VersionNumberClass = class("nextflow.util.VersionNumber", ComparableClass)
	SysHelperClass     = class("nextflow.util.SysHelper", ObjectClass)
	JsonSlurperClass   = class("groovy.json.JsonSlurper", ObjectClass)
	JsonOutputClass    = class("groovy.json.JsonOutput", ObjectClass)
)

// Primitive types as casts and declarations name them.
var (
	IntType     = class("int", ObjectClass)
	LongType    = class("long", ObjectClass)
	ShortType   = class("short", ObjectClass)
	ByteType    = class("byte", ObjectClass)
	DoubleType  = class("double", ObjectClass)
	FloatType   = class("float", ObjectClass)
	BooleanType = class("boolean", ObjectClass)
	CharType    = class("char", ObjectClass)
	VoidType    = class("void", ObjectClass)
)

// boxed is the class of the objects that hold a primitive.
func boxed(c *Class) *Class {
	switch c {
	case IntType:
		return IntegerClass
	case LongType:
		return LongClass
	case ShortType:
		return ShortClass
	case ByteType:
		return ByteClass
	case DoubleType:
		return DoubleClass
	case FloatType:
		return FloatClass
	case BooleanType:
		return BooleanClass
	case CharType:
		return CharacterClass
	}
	return c
}

// IsPrimitive says whether c is int, boolean or the like, which hold no null.
func (c *Class) IsPrimitive() bool { return boxed(c) != c || c == VoidType }

// IsInterface says whether Java prints "interface" before the name.
func (c *Class) IsInterface() bool {
	switch c {
	case ComparableClass, CharSequenceClass, IterableClass, CollectionClass, ListClass, SetClass, RangeClass,
		MapClass, MapEntryClass, SortedMapClass, SortedSetClass, QueueClass, DequeClass, PathClass, RunnableClass, SerializableClass, IteratorClass:
		return true
	}
	return false
}

func classText(c *Class) string {
	switch {
	case c.IsPrimitive():
		return c.Name
	case c.IsInterface():
		return "interface " + c.Name
	}
	return "class " + c.Name
}

// importedClasses are known by their simple names too, as Groovy and Nextflow
// import them.
var importedClasses = []*Class{
	ObjectClass, BooleanClass, NumberClass, IntegerClass, LongClass, ShortClass, ByteClass, FloatClass, DoubleClass,
	BigIntegerClass, BigDecimalClass, CharacterClass, CharSequenceClass, StringClass, GStringBaseClass, ComparableClass,
	IterableClass, RunnableClass, ClassClass, ThrowableClass, MathClass, SystemClass, ThreadClass, RuntimeClass, VoidClass,
	StringBuilderClass, StringBufferClass,
	CollectionClass, ListClass, ArrayListClass, LinkedListClass, SetClass, HashSetClass, LinkedSetClass, TreeSetClass,
	QueueClass, DequeClass, ArrayDequeClass, PriorityQueueClass, VectorClass, StackClass, SortedSetClass, SortedMapClass,
	MapClass, HashMapClass, LinkedMapClass, TreeMapClass, IteratorClass, DateClass, UUIDClass, RandomClass, ArraysClass,
	CollectionsClass, ObjectsClass, OptionalClass, LocaleClass,
	FileClass, SerializableClass, URLClass, URIClass,
	ClosureClass, RangeClass, IntRangeClass, ObjectRangeClass, NumberRangeClass,
	PathClass, PathsClass, FilesClass, DurationClass, MemoryUnitClass, ChannelClass, VersionNumberClass,
}

var qualifiedClasses = []*Class{
	SysHelperClass, TaskPathClass,
	GStringClass, TupleClass, BagClass, BlankListClass, MapEntryClass, PatternClass, MatcherClass, GroupKeyClass, JsonSlurperClass, JsonOutputClass,
}

var primitiveTypes = []*Class{IntType, LongType, ShortType, ByteType, DoubleType, FloatType, BooleanType, CharType, VoidType}

// importedExceptions have their packages imported by Groovy.
var importedExceptions = []string{
	"java.lang.Exception", "java.lang.RuntimeException", "java.lang.Error", "java.lang.AssertionError",
	"java.lang.IllegalArgumentException", "java.lang.IllegalStateException", "java.lang.NullPointerException",
	"java.lang.ArithmeticException", "java.lang.ClassCastException", "java.lang.ClassNotFoundException",
	"java.lang.IndexOutOfBoundsException", "java.lang.ArrayIndexOutOfBoundsException", "java.lang.StringIndexOutOfBoundsException",
	"java.lang.NumberFormatException", "java.lang.UnsupportedOperationException", "java.lang.InterruptedException",
	"java.lang.StackOverflowError", "java.lang.OutOfMemoryError", "java.lang.SecurityException",
	"java.io.IOException", "java.io.FileNotFoundException", "java.io.UncheckedIOException", "java.io.EOFException",
	"java.net.MalformedURLException", "java.net.URISyntaxException", "java.net.UnknownHostException", "java.net.ConnectException",
	"java.util.NoSuchElementException", "java.util.ConcurrentModificationException", "java.util.MissingResourceException",
	"groovy.lang.GroovyRuntimeException", "groovy.lang.MissingPropertyException", "groovy.lang.MissingMethodException",
}

var classTable = sync.OnceValue(func() map[string]*Class {
	t := make(map[string]*Class, 256)
	for _, c := range importedClasses {
		t[c.Name], t[c.Simple()] = c, c
	}
	for _, c := range qualifiedClasses {
		t[c.Name] = c
	}
	for _, c := range primitiveTypes {
		t[c.Name] = c
	}
	for _, name := range importedExceptions {
		c := ExceptionClass(name)
		t[c.Name], t[c.Simple()] = c, c
	}
	for name := range exceptionParents {
		t[name] = ExceptionClass(name)
	}
	t["def"], t["var"] = ObjectClass, ObjectClass
	t["java.util.Map.Entry"], t["Map.Entry"] = MapEntryClass, MapEntryClass
	t["nextflow.util.RecordMap"] = LinkedMapClass
	return t
})

var arrayClasses sync.Map // element *Class to array *Class

// ClassByName finds a class by the name that a script may use: the full name,
// the simple one of an imported class, a primitive, or any of them with `[]`.
// Type arguments are left away: List<String> is List.
func ClassByName(name string) (*Class, bool) {
	if elem, ok := strings.CutSuffix(name, "[]"); ok {
		e, ok := ClassByName(elem)
		if !ok {
			return nil, false
		}
		return arrayOf(e), true
	}
	if i := strings.IndexByte(name, '<'); i > 0 && strings.HasSuffix(name, ">") {
		name = name[:i]
	}
	c, ok := classTable()[name]
	return c, ok
}

var arrayCodes = map[*Class]string{
	IntType: "I", LongType: "J", ShortType: "S", ByteType: "B", DoubleType: "D", FloatType: "F", BooleanType: "Z", CharType: "C",
}

// arrayOf is the class of arrays of elem. Arrays are lists here.
func arrayOf(elem *Class) *Class {
	if c, ok := arrayClasses.Load(elem); ok {
		return c.(*Class)
	}
	name := "[L" + elem.Name + ";"
	if code, ok := arrayCodes[elem]; ok {
		name = "[" + code
	} else if strings.HasPrefix(elem.Name, "[") {
		name = "[" + elem.Name
	}
	c := &Class{Name: name, Parents: []*Class{ObjectClass}}
	actual, loaded := arrayClasses.LoadOrStore(elem, c)
	if !loaded {
		arrayElements.Store(c, elem)
	}
	return actual.(*Class)
}

var arrayElements sync.Map // array *Class to element *Class

func arrayElement(c *Class) (*Class, bool) {
	e, ok := arrayElements.Load(c)
	if !ok {
		return nil, false
	}
	return e.(*Class), true
}
