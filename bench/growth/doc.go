// Package growth measures how a cost grows with a size: of waiting operations, of goroutines that share a budget, of nodes, of
// retries, of arguments.
//
//	go test -bench . ./growth
//
// Each benchmark has a sub-benchmark per size, n=SIZE, so that a program can draw the curve; what comes before tells curves
// of one benchmark apart. Time is per operation: a line that is flat does not grow, one with a slope of 1 on axes that
// are both logarithmic grows as the size does.
package growth
