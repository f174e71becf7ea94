package operator

import "sluice/internal/lang/value"

// Options of operators that are not splitters, each with what it does.
var (
	bufferOptions = []option{
		intOption("size", "", "how many items a list has, 1 or more"),
		intOption("skip", "0", "how many items are left out before each list"),
		boolOption("remainder", "false", "whether a list that is not full at the end is emitted"),
	}
	collectOptions = []option{
		boolOption("flat", "true", "whether items that are collections are opened, one level deep"),
		sortOption("false"),
	}
	subscribeOptions = []option{
		closureOption("onNext", "is called for each item"),
		closureOption("onComplete", "is called after the last item"),
		closureOption("onError", "is called with the exception when `onNext` fails; without it the run ends"),
	}
	transposeOptions = []option{
		byOption("", "which elements are opened; all lists unless given"),
		boolOption("remainder", "false", "whether shorter lists are filled with null; otherwise the shortest decides how many tuples there are"),
	}
	viewOptions = []option{
		boolOption("newLine", "true", "whether a line ends after each item").from("25.04"),
		textOption("tag", "", "text in brackets before each item").from("25.04"),
	}
	dumpOptions = []option{
		textOption("tag", "", "name that `-dump-channels` can choose; `*` there stands for any text"),
		boolOption("pretty", "false", "whether lists and maps are printed over several lines"),
	}
	combineOptions = []option{byOption("", "where the key stands in the tuples of both sides; everything combines unless given")}
	joinOptions    = []option{
		recordByOption("0", "where the key stands in the tuples of both sides; of records, the field they are joined by"),
		boolOption("failOnDuplicate", "false", "whether a key that comes again on one side is an error"),
		boolOption("failOnMismatch", "false", "whether a key without partner is an error; not together with `remainder`"),
		boolOption("remainder", "false", "whether tuples without partner are emitted at the end, with null for the other side"),
	}
	groupTupleOptions = []option{
		byOption("0", "where the key stands"),
		boolOption("remainder", "false", "whether groups that are not full at the end are emitted"),
		intOption("size", "", "how many tuples a group has: it is emitted when it is full. Without it groups are emitted at the end, but a key made by `groupKey(key, size)` carries its own size"),
		sortOption("false"),
	}
	collectFileOptions = []option{
		{name: "name", is: "a file name", ok: either(isText, isPath), doc: "file that all content goes to; directories before it are a `storeDir`"},
		{name: "storeDir", is: "a directory", ok: either(isText, isPath), doc: "where the files are kept; a directory of the run's own below the work directory unless given"},
		boolOption("newLine", "false", "whether a line ends after each item"),
		{name: "sort", is: "true, false, 'hash', 'deep', 'natural' or a closure", ok: either(isBool, isClosure, isOrder), def: "'hash'", doc: "order of the content in a file: false as it came, true by value, 'hash' by hash of the value, 'deep' by hash of what files hold, a closure with one parameter by what it gives, with two as it compares"},
		{name: "seed", is: "text, a file, a map of them by file name, or a closure", ok: func(value.Value) bool { return true }, doc: "what a file begins with; a closure is called with the file's name"},
		boolOption("keepHeader", "false", "whether the first lines of the first part stay and those of the others are left out"),
		intOption("skip", "0", "how many lines of each part are left out; 1 with `keepHeader`"),
		{name: "tempDir", is: "a directory", ok: either(isText, isPath), doc: "accepted; content is kept in memory and files are written once"},
		{name: "cache", is: "true, false, 'deep' or 'lenient'", ok: either(isBool, isText), def: "true", doc: "whether a resumed run finds the same file again"},
		boolOption("deleteTempFilesOnClose", "true", "accepted; there are no temporary files"),
	}
)
