package main

// figure names one thing that is measured of one system; series keeps its value
// of every round, so that ratios can be taken within rounds.
type figure struct{ what, system string }

type results struct {
	series map[figure][]float64
	order  []figure
}

func newResults() *results { return &results{series: map[figure][]float64{}} }

func (r *results) add(what, system string, v float64) {
	f := figure{what, system}
	if r.series[f] == nil {
		r.order = append(r.order, f)
	}
	r.series[f] = append(r.series[f], v)
}

func (r *results) get(what, system string) []float64 { return r.series[figure{what, system}] }

// value is the median over rounds; 0 when it was not measured.
func (r *results) value(what, system string) float64 { return median(r.get(what, system)) }

// ratios of two figures, round by round.
func (r *results) ratios(a, b figure) []float64 {
	x, y := r.series[a], r.series[b]
	var out []float64
	for i := range min(len(x), len(y)) {
		if y[i] > 0 {
			out = append(out, x[i]/y[i])
		}
	}
	return out
}
