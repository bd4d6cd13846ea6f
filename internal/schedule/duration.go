package schedule

import (
	"strings"
	"time"
)

// DurationText writes a duration without the parts that are zero at its end: 1h30m
// and 2h, not 1h30m0s and 2h0m0s.
func DurationText(d time.Duration) string {
	text := d.String()
	if strings.HasSuffix(text, "m0s") {
		text = strings.TrimSuffix(text, "0s")
	}
	if strings.HasSuffix(text, "h0m") {
		text = strings.TrimSuffix(text, "0m")
	}
	return text
}
