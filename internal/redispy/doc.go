// Package redispy holds the cases of redis-py's tests of its cluster client that need a client and servers: real ones,
// with a proxy before each that loses what it is told to. Each case has the name of what it says, and the file and
// line of redis-py's (https://github.com/redis/redis-py, after v7.1.0) that says it there, the asyncio twin behind it. Where a
// client of this module does otherwise on purpose, the case has what it does, and why. What needs no client is in package
// cluster's tests; what has no meaning here is listed there too.
package redispy
