// Package expvar counts what retries do, for programs without OpenTelemetry: as a variable of the standard library's
// package expvar, which serves it at /debug/vars.
//
//	var retries expvar.Observer
//
//	err := retries.Publish("reprise")
//	…
//	retry := policy.Retry{Retries: 3, Observe: retries.Observe}
//
// It reads as JSON, of which "cluster" is there once a cluster has told of a refresh, and "budgets" if there are any:
//
//	{
//	  "attempts": 1234,              have ended
//	  "retries": 17,                 were decided on
//	  "retry_delay_seconds": 0.412,  of their delays, the sum
//	  "give_ups": {                  operations that ended with an error, by reason and kind of error
//	    "out_of_retries": {"connection": 2, "timeout": 1},
//	    "not_retryable": {"_OTHER": 1}
//	  },
//	  "budgets": {"orders": {"tokens": 460, "capacity": 500}},
//	  "cluster": {
//	    "refreshes": 3,              of the slot map, that have ended
//	    "failed_refreshes": 1,       of them
//	    "refresh_seconds": 0.02,     that they took, the sum
//	    "demoted_nodes": 1           that failed a short time ago, and have not answered since
//	  }
//	}
//
// The kinds are those of [classify.Kind], "_OTHER" if nobody knows the error. The application's own are counted one by one up to
// 200 pairs of reason and kind, and from then on as "_OTHER", so that the variable has a bound whatever their names are.
//
// If the caller's context ends during a delay, or there is no time left after it, [policy.Retry] tells of that attempt a
// second time: the attempt is counted once, and the retry that was decided on and then not made stays counted.
//
// An event is some atomic additions, takes no lock and allocates nothing. Importing package expvar has the standard library
// register /debug/vars at http.DefaultServeMux, with the program's command line in it.
package expvar
