package sqlfile

import (
	"strings"

	"drydock/internal/repo/schema"
)

// alter reads ALTER of whatever it alters.
func (p *parser) alter(s *Statement) {
	if p.take("DEFAULT", "PRIVILEGES") {
		s.Kind = "ALTER DEFAULT PRIVILEGES"
		return
	}
	p.takeAny("FOREIGN", "ONLINE", "OFFLINE", "IGNORE")
	object := strings.ToUpper(schema.Clip(p.text(p.i)))
	p.i++
	switch object {
	case "MATERIALIZED":
		object += " " + strings.ToUpper(schema.Clip(p.text(p.i)))
		p.i++
	case "USER", "GROUP":
		object = "ROLE"
	}
	s.Kind = Kind("ALTER " + object)
	p.take("ALL")
	s.IfExists, _ = p.ifExists()
	p.take("ONLY")
	s.Name = p.name()
	p.take("*")
	p.cluster()
	if p.is(p.i, "(") { // the parameters of a function
		p.i = p.skip(p.i)
	}
	switch object {
	case "TABLE":
		add := false
		for _, item := range p.items(p.i, len(p.toks)) {
			a := p.action(item[0], item[1], add)
			add = a.Kind == AddColumn || a.Kind == AddConstraint // SQL Server and Oracle: ADD a int, b int
			s.Actions = append(s.Actions, a)
			if a.Kind == Mutation || a.Kind == "MODIFY QUERY" || a.Kind == "MODIFY SETTING" {
				break // the commas behind it are its own
			}
		}
	case "TYPE", "DOMAIN", "INDEX", "VIEW", "SEQUENCE", "SCHEMA", "MATERIALIZED VIEW":
		s.Actions = append(s.Actions, p.action(p.i, len(p.toks), false))
	}
	for _, a := range s.Actions {
		if a.Kind == RenameTo {
			s.To = Name{Name: a.To}
		}
	}
}

// action reads the action of tokens [i, end). With add it may be one more column
// of an ADD whose word is not repeated.
func (p *parser) action(i, end int, add bool) *Action {
	p.i = i
	a := &Action{Span: p.span(i, end), Kind: ActionKind(strings.ToUpper(schema.Clip(p.text(i))))}
	a.Cascade = p.find(i, end, "CASCADE") >= 0 && !p.is(i, "ADD")
	switch {
	case p.take("ADD"):
		p.added(a, end)
	case p.take("DROP"):
		p.dropped(a)
	case p.take("RENAME"):
		p.renamed(a)
	case p.take("ALTER"):
		p.altered(a, end)
	case p.is(i, "MODIFY"), p.is(i, "CHANGE"):
		p.modified(a, end)
	case p.take("VALIDATE", "CONSTRAINT"):
		a.Kind, a.Name = ValidateConstraint, p.unquote(p.i)
	case p.take("DETACH", "PARTITION"):
		a.Kind, a.Name = DetachPartition, p.name().Name
		a.Concurrently = p.take("CONCURRENTLY")
	case p.take("ATTACH", "PARTITION"):
		a.Kind, a.Name = AttachPartition, p.name().Name
	case p.is(i, "ENABLE") && p.is(i+1, "ROW"):
		a.Kind = RowSecurity
	case p.is(i, "UPDATE") || p.is(i, "DELETE"):
		a.Kind = Mutation
	case p.is(i, "SET") || p.is(i, "OWNER"):
		a.Kind = ActionKind(strings.ToUpper(strings.TrimSpace(p.text(i) + " " + schema.Clip(p.text(i+1)))))
		a.To = p.unquote(i + 2)
	case add && p.isName(i) && p.isName(i+1):
		a.Kind = AddColumn
		a.Column = p.column(i, end)
		a.Name = a.Column.Name
	}
	return a
}

// added reads what stands behind ADD.
func (p *parser) added(a *Action, end int) {
	if p.take("VALUE") { // ALTER TYPE
		a.Kind = AddValue
		_, a.IfNotExists = p.ifExists()
		a.Name = p.unquote(p.i)
		a.Placed = p.find(p.i, end, "BEFORE", "AFTER") >= 0
		return
	}
	start := p.i
	if c, ok := p.constraint(start, end); ok {
		a.Kind, a.Constraint, a.Name = AddConstraint, c, c.Name
		return
	}
	if x, ok := p.indexItem(start, end); ok {
		a.Kind, a.Index, a.Name = AddIndex, x, x.Name
		return
	}
	p.i = start
	if p.takeAny("PARTITION", "PROJECTION", "PERIOD") != "" {
		a.Kind = ActionKind("ADD " + strings.ToUpper(p.text(start)))
		return
	}
	a.Kind = AddColumn
	p.takeAny("COLUMN", "ATTRIBUTE")
	_, a.IfNotExists = p.ifExists()
	if p.is(p.i, "(") { // MySQL: ADD COLUMN (a int, …)
		p.i++
		if end = p.skip(p.i-1) - 1; end < p.i {
			end = p.i
		}
	}
	if p.i < end {
		a.Column = p.column(p.i, end)
		a.Name = a.Column.Name
	}
}

func (p *parser) dropped(a *Action) {
	start := p.i
	switch {
	case p.take("CONSTRAINT"), p.take("FOREIGN", "KEY"), p.take("CHECK"):
		a.Kind = DropConstraint
	case p.take("PRIMARY", "KEY"):
		a.Kind, a.Name = DropConstraint, "PRIMARY"
		return
	case p.is(p.i, "INDEX") || p.is(p.i, "KEY"):
		p.i++
		a.Kind = DropIndexAction
	case p.take("NOT", "NULL"): // ALTER DOMAIN
		a.Kind = DropNotNull
		return
	case p.take("DEFAULT"):
		a.Kind = DropDefault
		return
	case p.takeAny("PARTITION", "PROJECTION", "PERIOD") != "":
		a.Kind = ActionKind("DROP " + strings.ToUpper(p.text(start)))
		return
	default:
		a.Kind = DropColumn
		p.takeAny("COLUMN", "ATTRIBUTE")
	}
	a.IfExists, _ = p.ifExists()
	a.Name = p.name().Name
}

func (p *parser) renamed(a *Action) {
	switch {
	case p.take("TO"), p.take("AS"):
		a.Kind, a.To = RenameTo, p.name().Name
		return
	case p.take("CONSTRAINT"):
		a.Kind = RenameConstraint
	case p.take("VALUE"):
		a.Kind = RenameValue
	case p.is(p.i, "INDEX") || p.is(p.i, "KEY"):
		p.i++
		a.Kind = "RENAME INDEX"
	default:
		a.Kind = RenameColumn
		p.takeAny("COLUMN", "ATTRIBUTE")
	}
	p.ifExists()
	a.Name = p.unquote(p.i)
	p.i++
	if p.take("TO") {
		a.To = p.unquote(p.i)
	}
}

// altered reads what stands behind ALTER in ALTER TABLE.
func (p *parser) altered(a *Action, end int) {
	if p.is(p.i, "CONSTRAINT") || p.is(p.i, "INDEX") || p.is(p.i, "CHECK") {
		a.Kind = ActionKind("ALTER " + strings.ToUpper(p.text(p.i)))
		a.Name = p.unquote(p.i + 1)
		return
	}
	p.takeAny("COLUMN", "ATTRIBUTE")
	a.IfExists, _ = p.ifExists()
	if !p.isName(p.i) {
		return
	}
	at := p.i
	a.Name = p.unquote(at)
	p.i++
	c := &schema.Column{Name: a.Name, NameSpan: p.span(at, at+1), Span: a.Span}
	switch {
	case p.take("SET", "NOT", "NULL"):
		a.Kind = SetNotNull
	case p.take("DROP", "NOT", "NULL"):
		a.Kind = DropNotNull
	case p.take("DROP", "DEFAULT"):
		a.Kind = DropDefault
	case p.take("SET", "DEFAULT"):
		a.Kind, a.Column = SetDefault, c
		c.Default = p.defaultValue(end)
	case p.take("SET", "DATA", "TYPE"), p.take("TYPE"):
		a.Kind, a.Column = AlterColumnType, c
		p.columnType(c, end)
		a.Using = p.find(p.i, end, "USING") >= 0
	case p.is(p.i, "SET") || p.is(p.i, "ADD") || p.is(p.i, "DROP") || p.is(p.i, "RESET"):
		a.Kind = ActionKind("ALTER COLUMN " + strings.ToUpper(schema.Clip(strings.TrimSpace(p.text(p.i)+" "+p.text(p.i+1)))))
	case p.isName(p.i): // SQL Server: ALTER COLUMN a type NOT NULL
		a.Kind, a.Column = ModifyColumn, p.column(at, end)
	}
}

// modified reads MySQL's MODIFY and CHANGE.
func (p *parser) modified(a *Action, end int) {
	change := p.take("CHANGE")
	if !change {
		p.take("MODIFY")
	}
	for p.takeAny("COLUMN") != "" {
	}
	a.IfExists, _ = p.ifExists()
	if p.is(p.i, "ORDER") || p.is(p.i, "QUERY") || p.is(p.i, "SETTING") || p.is(p.i, "TTL") || !p.isName(p.i) {
		a.Kind = ActionKind("MODIFY " + strings.ToUpper(schema.Clip(p.text(p.i))))
		return
	}
	a.Kind = ModifyColumn
	a.Name = p.unquote(p.i)
	if change {
		p.i++
	}
	if p.i < end {
		a.Column = p.column(p.i, end)
		if a.To = a.Column.Name; a.To == a.Name {
			a.To = ""
		}
	}
}
