package repo

import "bytes"

// callsWith says whether a text calls one of the names in a way that the argument
// may be what looks accepts: a look before parsing. looks sees what follows the
// bracket and the blanks behind it.
func callsWith(text []byte, names []string, looks func(argument []byte) bool) bool {
	for _, name := range names {
		for rest := text; ; {
			at := bytes.Index(rest, []byte(name))
			if at < 0 {
				break
			}
			rest = rest[at+len(name):]
			args, ok := bytes.CutPrefix(bytes.TrimLeft(rest, " \t\r\n?.!"), []byte("("))
			if !ok && len(rest) > 0 && rest[0] == '<' { // type arguments
				if end := bytes.IndexByte(rest[:min(len(rest), maxTypeArguments)], '('); end >= 0 {
					args, ok = rest[end+1:], true
				}
			}
			if ok && looks(bytes.TrimLeft(args, " \t\r\n")) {
				return true
			}
		}
	}
	return false
}

// maxTypeArguments is how far behind a name's type arguments its bracket is looked
// for, in bytes.
const maxTypeArguments = 200

// literalNext says whether an argument may begin with a literal text, or with
// something that stands before one.
func literalNext(argument []byte) bool {
	return len(argument) > 0 && bytes.IndexByte([]byte("\"'`/("), argument[0]) >= 0
}

// environmentNext says whether an argument may be the environment as a whole, or an
// object that takes it in.
func environmentNext(argument []byte) bool {
	for _, prefix := range []string{"process", "import", "Bun", "{", "(", "/"} {
		if bytes.HasPrefix(argument, []byte(prefix)) {
			return true
		}
	}
	return false
}
