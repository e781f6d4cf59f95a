package terraform

import (
	"bytes"
	"fmt"

	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/hclsyntax"
)

// The library's parser calls itself for what nests, without a limit of its own.
const (
	fewOpenings  = 2_000   // brackets and the like that do no harm however they nest
	mostOpenings = 100_000 // more is no file that people wrote
	maxOperators = 1_000   // operators and steps of one expression
)

// opens marks the bytes that can make the parser call itself.
var opens = [256]bool{'(': true, '[': true, '{': true, '?': true, '!': true, '-': true}

// admit refuses what the parser would not survive. Most files are so small that a
// look at their bytes tells; the others are cut into tokens, which is no recursion.
func admit(src []byte) *Error {
	if len(src) > MaxBytes {
		return &Error{1, fmt.Sprintf("larger than %d KiB", MaxBytes>>10)}
	}
	if i := bytes.IndexByte(src, 0); i >= 0 {
		return &Error{1 + bytes.Count(src[:i], []byte("\n")), "not a text file"}
	}
	n := 0
	for _, c := range src {
		if opens[c] {
			n++
		}
	}
	switch {
	case n > mostOpenings:
		return &Error{1, fmt.Sprintf("more than %d brackets and operators", mostOpenings)}
	case n > fewOpenings:
		return admitTokens(src)
	}
	return nil
}

func admitTokens(src []byte) *Error {
	tokens, _ := hclsyntax.LexConfig(src, "", hcl.InitialPos)
	type level struct {
		open      hclsyntax.TokenType
		operators int
	}
	stack := []level{{}}
	for _, t := range tokens {
		top := &stack[len(stack)-1]
		switch t.Type {
		case hclsyntax.TokenOBrace, hclsyntax.TokenOBrack, hclsyntax.TokenOParen, hclsyntax.TokenTemplateInterp,
			hclsyntax.TokenTemplateControl, hclsyntax.TokenOQuote, hclsyntax.TokenOHeredoc:
			if t.Type == hclsyntax.TokenOBrack || t.Type == hclsyntax.TokenTemplateControl {
				top.operators++ // an index, or an %{if} that holds what follows
			}
			if len(stack) > MaxDepth {
				return &Error{t.Range.Start.Line, fmt.Sprintf("nested deeper than %d levels", MaxDepth)}
			}
			stack = append(stack, level{open: t.Type})
		case hclsyntax.TokenCBrace, hclsyntax.TokenCBrack, hclsyntax.TokenCParen, hclsyntax.TokenTemplateSeqEnd,
			hclsyntax.TokenCQuote, hclsyntax.TokenCHeredoc:
			if len(stack) > 1 {
				stack = stack[:len(stack)-1]
			}
		case hclsyntax.TokenComma:
			top.operators = 0
		case hclsyntax.TokenNewline:
			if top.open == hclsyntax.TokenOBrace || len(stack) == 1 {
				top.operators = 0
			}
		case hclsyntax.TokenIdent, hclsyntax.TokenNumberLit, hclsyntax.TokenQuotedLit, hclsyntax.TokenStringLit, hclsyntax.TokenComment:
		default:
			top.operators++
		}
		if top.operators > maxOperators {
			return &Error{t.Range.Start.Line, fmt.Sprintf("an expression of more than %d operators", maxOperators)}
		}
	}
	return nil
}
