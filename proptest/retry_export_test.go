package proptest

// RetryEngine lets liars stand in for package policy.
type RetryEngine = retryEngine

var (
	// Genuine is package policy.
	Genuine = genuine
	// TestRetryOn is TestRetry on an engine that may lie.
	TestRetryOn = testRetry
)
