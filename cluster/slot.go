package cluster

import "strings"

// Slots is the number of hash slots of a Redis Cluster.
const Slots = 1 << 14

// Slot returns the hash slot of a key, in [0, Slots): the CRC16 of the key, or of what stands between its first { and
// the next }, if that is anything, so that keys with the same hash tag share a slot. It is the server's CLUSTER
// KEYSLOT (https://redis.io/docs/latest/operate/oss_and_stack/reference/cluster-spec/#hash-tags).
func Slot(key string) int {
	if _, rest, ok := strings.Cut(key, "{"); ok {
		if tag, _, ok := strings.Cut(rest, "}"); ok && tag != "" {
			key = tag
		}
	}
	var crc uint16
	for i := range len(key) {
		crc = crc<<8 ^ crc16[byte(crc>>8)^key[i]]
	}
	return int(crc % Slots)
}

// crc16 is the table of CRC-16/XMODEM: polynomial 0x1021, no reflection, start 0.
var crc16 = func() (table [256]uint16) {
	for i := range table {
		crc := uint16(i) << 8
		for range 8 {
			if crc&0x8000 != 0 {
				crc = crc<<1 ^ 0x1021
			} else {
				crc <<= 1
			}
		}
		table[i] = crc
	}
	return table
}()
