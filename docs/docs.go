// Package docs holds the documents that the program itself hands out.
package docs

import _ "embed"

// ReportSchema is the JSON Schema (2020-12) of drydock.report/v1.
//
//go:embed report.schema.json
var ReportSchema []byte
