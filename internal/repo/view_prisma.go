package repo

import (
	"errors"

	"drydock/internal/repo/prisma"
)

// PrismaSchema is one schema file of Prisma. A schema may be spread over the
// files of a directory: then one of them holds the datasource.
type PrismaSchema struct {
	*File
	Spec *prisma.File
}

// PrismaSchemas lists the schema files of Prisma, by path; those of tests and
// examples keep their role.
func (s *Snapshot) PrismaSchemas() []*PrismaSchema {
	return view(s, "prisma schemas", func() []*PrismaSchema {
		var out []*PrismaSchema
		for _, f := range s.files {
			if f.Role.Foreign() || f.Blank() || !prisma.Sniff(f.Path) {
				continue
			}
			spec, err := prisma.Parse(f.Path, f.Bytes())
			if err != nil {
				line := 0
				var e *prisma.Error
				if errors.As(err, &e) {
					line = e.Line
				}
				s.parseFailed(f, line, err)
			}
			if spec != nil {
				out = append(out, &PrismaSchema{f, spec})
			}
		}
		return out
	})
}
