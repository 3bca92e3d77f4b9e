package otel

import (
	"slices"
	"strings"

	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/metric"

	"github.com/reprise-go/reprise/classify"
	"github.com/reprise-go/reprise/internal/bounded"
	"github.com/reprise-go/reprise/policy"
)

// The attributes. The first two are of OpenTelemetry's semantic conventions.
const (
	operationName = attribute.Key("db.operation.name")
	errorType     = attribute.Key("error.type")
	reasonKey     = attribute.Key("reprise.reason")
	budgetName    = attribute.Key("reprise.budget.name")
)

// other is what the semantic conventions have for an error.type that nobody knows.
const other = "_OTHER"

// key is what events are told apart by.
type key struct {
	op, kind string
	reason   policy.Reason
}

// labels are the attributes of an event, made once.
type labels struct {
	op, kind, reason string // "" if there is none

	attempt []metric.AddOption    // by operation and kind
	delay   []metric.RecordOption // by kind: a histogram is many series already
	giveUp  []metric.AddOption    // by all three
}

// series are the labels of all events so far. Those beyond the limit share theirs.
type series struct {
	limit  int
	common []attribute.KeyValue
	known  bounded.Table[key, *labels]
	shared bounded.Table[key, *labels]
}

// of returns the labels of an event.
func (s *series) of(e *policy.Event) *labels {
	k := key{op: e.Op, kind: string(e.Decision.Kind), reason: e.Decision.Reason}
	if k.kind == "" && k.reason != policy.Succeeded {
		k.kind = other
	}
	if l, ok := s.known.Find(k); ok {
		return l
	}
	if s.known.Len() < s.limit {
		// The driver's text may be a part of a longer one, which would stay with it.
		k.op, k.kind = strings.Clone(k.op), strings.Clone(k.kind)
		if l, ok := s.known.Add(s.limit, k, s.make(k)); ok {
			return l
		}
	}
	return s.share(k)
}

var kinds = classify.Kinds()

// share returns the labels of a key beyond the limit. There are so many: operation or none, times kinds, times reasons.
func (s *series) share(k key) *labels {
	if k.op != "" {
		k.op = other
	}
	if k.kind != "" && !slices.Contains(kinds, classify.Kind(k.kind)) {
		k.kind = other
	}
	l, ok := s.shared.Find(k)
	if !ok {
		l, _ = s.shared.Add(2*(len(kinds)+2)*256, k, s.make(k))
	}
	return l
}

func (s *series) make(k key) *labels {
	l := &labels{op: k.op, kind: k.kind, reason: k.reason.String()}
	var op, kind []attribute.KeyValue
	if k.op != "" {
		op = append(op, operationName.String(k.op))
	}
	if k.kind != "" {
		kind = append(kind, errorType.String(k.kind))
	}
	l.attempt = []metric.AddOption{s.with(op, kind)}
	l.delay = []metric.RecordOption{s.with(kind)}
	l.giveUp = []metric.AddOption{s.with(op, kind, []attribute.KeyValue{reasonKey.String(l.reason)})}
	return l
}

// with returns the attributes as an option, those of the configuration among them.
func (s *series) with(attrs ...[]attribute.KeyValue) metric.MeasurementOption {
	return metric.WithAttributeSet(attribute.NewSet(append(slices.Clone(s.common), slices.Concat(attrs...)...)...))
}
