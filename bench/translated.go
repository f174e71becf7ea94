package main

import (
	"fmt"
	"strings"
)

// translated is a pipeline of n tasks in the shape that workflow generators
// write: a process per task with a storeDir that its command writes to, and a
// function per hundred tasks that hands on a map of channels by file name.
// Of every ten tasks six read one file, three join two others, and one joins
// the three; a last one reads what all of those made.
func translated(n int) map[string]string {
	files := map[string]string{}
	var main, body strings.Builder
	var ends []string
	flush := func(module int, processes, calls string) {
		name := fmt.Sprintf("modules/tasks_%d.nf", module)
		files[name] = processes + fmt.Sprintf("def run_module_%d(Map inputs) {\n    def results = inputs.clone()\n%s    return results\n}\n", module, calls)
		fmt.Fprintf(&main, "include { run_module_%d } from './%s'\n", module, name)
		fmt.Fprintf(&body, "    data = run_module_%d(data)\n", module)
	}
	var processes, calls strings.Builder
	for i := range n {
		name := fmt.Sprintf("task_%05d", i)
		parents := parentsOf(i)
		if i == n-1 {
			parents = ends
			files["deps/"+name+".txt"] = strings.Join(ends, "\n") + "\n"
		} else if len(parents) == 3 {
			ends = append(ends, name+"_out")
		}
		processes.WriteString(taskProcess(name))
		calls.WriteString(taskCall(name, parents, i == n-1))
		if i%100 == 99 || i == n-1 {
			flush(i/100, processes.String(), calls.String())
			processes.Reset()
			calls.Reset()
		}
	}
	files["main.nf"] = "params.data = \"$launchDir/data\"\nparams.deps = \"$launchDir/deps\"\n" + main.String() +
		"workflow {\n    def data = [:]\n" + body.String() + "}\n"
	files["data/in"] = "input\n"
	return files
}

// parentsOf names the files that task i reads; none is the input of all.
func parentsOf(i int) []string {
	ten, k := i/10*10, i%10
	out := func(k int) string { return fmt.Sprintf("task_%05d_out", ten+k) }
	switch {
	case k < 6:
		return nil
	case k < 9:
		return []string{out(2*k - 12), out(2*k - 11)}
	}
	return []string{out(6), out(7), out(8)}
}

func taskProcess(name string) string {
	return fmt.Sprintf("process %[1]s() {\n    storeDir \"${params.data}\"\n    input:\n    path 'in*'\n    output:\n    path '%[1]s_out'\n    script:\n    \"\"\"\n    ${\"cat in* > ${params.data}/%[1]s_out\"}\n    \"\"\"\n}\n\n", name)
}

// taskCall connects one task; the names of many parents are in a file.
func taskCall(name string, parents []string, many bool) string {
	source := "Channel.of(file(params.data + '/in'))"
	if many {
		source = fmt.Sprintf("Channel.empty().mix(*file(\"${params.deps}/%s.txt\").readLines().collect { results[it] }).collect()", name)
	} else if len(parents) > 0 {
		source = "Channel.empty().mix(*['" + strings.Join(parents, "', '") + "'].collect { results[it] }).collect()"
	}
	return fmt.Sprintf("    def %[1]s_input = %[2]s\n    results.%[1]s_out = %[1]s(%[1]s_input)\n", name, source)
}
