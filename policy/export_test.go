package policy

// BudgetNodes returns how many nodes a budget remembers.
func BudgetNodes(b *Budget) int64 { return b.named.Load() }
