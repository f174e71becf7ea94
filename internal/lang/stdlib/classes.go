package stdlib

import (
	"strings"

	"sluice/internal/lang/value"
)

// classDefs is all that this package defines, class by class.
var classDefs = []classDef{
	{class: nullClass, methods: nullMethods},
	{class: value.ObjectClass, methods: objectMethods, constructors: plainConstructors},
	{class: value.ClassClass, methods: classMethods},
	{class: value.CharSequenceClass, methods: stringMethods},
	{class: value.StringClass, statics: stringStatics, constructors: stringConstructors, constants: stringConstants},
	{class: value.GStringBaseClass, methods: gstringMethods},
	{class: value.StringBuilderClass, methods: bufferMethods, constructors: bufferConstructors},
	{class: value.StringBufferClass, methods: bufferMethods, constructors: bufferConstructors},
	{class: value.CharacterClass, methods: characterMethods, statics: characterStatics, constants: characterConstants},
	{class: value.ByteClass, constants: byteConstants},
	{class: value.ShortClass, constants: shortConstants},
	{class: value.BooleanClass, methods: booleanMethods, statics: booleanStatics, constants: booleanConstants},
	{class: value.NumberClass, methods: numberMethods},
	{class: value.IntegerClass, statics: integerStatics, constructors: numberConstructors, constants: integerConstants},
	{class: value.LongClass, statics: longStatics, constructors: numberConstructors, constants: longConstants},
	{class: value.FloatClass, statics: floatingStatics(value.FloatClass, "parseFloat", 32), constructors: numberConstructors, constants: floatConstants},
	{class: value.DoubleClass, statics: floatingStatics(value.DoubleClass, "parseDouble", 64), constructors: numberConstructors, constants: doubleConstants},
	{class: value.BigIntegerClass, methods: bigIntMethods, statics: bigStatics(value.BigIntegerClass), constructors: bigIntConstructors, constants: bigConstants(value.BigIntegerClass)},
	{class: value.BigDecimalClass, methods: decimalMethods, statics: bigStatics(value.BigDecimalClass), constructors: decimalConstructors, constants: bigConstants(value.BigDecimalClass)},
	{class: value.MathClass, statics: mathStatics, constants: mathConstants},
	{class: roundingModeClass, constants: roundingConstants},
	{class: fileTypeClass, constants: fileTypeConstants},

	{class: value.CollectionClass, methods: collectionMethods},
	{class: value.ListClass, methods: listMethods, statics: listStatics},
	{class: value.ArrayListClass, constructors: listConstructors},
	{class: value.LinkedListClass, constructors: listConstructors},
	{class: value.QueueClass, methods: func() []def { return append(queueMethods(), blockingQueueMethods()...) }},
	{class: value.DequeClass, methods: dequeMethods},
	{class: value.ArrayDequeClass, constructors: listConstructors},
	{class: value.PriorityQueueClass, constructors: listConstructors},
	{class: value.VectorClass, constructors: listConstructors},
	{class: value.StackClass, methods: stackMethods, constructors: listConstructors},
	{class: value.SetClass, methods: setMethods, statics: setStatics},
	{class: value.HashSetClass, constructors: setConstructors},
	{class: value.LinkedSetClass, constructors: setConstructors},
	{class: value.TreeSetClass, methods: sortedSetMethods, constructors: setConstructors},
	{class: value.RangeClass, methods: rangeMethods},
	{class: value.MapClass, methods: mapMethods, statics: mapStatics},
	{class: value.HashMapClass, constructors: mapConstructors},
	{class: value.LinkedMapClass, constructors: mapConstructors},
	{class: value.TreeMapClass, methods: func() []def { return guarded(sortedMapMethods()) }, constructors: mapConstructors},
	{class: skipListMapClass, constructors: mapConstructors},
	{class: entryClass, constructors: entryConstructors},
	{class: comparatorClass, methods: comparatorMethods, statics: comparatorStatics},
	{class: concurrentMapClass, constructors: mapConstructors},
	{class: value.MapEntryClass, methods: entryMethods},
	{class: value.IteratorClass, methods: iteratorMethods},
	{class: value.ArraysClass, statics: arraysStatics},
	{class: value.CollectionsClass, statics: collectionsStatics},
	{class: value.ObjectsClass, statics: objectsStatics},
	{class: value.LocaleClass, constants: localeConstants},
	{class: value.OptionalClass, methods: optionalMethods, statics: optionalStatics},
	{class: streamOfValuesClass, methods: streamMethods, statics: intStreamStatics},
	{class: base64Class, statics: base64Statics},
	{class: base64EncoderClass, methods: base64EncoderMethods},
	{class: base64DecoderClass, methods: base64DecoderMethods},
	{class: expandoClass, constructors: expandoConstructors},
	{class: tupleBaseClass, statics: tupleStatics, constructors: tupleConstructors},
	{class: value.TupleClass, methods: tupleMethods},
	{class: collectorsClass, statics: collectorsStatics},
	{class: bytesClass, methods: bytesMethods},
	{class: joinerClass, methods: joinerMethods, constructors: joinerConstructors},

	{class: value.ClosureClass, methods: closureMethods, constants: closureConstants},
	{class: value.PatternClass, methods: patternMethods, statics: patternStatics, constants: patternConstants},
	{class: value.MatcherClass, methods: matcherMethods, statics: matcherStatics},

	{class: value.PathClass, methods: allPathMethods, statics: pathStatics},
	{class: value.FileClass, methods: allFileMethods, constructors: fileConstructors, statics: fileStatics, constants: fileConstants},
	{class: value.PathsClass, statics: pathsStatics},
	{class: value.FilesClass, statics: filesStatics},
	{class: filesExClass, statics: filesExStatics},
	{class: readerBaseClass, methods: readerMethods},
	{class: readerClass, constructors: readerConstructors},
	{class: streamReaderClass, constructors: readerConstructors},
	{class: fileReaderClass, constructors: readerConstructors},
	{class: stringReaderClass, constructors: readerConstructors},
	{class: scannerClass, constructors: readerConstructors},
	{class: inputBaseClass, methods: readerMethods},
	{class: inputStreamClass, constructors: readerConstructors},
	{class: fileInputClass, constructors: readerConstructors},
	{class: randomAccessClass, constructors: readerConstructors},
	{class: gzipInputClass, constructors: readerConstructors, constants: gzipConstants},
	{class: byteInputClass, constructors: readerConstructors},
	{class: writerBaseClass, methods: writerMethods},
	{class: writerClass, constructors: writerConstructors},
	{class: fileWriterClass, constructors: writerConstructors},
	{class: printWriterClass, constructors: writerConstructors},
	{class: stringWriterClass, constructors: writerConstructors},
	{class: outputStreamClass, constructors: writerConstructors},
	{class: byteOutputClass, constructors: writerConstructors},
	{class: gzipOutputClass, constructors: writerConstructors},
	{class: propertiesClass, methods: propertiesMethods, constructors: propertiesConstructors},
	{class: javaClass("java.io.FileFilter")},
	{class: javaClass("java.io.FilenameFilter")},
	{class: javaClass("java.util.concurrent.Callable")},
	{class: javaClass("java.util.function.Function")},
	{class: javaClass("java.util.function.BiFunction")},
	{class: javaClass("java.util.function.Predicate")},
	{class: javaClass("java.util.function.Supplier")},
	{class: javaClass("java.util.function.Consumer")},
	{class: javaClass("java.util.function.UnaryOperator")},
	{class: javaClass("java.util.function.BinaryOperator")},
	{class: copyOptionClass, constants: copyOptions},
	{class: openOptionClass, constants: openOptions},
	{class: linkOptionClass, constants: linkOptions},
	{class: printStreamClass, constructors: writerConstructors},
	{class: processClass, methods: processMethods},
	{class: value.URLClass, methods: urlMethods, constructors: urlConstructors},
	{class: value.URIClass, methods: urlMethods, constructors: urlConstructors, statics: uriStatics},
	{class: connectionClass, methods: connectionMethods, constants: httpConstants},
	{class: urlEncoderClass, statics: urlCodecStatics},
	{class: urlDecoderClass, statics: urlCodecStatics},

	{class: value.DurationClass, methods: durationMethods, statics: durationStatics, constructors: constructorOf(newDuration)},
	{class: value.MemoryUnitClass, methods: memoryMethods, statics: memoryStatics, constructors: constructorOf(newMemory)},
	{class: value.VersionNumberClass, methods: versionMethods, constructors: versionConstructors},

	{class: value.DateClass, methods: dateMethods, statics: dateStatics, constructors: dateConstructors},
	{class: simpleDateFormatClass, methods: timeFormatMethods, constructors: timeFormatConstructors},
	{class: timeFormatterClass, methods: timeFormatMethods, statics: timeFormatStatics, constants: timeFormatConstants},
	{class: numberFormatClass, statics: numberFormatStatics},
	{class: decimalSymbolsClass, statics: symbolsStatics, constructors: plainConstructors},
	{class: tokenizerClass, methods: tokenizerMethods, constructors: tokenizerConstructors},
	{class: decimalFormatClass, methods: decimalFormatMethods, constructors: decimalFormatConstructors},
	{class: localDateClass, methods: temporalMethods, statics: temporalStatics},
	{class: localTimeClass, methods: temporalMethods, statics: temporalStatics, constants: temporalConstants(localTimeClass)},
	{class: localDateTimeClass, methods: temporalMethods, statics: temporalStatics},
	{class: offsetDateTimeClass, methods: temporalMethods, statics: temporalStatics},
	{class: zonedDateTimeClass, methods: temporalMethods, statics: temporalStatics},
	{class: instantClass, methods: temporalMethods, statics: temporalStatics, constants: temporalConstants(instantClass)},
	{class: yearMonthClass, methods: temporalMethods, statics: temporalStatics},
	{class: periodClass, methods: periodMethods, statics: periodStatics},
	{class: dayOfWeekClass, methods: enumMethods(daysOfWeek), statics: enumStatics(daysOfWeek), constants: enumConstants(daysOfWeek)},
	{class: monthClass, methods: enumMethods(months), statics: enumStatics(months), constants: enumConstants(months)},
	{class: timeUnitClass, methods: timeUnitMethods, statics: enumStatics(timeUnits), constants: enumConstants(timeUnits)},
	{class: calendarClass, methods: calendarMethods, statics: calendarStatics, constants: calendarConstants},
	{class: gregorianCalendarClass, constructors: calendarConstructors},
	{class: yearClass, methods: temporalMethods, statics: temporalStatics},
	{class: zoneIDClass, methods: zoneMethods, statics: zoneStatics},
	{class: zoneOffsetClass, methods: zoneMethods, statics: zoneStatics, constants: zoneConstants},
	{class: timeZoneClass, methods: zoneMethods, statics: zoneStatics},
	{class: javaDurationClass, methods: javaDurationMethods, statics: javaDurationStatics, constants: javaDurationConstants},
	{class: chronoUnitClass, methods: chronoUnitMethods, statics: enumStatics(chronoUnits), constants: enumConstants(chronoUnits)},

	{class: value.JsonSlurperClass, methods: jsonSlurperMethods, constructors: plainConstructors},
	{class: jsonSlurperClassic, constructors: plainConstructors},
	{class: value.JsonOutputClass, statics: jsonOutputStatics},
	{class: jsonBuilderClass, methods: jsonBuilderMethods, constructors: builderConstructors(func(v value.Value) value.Value { return &JSONBuilder{v} })},
	{class: jsonGeneratorClass, methods: jsonGeneratorMethods},
	{class: jsonOptionsClass, methods: jsonOptionsMethods, constructors: jsonOptionsConstructors},
	{class: xmlSlurperClass, methods: xmlReaders(asGPath), constructors: xmlConstructors(func() value.Value { return &plainObject{xmlSlurperClass} })},
	{class: xmlParserClass, methods: xmlReaders(asNode), constructors: xmlConstructors(func() value.Value { return &plainObject{xmlParserClass} })},
	{class: gpathClass, methods: gpathMethods},
	{class: xmlNodeClass, methods: xmlNodeMethods},
	{class: nodeListClass, methods: nodeListMethods},
	{class: yamlClass, methods: yamlMethods, constructors: yamlConstructors},
	{class: dumperClass, methods: dumperMethods, constructors: yamlConstructors, constants: dumperConstants},
	{class: flowStyleClass, constants: flowStyleConstants},
	{class: yamlSlurperClass, methods: yamlSlurperMethods, constructors: plainConstructors},
	{class: yamlBuilderClass, methods: yamlBuilderMethods, constructors: builderConstructors(func(v value.Value) value.Value { return &YAMLBuilder{v} })},
	{class: simpleTemplateClass, methods: templateEngineMethods, constructors: plainConstructors},
	{class: gstringTemplateClass, methods: templateEngineMethods, constructors: plainConstructors},
	{class: templateClass, methods: templateMethods},
	{class: writableClass, methods: filledTemplateMethods},

	{class: value.SystemClass, statics: systemStatics, constants: systemConstants},
	{class: value.RuntimeClass, methods: runtimeMethods, statics: runtimeStatics},
	{class: value.SysHelperClass, statics: sysHelperStatics},
	{class: value.ThreadClass, methods: threadMethods, statics: threadStatics, constructors: threadConstructors},
	{class: atomicIntegerClass, methods: atomicNumberMethods, constructors: atomicConstructors(atomicIntegerClass, value.Int(0))},
	{class: atomicLongClass, methods: atomicNumberMethods, constructors: atomicConstructors(atomicLongClass, value.Long(0))},
	{class: atomicBooleanClass, methods: atomicMethods, constructors: atomicConstructors(atomicBooleanClass, value.False)},
	{class: atomicReferenceClass, methods: atomicMethods, constructors: atomicConstructors(atomicReferenceClass, nil)},
	{class: latchClass, methods: latchMethods, constructors: atomicConstructors(latchClass, value.Long(0))},
	{class: lockClass, methods: lockMethods, constructors: lockConstructors},
	{class: executorsClass, statics: executorsStatics},
	{class: poolClass, methods: poolMethods},
	{class: futureClass, methods: futureMethods},
	{class: processBuilderClass, methods: processBuilderMethods, constructors: processBuilderConstructors},
	{class: value.ThrowableClass, methods: exceptionMethods},
	{class: value.UUIDClass, methods: uuidMethods, statics: uuidStatics, constructors: uuidConstructors},
	{class: value.RandomClass, methods: randomMethods, constructors: randomConstructors},
	{class: digestClass, methods: digestMethods, statics: digestStatics},
	{class: inetClass, methods: inetMethods, statics: inetStatics},

	{class: jsonObjectClass, methods: jsonObjectMethods, constructors: jsonObjectConstructors, constants: jsonObjectConstants},
	{class: jsonArrayClass, methods: jsonArrayMethods, constructors: jsonArrayConstructors},
	{class: jsonTokenerClass, constructors: jsonTokenerConstructors},
	{class: schemaClass, methods: schemaMethods},
	{class: schemaLoaderClass, statics: schemaLoaderStatics},
	{class: violationClass, methods: violationMethods},
}

var (
	roundingModeClass  = javaClass("java.math.RoundingMode")
	fileTypeClass      = javaClass("groovy.io.FileType")
	copyOptionClass    = javaClass("java.nio.file.StandardCopyOption")
	openOptionClass    = javaClass("java.nio.file.StandardOpenOption")
	linkOptionClass    = javaClass("java.nio.file.LinkOption")
	entryClass         = javaClass("java.util.AbstractMap$SimpleEntry", value.MapEntryClass)
	skipListMapClass   = javaClass("java.util.concurrent.ConcurrentSkipListMap", value.MapClass)
	concurrentMapClass = javaClass("java.util.concurrent.ConcurrentHashMap", value.MapClass)
	filesExClass       = javaClass("nextflow.extension.FilesEx")
)

// classAliases are other names of classes defined here.
var classAliases = map[string]*value.Class{
	"nextflow.script.types.Duration":             value.DurationClass, // as scripts of newer releases name them
	"nextflow.script.types.MemoryUnit":           value.MemoryUnitClass,
	"nextflow.script.types.VersionNumber":        value.VersionNumberClass,
	"groovy.json.JsonGenerator.Options":          jsonOptionsClass,
	"JsonGenerator.Options":                      jsonOptionsClass,
	"org.yaml.snakeyaml.DumperOptions.FlowStyle": flowStyleClass,
	"DumperOptions.FlowStyle":                    flowStyleClass,
	"java.io.DataInputStream":                    inputStreamClass,
	"java.io.OutputStreamWriter":                 printWriterClass,
	"java.io.FileOutputStream":                   fileWriterClass,
	"FileOutputStream":                           fileWriterClass,
	"OutputStreamWriter":                         printWriterClass,
	"java.util.concurrent.ConcurrentLinkedQueue": value.LinkedListClass,
	"java.util.concurrent.LinkedBlockingQueue":   value.LinkedListClass,
	"java.util.concurrent.LinkedBlockingDeque":   value.LinkedListClass,
	"java.util.concurrent.CopyOnWriteArrayList":  value.ArrayListClass,
	"java.util.Scanner":                          scannerClass,
	"AbstractMap.SimpleEntry":                    entryClass,
	"java.util.AbstractMap.SimpleEntry":          entryClass,
	"java.util.stream.IntStream":                 streamOfValuesClass,
	"java.util.stream.LongStream":                streamOfValuesClass,
	"Tuple2":                                     tupleBaseClass,
	"Tuple3":                                     tupleBaseClass,
	"Tuple4":                                     tupleBaseClass,
	"groovy.lang.Tuple2":                         tupleBaseClass,
	"groovy.lang.Tuple3":                         tupleBaseClass,
	"java.util.stream.Stream":                    streamOfValuesClass,
}

// autoImported says whether Groovy or Nextflow imports the package of a class.
func autoImported(name string) bool {
	i := strings.LastIndexByte(name, '.')
	switch name[:max(i, 0)] {
	case "java.lang", "java.util", "java.io", "java.net", "groovy.lang", "groovy.util":
		return !strings.Contains(name[i+1:], "$")
	}
	return name == value.PathClass.Name || name == value.BigDecimalClass.Name || name == value.BigIntegerClass.Name ||
		name == value.DurationClass.Name || name == value.MemoryUnitClass.Name || name == value.VersionNumberClass.Name
}

func constructorOf(make func(call) (value.Value, error)) func() []def {
	return func() []def { return []def{{"<init>", "value", "makes one of a text or number", make}} }
}

func roundingConstants(*Table) map[string]value.Value {
	out := map[string]value.Value{}
	for _, name := range roundingNames {
		out[name] = value.String(name)
	}
	return out
}

func allPathMethods() []def { return append(ofFiles(), partMethods()...) }

func allFileMethods() []def { return append(fileMethods(), ofFiles()...) }

// ofFiles are the methods that Path and File share.
func ofFiles() []def {
	return append(append(pathMethods(), pathDiskMethods()...), pathTextMethods()...)
}

func pathStatics() []def { return []def{{"of", "first, more...", "is the path of names", pathOf}} }

func pathsStatics() []def { return []def{{"get", "first, more...", "is the path of names", pathOf}} }

func pathOf(c call) (value.Value, error) {
	names := make([]string, c.n())
	for i := range names {
		names[i] = pathText(c.arg(i))
	}
	return value.ParsePath(strings.Join(names, "/")), nil
}

func fileConstants(*Table) map[string]value.Value {
	return map[string]value.Value{"separator": value.String("/"), "pathSeparator": value.String(":")}
}
