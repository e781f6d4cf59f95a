package action

//go:generate go run ./gen ../../docs/keys.md
