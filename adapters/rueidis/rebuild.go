package rueidis

import (
	"slices"
	"strconv"
	"strings"

	"github.com/redis/rueidis"

	"github.com/reprise-go/reprise/cluster"
	"github.com/reprise-go/reprise/internal/batch"
)

// rebuild returns a command that is as like, and has the words, which are its own from before it was sent. Each
// attempt but the first sends a command that was rebuilt. The one that the caller has built may be recycled, be his
// for another use (pinned, and shared with other goroutines), or still be read by the connection that failed; it is
// neither sent again nor written to.
func rebuild(b rueidis.Builder, w batch.Command, like rueidis.Completed) rueidis.Completed {
	c := flagged(b, w, like)
	if like.IsPipe() {
		c = c.ToPipe()
	}
	if like.IsRetryable() {
		c = c.ToRetryable()
	}
	if like.IsUnblockOnCancel() {
		c = c.UnblockOnCancel()
	}
	return slotted(c, w, like.Slot())
}

// flagged builds the command with the flags that a builder alone can give.
func flagged(b rueidis.Builder, w batch.Command, like rueidis.Completed) rueidis.Completed {
	cached := rueidis.Cacheable(like)
	switch {
	case like.IsReadOnly() && like.IsBlock():
		return blockingRead(b, w)
	case like.IsBlock():
		return b.Arbitrary(w...).Blocking()
	case cached.IsMGet():
		return b.Arbitrary(w...).MultiGet()
	case like.IsReadOnly():
		return b.Arbitrary(w...).ReadOnly()
	}
	return b.Arbitrary(w...).Build()
}

// blockingRead builds XREAD [COUNT n] BLOCK ms STREAMS keys ids, the one command that both blocks and only reads.
// There is one builder that makes it, so that its words are where that builder puts them.
func blockingRead(b rueidis.Builder, w batch.Command) rueidis.Completed {
	at := slices.Index(w, "STREAMS")
	if w[0] != "XREAD" || at < 3 || at+2 > len(w) {
		return b.Arbitrary(w...).Blocking()
	}
	// Where the keys end is not looked for: what is no ID the server refuses, and a builder for clusters would panic.
	key, rest := w[at+1], w[at+2:]
	wait, _ := strconv.ParseInt(w[at-1], 10, 64) // the builder made it of a number
	if w[1] == "COUNT" {
		count, _ := strconv.ParseInt(w[2], 10, 64)
		return b.Xread().Count(count).Block(wait).Streams().Key(key).Id(rest...).Build()
	}
	return b.Xread().Block(wait).Streams().Key(key).Id(rest...).Build()
}

// rebuildCache is rebuild for commands that are cached.
func rebuildCache(b rueidis.Builder, w batch.Command, like rueidis.Cacheable) rueidis.Cacheable {
	c, ok := script(b, w)
	if !ok {
		c = rueidis.Cacheable(rebuild(b, w, rueidis.Completed(like)))
	}
	if like == like.ToStaticTTL() {
		c = c.ToStaticTTL()
	}
	return c
}

// script builds a cached script or function. Its reply is cached under the key, which a command without the flag
// of such a builder has at another place.
func script(b rueidis.Builder, w batch.Command) (rueidis.Cacheable, bool) {
	if len(w) < 4 || w[2] != "1" {
		return rueidis.Cacheable{}, false
	}
	switch strings.ToUpper(w[0]) {
	case "EVAL_RO":
		return b.EvalRo().Script(w[1]).Numkeys(1).Key(w[3]).Arg(w[4:]...).Cache(), true
	case "EVALSHA_RO":
		return b.EvalshaRo().Sha1(w[1]).Numkeys(1).Key(w[3]).Arg(w[4:]...).Cache(), true
	case "FCALL_RO":
		return b.FcallRo().Function(w[1]).Numkeys(1).Key(w[3]).Arg(w[4:]...).Cache(), true
	}
	return rueidis.Cacheable{}, false
}

// resubscribe builds SUBSCRIBE and its kin, which no other builder makes.
func resubscribe(b rueidis.Builder, w batch.Command) rueidis.Completed {
	switch w[0] {
	case "PSUBSCRIBE":
		return b.Psubscribe().Pattern(w[1:]...).Build()
	case "SSUBSCRIBE":
		return b.Ssubscribe().Channel(w[1:]...).Build()
	}
	return b.Subscribe().Channel(w[1:]...).Build()
}

// noKey is the bit of rueidis.Completed.Slot that says that there is no key. The one above it says that the client is
// not a cluster's.
const noKey = cluster.Slots

// slotted returns c with the slot that it is to be sent to: that of one of its words, its key.
func slotted(c rueidis.Completed, w batch.Command, slot uint16) rueidis.Completed {
	if c.Slot() == slot || slot == noKey {
		return c
	}
	slot %= cluster.Slots
	for _, word := range w[1:] {
		if of := c.SetSlot(word); of.Slot()%cluster.Slots == slot {
			return of
		}
	}
	// The caller has set it by a key that is not in the command. Some number among these has it: a slot is
	// missed once in 10^27.
	for n := range cluster.Slots * 64 {
		if of := c.SetSlot(strconv.Itoa(n)); of.Slot()%cluster.Slots == slot {
			return of
		}
	}
	return c
}
