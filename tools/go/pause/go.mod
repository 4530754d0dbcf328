// Pins the sources that set-up builds this tool from: docs/decisions/0002-where-tools-come-from.md
module arcfleet.invalid/tools/pause

go 1.24
