package clusterdemo

import (
	"encoding/json"
	"errors"
	"io"
	"reflect"
	"testing"
	"time"

	"github.com/reprise-go/reprise/adapters/goredis"
	"github.com/reprise-go/reprise/classify"
)

const ms = time.Millisecond

// reply is an error reply of a server, as go-redis has them.
type reply string

func (r reply) Error() string { return string(r) }
func (reply) RedisError()     {}

func TestNewRow(t *testing.T) {
	down, cut := reply("CLUSTERDOWN Hash slot not served"), io.ErrUnexpectedEOF
	if v := goredis.Classify(cut); v.Class != classify.Ambiguous {
		t.Fatalf("%v is %v", cut, v)
	}
	done := []operation{
		{kind: incr, key: "once", lost: true, end: 50 * ms},
		{kind: set, lost: true, end: 299 * ms},
		{kind: get, lost: true, end: 150 * ms},
		{kind: set, end: 150 * ms}, // on another master
		{kind: incr, key: "twice", end: 299 * ms},
		{kind: incr, key: "gone", lost: true, end: 160 * ms},
		{kind: incr, key: "cut", lost: true, end: 200 * ms, err: cut},
		{kind: set, lost: true, end: 210 * ms, err: cut},
		{kind: get, end: 220 * ms, err: down},
		{kind: incr, key: "down", lost: true, end: 230 * ms, err: down},
		{kind: get, lost: true, end: 510 * ms}, // no write
		{kind: set, lost: true, end: 590 * ms},
		{kind: incr, key: "late", lost: true, end: 620 * ms},
	}
	counts := map[string]int{"once": 1, "twice": 2, "cut": 1, "late": 1}
	got := newRow("c", done, counts, moments{killed: 200 * ms, promoted: 500 * ms, end: 600 * ms})
	backAfter := 90 * ms
	want := Row{
		Client: "c", Operations: 13, Succeeded: 9, Failed: 4, FailedElsewhere: 1, FailedDown: 2, FailedUnsure: 1,
		Gap: 291 * ms, Back: &backAfter,
		Increments: 6, Twice: 1, Lost: 1,
		Timeline: []int{1, 2, 1, 0, 0, 2}, Elsewhere: []int{0, 1, 1, 0, 0, 0},
	}
	if !reflect.DeepEqual(got, want) {
		t.Errorf("newRow:\n%+v, want\n%+v", got, want)
	}

	// Nothing succeeds any more: the gap goes on to the end.
	got = newRow("c", done[:10], counts, moments{killed: 200 * ms, promoted: 500 * ms, end: 600 * ms})
	if got.Back != nil || got.Gap != 301*ms {
		t.Errorf("back after %v, gap %v", got.Back, got.Gap)
	}
	// Nor does it ever.
	got = newRow("c", nil, nil, moments{promoted: 100 * ms, end: 200 * ms})
	if want := (Row{Client: "c", Gap: 200 * ms, Timeline: []int{0, 0}, Elsewhere: []int{0, 0}}); !reflect.DeepEqual(got, want) {
		t.Errorf("newRow of nothing: %+v", got)
	}
}

func TestJSON(t *testing.T) {
	r := example()
	text, err := json.Marshal(r)
	if err != nil {
		t.Fatal(err)
	}
	var again Report
	if err := json.Unmarshal(text, &again); err != nil || !reflect.DeepEqual(again, r) {
		t.Errorf("error %v,\n%+v, want\n%+v", err, again, r)
	}
	var fields struct {
		Killed int64
		Rows   []map[string]any
	}
	if err := json.Unmarshal(text, &fields); err != nil {
		t.Fatal(err)
	}
	alone := fields.Rows[0]
	if back, told := alone["first_write_after_promotion"]; !told || back != nil {
		t.Errorf("who is not back: %v", back)
	}
	if fields.Killed != 2e9 || fields.Rows[1]["first_write_after_promotion"] != 7e7 || alone["dials_to_dead_master"] != 88. {
		t.Errorf("%s", text)
	}
}

func TestWriteFails(t *testing.T) {
	full := errors.New("disk full")
	if err := example().Write(failing{full}); !errors.Is(err, full) {
		t.Errorf("Write to a full disk: %v", err)
	}
}

type failing struct{ err error }

func (f failing) Write([]byte) (int, error) { return 0, f.err }
