package tui

//go:generate go run ./shot -size 120x36 ../docs/dashboard.svg
