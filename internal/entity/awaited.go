package entity

import "slices"

// Heeds says whether anything comes of a gesture: it is bound, or a rule waits for it.
func (b *Button) Heeds(g Gesture) bool {
	return slices.Contains(b.Awaited, g) || slices.ContainsFunc(b.Bindings, func(w Binding) bool { return w.On == g })
}

// heeded lists the gestures of which anything comes, in the order of effort.
func (b *Button) heeded() []Gesture {
	return slices.DeleteFunc([]Gesture{GesturePress, GestureDouble, GestureHold}, func(g Gesture) bool { return !b.Heeds(g) })
}

// AwaitGestures tells the house's buttons what its rules wait for, so that their
// boards look for it. It is called once, while the house is made.
func (h *House) AwaitGestures() {
	buttons := map[ID]*Button{}
	for _, e := range h.Entities {
		if b, ok := e.Spec.(*Button); ok {
			buttons[e.ID] = b
		}
	}
	for i := range h.Rules {
		for _, t := range h.Rules[i].When {
			on, ok := t.(OnGesture)
			b := buttons[on.Button]
			if ok && b != nil && h.Rules[i].Enabled && !slices.Contains(b.Awaited, on.Gesture) {
				b.Awaited = append(b.Awaited, on.Gesture)
			}
		}
	}
	for _, b := range buttons { // the order of rules is nothing to a button
		slices.Sort(b.Awaited)
	}
}
