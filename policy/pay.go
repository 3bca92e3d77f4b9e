package policy

// purse is what an operation has paid for the retry that is under way, and from whose bucket. The loops that run one
// operation, as an orchestrator's do, share it, so that a success is credited once.
type purse struct {
	node    string // whose bucket paid
	paid    int32  // tokens, a budget's at most; 0 if the attempt is no retry
	settled bool   // the success has been credited
}

// take pays for a retry at a node, or reports that there is not enough.
func (b *Budget) take(p *purse, node string, cost int) bool {
	n, capacity, now := int64(cost)*thousandths, int64(b.capacity())*thousandths, b.rate()*b.now()
	own := &b.own
	if node != "" {
		own = b.open(node)
	}
	if !own.take(n, capacity, now) {
		return false
	}
	if node != "" && !b.all.take(n, 2*capacity, 2*now) {
		own.give(n)
		return false
	}
	p.paid, p.node = int32(cost), node //nolint:gosec // no budget has as many
	return true
}

// unpay puts back what was paid for a retry that never was.
func (b *Budget) unpay(p *purse) {
	b.give(p.node, int(p.paid))
	p.paid, p.node = 0, ""
}

// succeeded puts back what a success at a node earns: the cost of the retry, or for a first attempt the refund.
func (b *Budget) succeeded(p *purse, node string) {
	switch {
	case p.settled:
	case p.paid > 0 && !b.Keep:
		b.give(p.node, int(p.paid))
	default:
		b.give(node, orElse(b.Refund, defaultRefund))
	}
	p.settled = true
}

// give puts tokens back into the bucket of a node, and into that of all nodes.
func (b *Budget) give(node string, tokens int) {
	n := int64(tokens) * thousandths
	if own := b.bucket(node); own != nil {
		own.give(n)
	}
	if node != "" {
		b.all.give(n)
	}
}

// bucket returns that of a node, or nil if it has none.
func (b *Budget) bucket(node string) *bucket {
	if node == "" {
		return &b.own
	}
	if b.named.Load() == 0 {
		return nil // most of the time no node has failed
	}
	if own, ok := b.nodes.Load(node); ok {
		return own.(*bucket)
	}
	return nil
}

// manyNodes is how many nodes have buckets before those that are full again are thrown away: an address may not come back.
const manyNodes = 1024

// open returns the bucket of a node, which gets one.
func (b *Budget) open(node string) *bucket {
	if own := b.bucket(node); own != nil {
		return own
	}
	if b.named.Load() >= manyNodes {
		b.sweep()
	}
	own, there := b.nodes.LoadOrStore(node, new(bucket))
	if !there {
		b.named.Add(1)
	}
	return own.(*bucket)
}

// sweep throws the buckets away that are full, which a new one would be too.
func (b *Budget) sweep() {
	now := b.rate() * b.now()
	b.nodes.Range(func(node, own any) bool {
		if own.(*bucket).spent(now) == 0 && b.nodes.CompareAndDelete(node, own) {
			b.named.Add(-1)
		}
		return true
	})
}
