// Package lossy loses replies under one load for each shape of commands, at a rate, and counts what was executed twice.
// Unlike histories it needs no model, and says figures.
package lossy
