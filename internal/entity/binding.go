package entity

// OnBoard says whether a button's own board can do by itself what b asks for,
// so that it works with no server: target, the spec of the entity that the
// binding names, is an output of that very board, and the action is one that a
// board's binding knows. A colour, and a brightness for a plain pin, are not;
// what OnBoard denies is the server's to do when it hears of the gesture.
func (b *Button) OnBoard(binding Binding, target Spec) bool {
	out, ok := OutputOf(target)
	action := binding.Action
	if !ok || out.Board != b.Board || action.Color != nil {
		return false
	}
	if action.Level != nil && !dimmable(target) {
		return false
	}
	switch action.Verb {
	case VerbOn:
		return true
	case VerbOff, VerbToggle:
		return action.Level == nil
	case VerbSet:
		return action.Level != nil
	}
	return false
}

func dimmable(s Spec) bool {
	l, ok := s.(*Light)
	return ok && l.Drive != DrivePin
}

// OutputOf is the driven pin of a switch or a light; other kinds have none.
func OutputOf(s Spec) (Output, bool) {
	switch s := s.(type) {
	case *Switch:
		return s.Output, true
	case *Light:
		return s.Output, true
	}
	return Output{}, false
}

// InputOf is the read pin of a button or a contact; other kinds have none.
func InputOf(s Spec) (Input, bool) {
	switch s := s.(type) {
	case *Button:
		return s.Input, true
	case *Contact:
		return s.Input, true
	}
	return Input{}, false
}
