package redistest

import (
	"reflect"
	"strings"
	"testing"
)

func TestReadNodes(t *testing.T) {
	id := strings.Repeat("1", 40)
	text := id + " 127.0.0.1:7000@17000,host myself,master - 0 1 3 connected 0-9 11 [12->-other]\n" +
		"2 :0@0 slave,fail? " + id + " 0 1 3 disconnected\n"
	want := []node{
		{id: id, addr: "127.0.0.1:7000", master: "-", epoch: "3", flags: []string{"myself", "master"}, linked: true,
			slots: []span{{0, 9}, {11, 11}}},
		{id: "2", addr: ":0", master: id, epoch: "3", flags: []string{"slave", "fail?"}},
	}
	got, err := readNodes(text)
	if err != nil || !reflect.DeepEqual(got, want) {
		t.Errorf("readNodes() = %+v, %v; want %+v", got, err, want)
	}
	for slot, want := range map[int]string{0: id, 9: id, 10: "", 11: id, 12: ""} {
		if got := owner(got, slot); got != want {
			t.Errorf("owner(%d) = %q, want %q", slot, got, want)
		}
	}
	for _, bad := range []string{"1 2 3", "1 :0@0 master - 0 1 3 connected x-y"} {
		if nodes, err := readNodes(bad); err == nil {
			t.Errorf("readNodes(%q) = %+v, no error", bad, nodes)
		}
	}
}
