package report

import (
	"bytes"

	"drydock/docs"
)

// JSONSchema is the JSON Schema (2020-12) that every JSON report satisfies.
func JSONSchema() []byte { return bytes.Clone(docs.ReportSchema) }
