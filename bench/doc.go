// Package bench holds other libraries of retries to the laws of this one's kit, proptest.TestDo, and their backoffs to those of
// proptest.TestStrategy. It is a module of its own, so that nobody who imports reprise gets them.
//
// An adapter uses its library as the documentation of that recommends: a policy is made once where it says that it may be,
// and what it can be told of the context it is told. The only error that is made final is proptest.IsFinal.
package bench
