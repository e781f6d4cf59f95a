package cli

import (
	"drydock/internal/report"
)

// schemaFormat asks for the JSON Schema of the report instead of a report.
const schemaFormat = "json-schema"

func (s *session) writeSchema() error {
	if s.set.Output != "" {
		return exit(exitUsage, writeFile(s.set.Output, report.JSONSchema()))
	}
	_, err := s.sh.out.Write(report.JSONSchema())
	return err
}
