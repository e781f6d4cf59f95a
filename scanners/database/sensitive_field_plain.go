package database

import (
	"slices"
	"strings"

	"drydock/internal/check"
	"drydock/internal/finding"
	"drydock/internal/repo"
	"drydock/internal/repo/schema"
)

// SensitiveFieldPlain finds columns for secrets of people that are stored as they
// are.
var SensitiveFieldPlain = check.PerProject(check.Doc{
	ID:         "database/sensitive-field-plain",
	Title:      "Sensitive column is stored plain",
	Severity:   finding.Medium,
	Confidence: finding.Likely,
	Hours:      1,
	Why:        "Whoever reads a backup, a replica or the answer to one injected query has account numbers and the seeds of second factors in plain text.",
	How:        "Encrypt the value before it is written, with a key outside the database, or keep it with a provider and store its token.",
	References: []string{
		"https://cheatsheetseries.owasp.org/cheatsheets/Cryptographic_Storage_Cheat_Sheet.html", "https://sqlalchemy-utils.readthedocs.io/en/latest/data_types.html",
	},
}, func(p *check.Pass, s *repo.Snapshot) {
	_, byDir := tables(s)
	var at []finding.Location
	var names []string
	for _, dir := range sortedKeys(byDir) {
		for _, m := range byDir[dir] {
			for _, c := range m.Spec.Table.Columns {
				if c.Path != "" || !isSensitive(c) || encrypts(s, m, c) {
					continue
				}
				at = append(at, m.At(c.Span))
				names = append(names, tableName(m)+"."+c.Name)
			}
		}
	}
	if len(at) > 0 {
		p.Report(at[0], "%s stored without encryption as far as the code shows: %s", plainCount(len(at)), some(names)).With(at[1:]...).Keyed("plain")
	}
})

func plainCount(n int) string {
	if n == 1 {
		return "1 sensitive column is"
	}
	return count(n, "sensitive column") + " are"
}

func sortedKeys(m map[string][]*repo.Model) (out []string) {
	for k := range m {
		out = append(out, k)
	}
	slices.Sort(out)
	return out
}

// sensitiveNames are columns whose content by itself opens something or names an
// account of a person, in lower case without separators.
var sensitiveNames = []string{
	"ssn", "socialsecuritynumber", "iban", "accountnumber", "bankaccountnumber", "cardnumber", "creditcardnumber", "creditcard", "cvv", "cvc", "passportnumber", "nationalid", "taxid",
	"totpsecret", "otpsecret", "mfasecret", "twofactorsecret", "2fasecret",
}

func isSensitive(c *schema.Column) bool {
	if c.References != nil || c.Kind == schema.Boolean || c.Kind == schema.Bytes || c.Kind == schema.DateTime || c.Kind == schema.DateTimeTZ {
		return false
	}
	written := strings.ToLower(c.Type)
	if strings.Contains(written, "encrypt") || strings.Contains(written, "secret") || strings.Contains(written, "fernet") || strings.Contains(written, "cipher") {
		return false
	}
	for _, name := range []string{c.Name, c.Field} {
		if slices.Contains(sensitiveNames, strings.ToLower(strings.NewReplacer("_", "", "-", "").Replace(name))) {
			return true
		}
	}
	return false
}

// encrypts says whether a source that has the field's name also encrypts.
func encrypts(s *repo.Snapshot, m *repo.Model, c *schema.Column) bool {
	names := []string{c.Name}
	if c.Field != "" {
		names = append(names, c.Field)
	}
	for _, src := range s.RunningSources(names...) {
		if src.Mentions("encrypt", "Fernet", "createCipheriv", "encryptField", "encryptSecret", "symmetricEncrypt", "EncryptedType", "EncryptedString", "EncryptedField", "encrypted", "encryption", "kms", "seal", "decrypt", "symmetricDecrypt") {
			return true
		}
	}
	return m.Mentions("encrypted", "Encrypted")
}
