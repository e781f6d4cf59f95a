// Package database checks schemas, their migrations and the engines they are for.
package database
