package proptest

// Law is a sentence that code under test must keep. Its text is what a failing test prints first.
type Law string

// String returns the sentence.
func (l Law) String() string { return string(l) }
