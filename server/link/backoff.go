package link

import "time"

const (
	minWait = 250 * time.Millisecond
	maxWait = 15 * time.Second
)

// backoff is how long to wait before dialling again after so many failures in
// a row (from 0). random is from 0 to 1: boards that lost the server together
// must not come back together.
func backoff(failures int, random float64) time.Duration {
	top := 2 * minWait << min(failures, 10) // far beyond maxWait, far from overflow
	top = min(top, maxWait)
	low := max(top/2, minWait)
	return low + time.Duration(random*float64(top-low))
}
