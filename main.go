// Command drydock audits a repository for production readiness and repairs it.
package main

import (
	"os"

	"drydock/internal/cli"
)

func main() { os.Exit(cli.Main(os.Args[1:])) }
