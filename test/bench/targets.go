package main

import "fmt"

// target is a limit of docs/performance.md: on a figure of Hob, or on its ratio
// to another figure of the same round.
type target struct {
	number  int
	name    string
	what    string // the figure
	against figure // zero when the figure itself is limited
	limit   float64
}

// finding is a target with what this run says about it.
type finding struct {
	Target  int      `json:"target"`
	Name    string   `json:"name"`
	Found   *float64 `json:"found"`   // median over rounds
	Against *float64 `json:"against"` // of the other figure
	Judged  *float64 `json:"judged"`  // the ratio (median of the rounds' ratios), or Found
	Low     float64  `json:"low"`     // of Judged over rounds
	High    float64  `json:"high"`
	Limit   float64  `json:"limit"`
	Verdict string   `json:"verdict"` // met, missed, or not measured
}

const (
	lowCPU  = "CPU µs a message, 20 changes/s, N=%d"
	flatCPU = "CPU µs a message, flat out, N=%d"
	flatOut = "messages/s flat out, N=%d"
	arrives = "arrival ms p%d, N=%d"
	ownTime = "command to own confirmation ms p50, N=%d"
	allTime = "command to all browsers ms p%d, N=%d"
)

func targets() []target {
	hob := func(what string, n ...any) figure { return figure{fmt.Sprintf(what, n...), nameHob} }
	to := func(system, what string, n ...any) figure { return figure{fmt.Sprintf(what, n...), system} }
	ratio := func(number int, f, against figure, limit float64) target {
		return target{number, f.what + ", against " + against.system, f.what, against, limit}
	}
	alone := func(number int, what string, limit float64) target {
		return target{number, what, what, figure{}, limit}
	}
	p50, p99 := hob(arrives, 50, 1000), hob(arrives, 99, 1000)
	return []target{
		ratio(1, hob(lowCPU, 1000), to(nameFloor, lowCPU, 1000), 1.3),
		ratio(1, hob(lowCPU, 1000), to(nameMosquitto, lowCPU, 1000), 1.0),
		ratio(2, hob(flatCPU, 100), to(nameFloor, flatCPU, 100), 0.2),
		ratio(2, hob(flatCPU, 1000), to(nameFloor, flatCPU, 1000), 0.15),
		ratio(2, hob(flatCPU, 100), to(nameNATS, flatCPU, 100), 0.9),
		ratio(2, hob(flatCPU, 1000), to(nameNATS, flatCPU, 1000), 0.9),
		ratio(2, hob(flatCPU, 100), to(nameMosquitto, flatCPU, 100), 0.15),
		ratio(2, hob(flatCPU, 1000), to(nameMosquitto, flatCPU, 1000), 0.15),
		ratio(3, p50, to(nameMosquitto, arrives, 50, 1000), 0.65),
		ratio(3, p99, to(nameMosquitto, arrives, 99, 1000), 0.85),
		ratio(3, hob(arrives, 50, 1), to(nameMosquitto, arrives, 50, 1), 1.5),
		ratio(3, hob(arrives, 50, 1), to(nameNATS, arrives, 50, 1), 0.8),
		ratio(4, hob(ownTime, 10), to(nameNATS, ownTime, 10), 1.0),
		{4, fmt.Sprintf(ownTime, 1000) + ", against N=10", fmt.Sprintf(ownTime, 1000), hob(ownTime, 10), 1.5},
		{5, figSnapCPU10k + ", against 10", figSnapCPU10k, figure{figSnapCPU10, nameHob}, 4},
		alone(5, figSnapTime10k, 5),
		alone(6, figPerBrowser, 12),
		alone(6, figDemo, 30),
		alone(6, figBoards, 80),
		alone(6, figServing, 100),
		alone(6, figFirstBoard, 1000),
		{7, figChangeLarge + ", against a house of 10", figChangeLarge, figure{figChangeSmall, nameHob}, 1.1},
		{8, figStalledP99 + ", against none stalled", figStalledP99, figure{figNoneStalledP99, nameHob}, 1.2},
		alone(8, figStalledMemory, 512),
		alone(9, figReload, 500),
		alone(9, figReloadDelay, 50),
		alone(11, figRules, 100),
	}
}

// judge says how the run stands to a target.
func (r *results) judge(t target) finding {
	f := finding{Target: t.number, Name: t.name, Limit: t.limit, Verdict: "not measured"}
	series := r.get(t.what, nameHob)
	if len(series) == 0 {
		return f
	}
	found := median(series)
	f.Found = &found
	if t.against.what != "" {
		if series = r.ratios(figure{t.what, nameHob}, t.against); len(series) == 0 {
			return f
		}
		against := r.value(t.against.what, t.against.system)
		f.Against = &against
	}
	judged := median(series)
	f.Judged, f.Verdict = &judged, "met"
	f.Low, f.High = spread(series)
	if judged > t.limit {
		f.Verdict = "missed"
	}
	return f
}
