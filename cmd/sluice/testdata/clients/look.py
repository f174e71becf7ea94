"""Runs a pipeline through nextflowpy and prints what it made of the log."""
import json
import sys

import nextflow

run = nextflow.run(sys.argv[1], run_path=sys.argv[2], params={"outdir": "res"}, trace="trace.txt", sleep=0.2)
print(json.dumps({
    "status": run.status,
    "code": run.return_code,
    "named": bool(run.identifier and run.session_uuid),
    "dated": bool(run.started and run.finished),
    "tasks": [
        {
            "name": p.name, "process": p.process, "status": p.status, "code": p.return_code,
            "inputs": sorted(p.input_data(include_path=False)),
            "outputs": sorted(p.all_output_data(include_path=False)),
        }
        for p in sorted(run.process_executions, key=lambda p: p.name)
    ],
}))
