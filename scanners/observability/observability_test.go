package observability

import (
	"testing"

	"drydock/internal/check/checktest"
)

func TestChecks(t *testing.T) { checktest.Run(t, Checks()) }
