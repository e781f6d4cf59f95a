package delivery

import (
	"slices"
	"strings"

	"drydock/internal/repo/expr"
)

// condition reads an if:, with or without ${{ }}; nil when it cannot be read.
func condition(text string) *expr.Node {
	text = strings.TrimSpace(text)
	if found := expr.Find(text); len(found) == 1 && found[0].Start == 0 && found[0].End == len(text) {
		return found[0].Node
	}
	node, err := expr.Parse(text)
	if err != nil {
		return nil
	}
	return node
}

// tests says whether a condition compares one of the paths, by their ends.
func tests(text string, ends ...string) bool {
	node := condition(text)
	if node == nil {
		return false
	}
	return slices.ContainsFunc(node.Reads(), func(r expr.Read) bool {
		return slices.ContainsFunc(ends, func(end string) bool { return strings.HasSuffix(r.Path, end) })
	})
}

// ownChanges says whether a condition lets only changes of the repository itself,
// or only its people, through.
func ownChanges(text string) bool {
	return tests(text, "head.repo.full_name", "head.repo.fork", ".author_association", "head.repo.owner.login", "head_repository.full_name", "head.user.login", "pull_request.user.login", "workflow_run.event")
}

// trustsActor says whether a condition compares who caused the run with a bot.
func trustsActor(text string) bool {
	var walk func(n *expr.Node) bool
	walk = func(n *expr.Node) bool {
		if n == nil {
			return false
		}
		if n.Op == expr.Equal && len(n.Args) == 2 {
			for i, a := range n.Args {
				other := n.Args[1-i]
				if p := a.Path(); p == "github.actor" && strings.HasSuffix(other.Text, "[bot]") || p == "github.actor_id" {
					return true
				}
			}
		}
		return slices.ContainsFunc(n.Args, walk)
	}
	return walk(condition(text))
}
